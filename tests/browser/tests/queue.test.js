// The list of cases: counts, filters, pages, and what changes in it by itself.

import assert from "node:assert/strict";
import { test } from "node:test";

import { count, fact, listed, makeKey, MODERATOR, openOne, stage } from "../lib/stage.js";

const s = stage();

const STATUSES = ["new", "open", "waiting_for_person", "waiting_for_us", "resolved", "closed", "reopened"];
const DONE = ["resolved", "closed"];

/** Reads a list through all its pages. */
async function readThrough(page) {
  const pages = [await listed(page)];
  const next = page.getByRole("link", { name: "Next" });
  while (await next.isVisible()) {
    const [last] = pages.at(-1).slice(-1);
    await next.click();
    await page.waitForURL((url) => url.searchParams.get("before") === String(last));
    pages.push(await listed(page));
  }
  return pages;
}

/** Applies filters, by their labels. */
async function filter(page, filters) {
  for (const [label, value] of Object.entries(filters)) {
    const field = page.getByRole("search").getByLabel(label, { exact: true });
    if (await field.evaluate((element) => element.tagName === "SELECT")) await field.selectOption({ label: value });
    else await field.fill(value);
  }
  await page.getByRole("button", { name: "Apply" }).click();
  await page.waitForURL((url) => url.search.length > 0);
}

test("the tabs count what is in them, and what is in them is counted", () =>
  s.moderator(async ({ page }) => {
    await page.goto(s.url());
    const counts = {};
    for (const tab of ["work", "all", ...STATUSES]) counts[tab] = await count(page, tab);
    const sum = (names) => names.reduce((all, name) => all + counts[name], 0);
    assert.equal(counts.all, 300);
    assert.equal(sum(STATUSES), 300);
    assert.equal(counts.work, sum(STATUSES.filter((status) => !DONE.includes(status))));
    for (const status of STATUSES) {
      await page.locator(`#tab-${status}`).click();
      await page.locator(`#tab-${status}[aria-current=page]`).waitFor();
      const numbers = (await readThrough(page)).flat();
      assert.equal(numbers.length, counts[status], status);
      const badges = await page.locator("ol.cases .meta .badge:first-child").allTextContents();
      assert.equal(new Set(badges).size, 1, `${status}: ${badges}`);
    }
  }));

test("the pages of a list hold each case once, newest first, and one can go back", () =>
  s.moderator(async ({ page }) => {
    await page.goto(s.url("/?status=all"));
    const pages = await readThrough(page);
    const numbers = pages.flat();
    assert.deepEqual(
      numbers,
      Array.from({ length: 300 }, (_, at) => 300 - at),
    );
    assert.ok(pages.length > 2);
    for (const expected of pages.slice(0, -1).reverse()) {
      await page.getByRole("link", { name: "Previous" }).click();
      await page.locator(`#case-${expected[0]}`).waitFor();
      assert.deepEqual(await listed(page), expected);
    }
    assert.ok(await page.getByRole("link", { name: "Previous" }).isHidden(), "there is nothing before the first page");
  }));

test("filters find what fits, together with each other and with the tabs", () =>
  s.moderator(async ({ page }) => {
    await page.goto(s.url("/?status=all"));
    await filter(page, { Kind: "Bug", Severity: "High" });
    const found = (await readThrough(page)).flat();
    assert.ok(found.length > 0 && found.length < 300);
    assert.equal(found.length, await count(page, "all"), "the tabs count with the filters");
    const metas = await page.locator("ol.cases .meta").allTextContents();
    assert.ok(metas.every((meta) => meta.includes("Bug") && meta.includes("High")), metas.join("\n"));

    await page.locator("#tab-open").click();
    await page.locator("#tab-open[aria-current=page]").waitFor();
    const open = (await readThrough(page)).flat();
    assert.ok(open.length > 0 && open.every((number) => found.includes(number)));
    assert.equal(await page.getByLabel("Kind").inputValue(), "bug", "the filters stay");

    await page.getByRole("link", { name: "Clear" }).click();
    await page.locator("#tab-work[aria-current=page]").waitFor();
    assert.equal(await page.getByLabel("Kind").inputValue(), "");
  }));

test("the cases of somebody who works on them, and of nobody", () =>
  s.moderator(async ({ page }) => {
    await page.goto(s.url("/?status=all"));
    await filter(page, { Assignee: "Me" });
    const mine = (await readThrough(page)).flat();
    await page.goto(s.url("/?status=all"));
    await filter(page, { Assignee: MODERATOR });
    assert.deepEqual((await readThrough(page)).flat(), mine);
    assert.ok(mine.length > 0);
    await page.goto(s.url(`/cases/${mine[0]}`));
    assert.equal(await fact(page, "Assignee").textContent(), MODERATOR);
    await page.goto(s.url("/?status=all"));
    await filter(page, { Assignee: "Nobody" });
    const free = (await readThrough(page)).flat();
    assert.ok(free.length > 0 && free.every((number) => !mine.includes(number)));
    await page.goto(s.url(`/cases/${free[0]}`));
    assert.equal(await fact(page, "Assignee").textContent(), "Nobody");
  }));

test("the cases of a person", () =>
  s.moderator(async ({ page }) => {
    const number = await openOne(s, page, "open");
    const name = await fact(page, "Reported by").textContent();
    const person = /\/people\/(\d+)$/.exec(await fact(page, "Reported by").getByRole("link").getAttribute("href"))[1];
    await page.goto(s.url("/?status=all"));
    await filter(page, { "Person (Discord user ID)": person });
    const theirs = (await readThrough(page)).flat();
    assert.ok(theirs.includes(number) && theirs.length < 300);
    const metas = await page.locator("ol.cases .meta").allTextContents();
    assert.ok(metas.every((meta) => meta.includes(name)), metas.join("\n"));

    await page.goto(s.url(`/cases/${number}`));
    const others = await listed(page);
    assert.deepEqual([...others, number].sort(), [...theirs].sort(), "the case's page shows the others");
  }));

test("the cases with some words, or with a number", () =>
  s.moderator(async ({ page }) => {
    await page.goto(s.url("/?status=all"));
    const titles = await page.locator("ol.cases a.name").allTextContents();
    const [, number, title] = /^#(\d+) (.*)$/s.exec(titles[0]);
    await filter(page, { "Words or number": title });
    const found = (await readThrough(page)).flat();
    assert.ok(found.includes(Number(number)) && found.length < 300);
    await page.goto(s.url("/?status=all"));
    await filter(page, { "Words or number": "#17" });
    assert.deepEqual(await listed(page), [17]);
    await page.goto(s.url("/?status=all"));
    await filter(page, { "Words or number": "quetzalcoatlus" });
    await page.getByText("No cases here.").waitFor();
  }));

test("what somebody else changes appears by itself", async () => {
  const key = await makeKey(s, "live");
  await s.moderator(async ({ page }) => {
    await page.goto(s.url("/?status=all"));
    await page.evaluate(() => {
      globalThis.loadedOnce = true;
    });
    const filed = await s.api("/cases", {
      key,
      method: "POST",
      body: { kind: "bug", title: "The bridge is missing", text: "It was there yesterday." },
    });
    assert.equal(filed.status, 201);
    const { number } = filed.body;
    const entry = page.locator("ol.cases > li").filter({ has: page.locator(`#case-${number}`) });
    await entry.waitFor();
    assert.equal(await count(page, "all"), 301);
    await page.getByRole("status").getByText("The list was updated.").waitFor();

    const changed = await s.api(`/cases/${number}`, {
      key,
      method: "PATCH",
      headers: { "if-match": filed.headers.get("etag") },
      body: { severity: "critical", status: "open" },
    });
    assert.equal(changed.status, 200);
    await entry.getByText("Critical").waitFor();
    await entry.getByText("Open").waitFor();
    assert.equal(await page.evaluate(() => globalThis.loadedOnce), true, "the page was not loaded again");
  });
});

test("a case that is open in one window shows what is done in another", () =>
  s.moderator(async ({ page, context }) => {
    const number = await openOne(s, page, "new");
    const other = await context.newPage();
    await other.goto(s.url(`/cases/${number}`));
    // What is being typed must not get lost when the page is updated.
    await page.getByLabel("Note", { exact: true }).fill("I am still typing");
    await other.getByLabel("Note", { exact: true }).fill("Seen on two devices");
    await other.getByRole("button", { name: "Add the note" }).click();
    await page.locator(".timeline").getByText("Seen on two devices").waitFor();
    assert.equal(await page.getByLabel("Note", { exact: true }).inputValue(), "I am still typing");
    await page.getByRole("status").getByText("The case was updated.").waitFor();
  }));
