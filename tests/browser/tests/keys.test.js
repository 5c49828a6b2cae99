// Keys for machines, and what can be taken away from the console: lists, cases, what is kept about a person.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { count, fact, makeKey, openChat, openOne, stage, statusComplaint } from "../lib/stage.js";

const s = stage();

async function downloaded(page, click) {
  const [download] = await Promise.all([page.waitForEvent("download"), click()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}

test("a key is shown once, works on cases, and is worth nothing once it is revoked", () =>
  s.moderator(async ({ page }) => {
    await page.goto(s.url("/"));
    await page.getByRole("link", { name: "API keys" }).click();
    await page.getByLabel("What is it for").fill("Build server");
    await page.getByRole("button", { name: "Make a key" }).click();
    const key = await page.locator("code.key").textContent();
    assert.match(key, /^dsk_[0-9a-f]{16}_[0-9a-f]{64}$/);
    await page.goto(s.url("/keys"));
    assert.ok(!(await page.content()).includes(key.slice(-64)), "the key is not shown again");

    const read = await s.api("/cases/5", { key });
    assert.deepEqual([read.status, read.body.number], [200, 5]);
    assert.ok(Number(read.headers.get("ratelimit-remaining")) > 0);
    const noted = await s.api("/cases/5/notes", { key, method: "POST", body: { text: "Build 812 has it." } });
    assert.equal(noted.status, 201);
    await page.goto(s.url("/cases/5"));
    await page.locator(".timeline > li", { hasText: "Build 812 has it." }).getByText("Build server (API)").waitFor();

    await page.goto(s.url("/keys"));
    await page.getByRole("button", { name: "Revoke Build server" }).click();
    await page.getByText("revoked").waitFor();
    const refused = await s.api("/cases/5", { key });
    assert.equal(refused.status, 401);
    assert.deepEqual(refused.body, (await s.api("/cases/5", { key: "nonsense" })).body, "one answer for all");
    assert.ok(await page.getByRole("button", { name: "Revoke Build server" }).isHidden());
  }));

test("a key is no way into the pages", async () => {
  const key = await makeKey(s, "pages");
  const answer = await fetch(s.url("/cases/5"), { headers: { authorization: `Bearer ${key}` } });
  assert.equal(answer.status, 401);
});

test("a list is exported with its filters", () =>
  s.moderator(async ({ page }) => {
    await page.goto(s.url("/?status=resolved&kind=bug"));
    const expected = await count(page, "resolved");
    const csv = await downloaded(page, () => page.getByRole("link", { name: "CSV" }).click());
    assert.match(csv.name, /\.csv$/);
    const json = await downloaded(page, () => page.getByRole("link", { name: "JSON" }).click());
    const { cases } = JSON.parse(json.text);
    assert.equal(cases.length, expected);
    assert.ok(cases.every((one) => one.status === "resolved" && one.kind === "bug"));
    for (const { number } of cases) assert.match(csv.text, new RegExp(`^${number},`, "m"));
  }));

test("a case is taken home with its transcript", () =>
  s.moderator(async ({ page }) => {
    const number = await openChat(s, page);
    const title = await page.getByRole("heading", { level: 1 }).textContent();
    const { name, text } = await downloaded(page, () =>
      page.getByRole("link", { name: "Download with the transcript" }).click(),
    );
    assert.match(name, new RegExp(`${number}.*\\.md$`));
    assert.ok(text.includes(title.slice(title.indexOf(" ") + 1)), text);
    assert.match(text, /Virtual agent/);
  }));

test("what is kept about a person is handed out, and deleted when their ID is typed", () =>
  s.moderator(async ({ page, expect }) => {
    const number = await openOne(s, page, "open");
    const name = await fact(page, "Reported by").textContent();
    await page.getByRole("link", { name: "What is kept about them" }).click();
    const person = /\d+$/.exec(new URL(page.url()).pathname)[0];
    const kept = await downloaded(page, () => page.getByRole("link", { name: "Download what is kept about them" }).click());
    assert.ok(kept.text.includes(name) && kept.text.includes(person));

    expect(statusComplaint(422));
    await page.getByLabel("Type their Discord user ID").fill("12345");
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("alert").getByText("Nothing was deleted.").waitFor();
    await page.getByLabel("Type their Discord user ID").fill(person);
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("status").getByText(/^Deleted: /).waitFor();
    await page.getByText("No cases here.").waitFor();
    await page.goto(s.url(`/cases/${number}`));
    await fact(page, "Status").getByText("Open").waitFor();
    assert.ok(!(await page.content()).includes(person), "the case is kept without the person");
    assert.notEqual(await fact(page, "Reported by").textContent(), name);
  }));
