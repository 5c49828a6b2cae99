// Every page in light and dark, in a window and in the pane beside a task: accessible, no wider than the window, and nothing that the
// browser would complain of. With PICTURES=1 the README's pictures are taken as well.

import assert from "node:assert/strict";
import { mkdir, stat } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { assertAccessible, assertFits, FLEX_PANE, openChat, openOne, stage, statusComplaint, WINDOW } from "../lib/stage.js";

const s = stage();

const PICTURES = fileURLToPath(new URL("../../../docs/", import.meta.url));
const PICTURE_BYTES_MAX = 200 * 1024;

const editForm = (page) => page.locator('form[action$="/edit"]');

async function openEdit(page) {
  await page.locator("details", { has: editForm(page) }).locator("summary").click();
  await editForm(page).getByLabel("Title").waitFor();
}

/** The pages, and how one gets there; the status of the answer is returned where it is not one of success. */
const VIEWS = {
  queue: async (page) => {
    await page.goto(s.url("/"));
    await page.locator("ol.cases").waitFor();
  },
  "queue without cases": async (page) => {
    await page.goto(s.url("/?text=quetzalcoatlus"));
    await page.getByText("No cases here.").waitFor();
  },
  case: async (page) => {
    await openChat(s, page);
    await page.getByRole("heading", { name: "Transcript" }).scrollIntoViewIfNeeded();
    await page.locator('section[aria-labelledby="transcript"] .timeline > li').first().waitFor();
  },
  edit: async (page) => {
    await openOne(s, page, "open");
    await openEdit(page);
  },
  conflict: async (page, context) => {
    await openOne(s, page, "open");
    await openEdit(page);
    const other = await context.newPage();
    await other.goto(page.url());
    await openEdit(other);
    await editForm(other).getByLabel("Text").fill(`Changed at ${Date.now()}.`);
    await editForm(other).getByRole("button", { name: "Save" }).click();
    await other.locator(".timeline > li").first().getByText("Text was edited").waitFor();
    await other.close();
    await editForm(page).getByLabel("Text").fill("Changed by somebody else as well.");
    await editForm(page).getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Save as I have it" }).waitFor();
    return 409;
  },
  create: async (page) => {
    await page.goto(s.url("/cases/new"));
    await page.getByRole("button", { name: "File the case" }).waitFor();
  },
  "create, refused": async (page) => {
    await page.goto(s.url("/cases/new"));
    await page.getByLabel("Title").fill("A long enough title");
    await page.getByLabel("Text").fill("A text");
    await page.getByLabel("For whom").fill("nobody");
    await page.getByRole("button", { name: "File the case" }).click();
    await page.getByRole("alert").waitFor();
    return 422;
  },
  keys: async (page) => {
    await page.goto(s.url("/keys"));
    await page.getByLabel("What is it for").fill("Looks");
    await page.getByRole("button", { name: "Make a key" }).click();
    await page.locator("code.key").waitFor();
  },
  person: async (page) => {
    await openOne(s, page, "open");
    await page.getByRole("link", { name: "What is kept about them" }).click();
    await page.getByRole("button", { name: "Delete" }).waitFor();
  },
  "no such case": async (page) => {
    await page.goto(s.url("/cases/999999"));
    return 404;
  },
};

for (const colorScheme of ["light", "dark"]) {
  for (const viewport of [WINDOW, FLEX_PANE]) {
    test(`every page is accessible and fits, ${colorScheme}, ${viewport.width} pixels wide`, async () => {
      for (const [name, open] of Object.entries(VIEWS)) {
        const where = `${name}, ${colorScheme}, ${viewport.width}`;
        await s.moderator(
          async ({ page, context, expect }) => {
            const status = await open(page, context);
            if (status) expect(statusComplaint(status));
            await assertAccessible(page, where);
            await assertFits(page, where);
          },
          { colorScheme, viewport },
        );
      }
      await s.stranger(
        async ({ page }) => {
          await page.goto(s.url("/sign-in"));
          await assertAccessible(page, "sign-in");
          await assertFits(page, "sign-in");
        },
        { colorScheme, viewport },
      );
    });
  }
}

test("dark is dark, light is light", async () => {
  const backs = {};
  for (const colorScheme of ["light", "dark"]) {
    await s.moderator(
      async ({ page }) => {
        await page.goto(s.url("/"));
        backs[colorScheme] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      },
      { colorScheme },
    );
  }
  const brightness = (color) => color.match(/\d+/g).reduce((sum, part) => sum + Number(part), 0);
  assert.ok(brightness(backs.light) > 700 && brightness(backs.dark) < 100, JSON.stringify(backs));
});

async function take(page, name) {
  const path = `${PICTURES}${name}.png`;
  await mkdir(PICTURES, { recursive: true });
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path, animations: "disabled" });
  const { size } = await stat(path);
  assert.ok(size < PICTURE_BYTES_MAX, `${name} has ${size} bytes`);
}

async function pictures() {
  await s.moderator(
    async ({ page }) => {
      await VIEWS.queue(page);
      await take(page, "console-queue");
    },
    { colorScheme: "light", viewport: { width: 1100, height: 760 } },
  );
  await s.moderator(
    async ({ page }) => {
      await page.goto(s.url("/?status=all&kind=bug&severity=high"));
      // One in the README's language, and with a history.
      const cases = page.locator("ol.cases li").filter({ hasText: "Assignee: " }).locator("a.name");
      await cases.filter({ hasText: /^#\d+ The .* after / }).first().click();
      await page.getByRole("heading", { name: "Facts" }).waitFor();
      await take(page, "console-case-dark");
    },
    { colorScheme: "dark", viewport: { width: 1100, height: 900 } },
  );
  await s.moderator(
    async ({ page }) => {
      await VIEWS.case(page);
      await take(page, "console-in-flex");
    },
    { colorScheme: "light", viewport: FLEX_PANE },
  );
}

if (process.env.PICTURES === "1") test("the README's pictures", pictures);
