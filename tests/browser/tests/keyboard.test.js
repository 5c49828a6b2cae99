// Without a mouse, and without scripts.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fact, listed, MODERATOR, openOne, signIn, stage, statusComplaint, textIs } from "../lib/stage.js";

const s = stage({ cases: 60 });

/** More presses of Tab than any page has places to stop at. */
const STOPS_MAX = 200;

const focused = (page) =>
  page.evaluate(() => {
    const { id, name, type, value, textContent } = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
    const { top, left, width, height } = document.activeElement.getBoundingClientRect();
    return {
      id,
      name,
      type,
      value,
      text: textContent.trim(),
      isVisible: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2 && width > 0 && height > 0 && left >= 0,
      isInside: top >= 0 && top < innerHeight && left < innerWidth,
    };
  });

/** Presses Tab until what has the focus fits, and asserts that one always sees where one is. */
async function tabTo(page, fits) {
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    if (at.id === "" && at.text.length > 1000) continue; // the page itself, after its last stop
    assert.ok(at.isVisible && at.isInside, `the focus cannot be seen on ${JSON.stringify(at)}`);
    if (fits(at)) return at;
  }
  throw new Error("Tab does not get there");
}

test("from the list to a case, a note and a status with the keyboard alone", () =>
  s.moderator(async ({ page }) => {
    await page.goto(s.url("/?status=open"));
    const [first] = await listed(page);
    await page.keyboard.press("Tab");
    const skip = await focused(page);
    assert.equal(skip.text, "Skip to the content");
    assert.ok(skip.isVisible && skip.isInside, "the skip link shows when it has the focus");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement.id === "content");
    const next = await tabTo(page, () => true);
    assert.notEqual(next.text, "Cases", "the navigation is skipped");

    await tabTo(page, ({ id }) => id === `case-${first}`);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: `#${first} ` }).waitFor();
    await tabTo(page, ({ id }) => id === "note");
    await page.keyboard.type("Typed without a mouse");
    await tabTo(page, ({ text }) => text === "Add the note");
    await page.keyboard.press("Enter");
    await page.locator(".timeline").getByText("Typed without a mouse").waitFor();

    await tabTo(page, ({ name, value }) => name === "status" && value === "resolved");
    await page.keyboard.press("Enter");
    await textIs(fact(page, "Status"), "Resolved");
  }));

test("the edit form opens and is sent with the keyboard alone", () =>
  s.moderator(async ({ page }) => {
    await openOne(s, page, "new");
    await tabTo(page, ({ text }) => text === "Edit");
    await page.keyboard.press("Enter");
    await tabTo(page, ({ id }) => id === "title");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("A title without a mouse");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "A title without a mouse" }).waitFor();
  }));

test("news of the list do not take the focus away", () =>
  s.moderator(async ({ page, context }) => {
    await page.goto(s.url("/?status=open"));
    const numbers = await listed(page);
    const [first] = numbers;
    await page.locator(`#case-${first}`).focus();
    const other = await context.newPage();
    await other.goto(s.url(`/cases/${numbers.at(-1)}`));
    await other.getByRole("button", { name: "Resolve" }).click();
    await textIs(fact(other, "Status"), "Resolved");
    await page.locator(`#case-${numbers.at(-1)}`).waitFor({ state: "detached" });
    assert.equal((await focused(page)).id, `case-${first}`);
  }));

test("without scripts one signs in, reads, filters, pages and works", () =>
  s.stranger(
    async ({ page, expect }) => {
      expect(statusComplaint(401));
      await page.goto(s.url("/"));
      await signIn(page, MODERATOR);
      await page.getByLabel("Kind").selectOption("bug");
      await page.getByRole("button", { name: "Apply" }).click();
      await page.locator("#tab-all").click();
      const metas = await page.locator("ol.cases .meta").allTextContents();
      assert.ok(metas.length > 0 && metas.every((meta) => meta.includes("Bug")));
      await page.goto(s.url("/?status=all"));
      assert.equal((await listed(page)).length, 50);
      await page.getByRole("link", { name: "Next" }).click();
      assert.equal((await listed(page)).length, 10);
      await page.getByRole("link", { name: "Previous" }).click();
      assert.equal((await listed(page)).length, 50);

      await page.goto(s.url("/?status=open&kind=support"));
      const [number] = await listed(page);
      await page.goto(s.url(`/cases/${number}`));
      await page.getByText(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/).first().waitFor();
      await page.getByLabel("Note", { exact: true }).fill("Sent without a script");
      await page.getByRole("button", { name: "Add the note" }).click();
      await page.locator(".timeline").getByText("Sent without a script").waitFor();
      await page.locator("summary", { hasText: "Edit" }).click();
      await page.locator('form[action$="/edit"]').getByLabel("Title").fill("Edited without a script");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("heading", { level: 1, name: `#${number} Edited without a script` }).waitFor();
      await page.getByRole("button", { name: "Resolve" }).click();
      await textIs(fact(page, "Status"), "Resolved");

      await page.goto(s.url("/?status=all&kind=support"));
      for (const one of await listed(page)) {
        await page.goto(s.url(`/cases/${one}`));
        if (await page.getByRole("link", { name: "Show the transcript" }).isVisible()) break;
      }
      await page.getByRole("link", { name: "Show the transcript" }).click();
      await page.locator(".timeline").getByText("Virtual agent").first().waitFor();
    },
    { javaScriptEnabled: false },
  ));
