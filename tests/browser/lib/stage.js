// What the tests of a file share: a sandbox, a browser, somebody signed in, and an eye on what the browser complains of.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before } from "node:test";

import { chromium } from "playwright-core";

import { startSandbox } from "./sandbox.js";

/** The moderator that a sandbox with cases has. */
export const MODERATOR = "Morgan Moderator";

/** The widths that the pages are looked at in: a window, and the pane beside a task in Flex. */
export const WINDOW = { width: 1280, height: 900 };
export const FLEX_PANE = { width: 400, height: 800 };

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const ARGUMENTS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** How long the browser may take for anything: the list looks for news every five seconds, on a machine that may be busy. */
const PATIENCE_MS = 45_000;

function executable() {
  const found = process.env.CHROMIUM ?? CHROMIUM.find((path) => existsSync(path));
  if (!found) throw new Error("there is no Chromium; install it, or say with CHROMIUM where it is");
  return found;
}

/** A browser with a profile of its own. */
export function launch(more = []) {
  return chromium.launch({ executablePath: executable(), headless: true, args: [...ARGUMENTS, ...more] });
}

/**
 * Sets up a file of tests: one sandbox and one browser for all of them.
 *
 * @param {{ cases?: number, variables?: Record<string, string>, arguments?: string[] }} options
 */
export function stage(options = {}) {
  const stage = new Stage();
  before(async () => {
    [stage.sandbox, stage.browser] = await Promise.all([
      startSandbox(options.cases ?? 300, options.variables),
      launch(options.arguments),
    ]);
  });
  after(async () => {
    await stage.browser?.close();
    await stage.sandbox?.stop();
  });
  return stage;
}

class Stage {
  sandbox;
  browser;
  #session;

  /** The address of a page of the console. */
  url(path = "/") {
    return this.sandbox.console + path;
  }

  /**
   * Runs something with a browser of its own, in which nobody is signed in, and then asserts that the browser had nothing to complain
   * of but what `window.expect` named.
   */
  async stranger(test, options = {}) {
    const context = await this.browser.newContext({ viewport: WINDOW, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    const complaints = new Complaints(context, this.sandbox.discord);
    const page = await context.newPage();
    try {
      await test({ page, context, expect: (pattern) => complaints.expected.push(pattern) });
      complaints.check();
    } catch (error) {
      if (complaints.all.length > 0) error.message += `\n  The browser said:\n    ${complaints.all.join("\n    ")}`;
      throw error;
    } finally {
      await context.close();
    }
  }

  /** The same with a moderator signed in. They sign in once for all tests of a file: the console counts attempts. */
  async moderator(test, options = {}) {
    this.#session ??= await this.#signInOnce();
    await this.stranger(async (window) => {
      await window.context.addCookies(this.#session);
      await test(window);
    }, options);
  }

  async #signInOnce() {
    const context = await this.browser.newContext();
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(this.url());
      await signIn(page, MODERATOR);
      return await context.cookies(this.sandbox.console);
    } finally {
      await context.close();
    }
  }

  /** Calls the API as a machine does. */
  async api(path, { key, method = "GET", body, headers = {} }) {
    const answer = await fetch(this.url(`/api${path}`), {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  }
}

/** From the page to sign in, through Discord, as somebody whom Discord knows. */
export async function signIn(page, name) {
  await page.getByRole("link", { name: "Sign in with Discord" }).click();
  await page.getByRole("button", { name }).click();
}

/** Makes an API key on its page. */
export async function makeKey(stage, name) {
  let key;
  await stage.moderator(async ({ page }) => {
    await page.goto(stage.url("/keys"));
    await page.getByLabel("What is it for").fill(name);
    await page.getByRole("button", { name: "Make a key" }).click();
    key = await page.locator("code.key").textContent();
  });
  return key;
}

/** What a browser writes into its console, and what a page throws. Refusals by the Content-Security-Policy are among it. */
class Complaints {
  all = [];
  expected = [];

  /** What pages at `foreign` do is none of ours. */
  constructor(context, foreign) {
    context.on("console", (message) => {
      const { url } = message.location();
      if (["error", "warning"].includes(message.type()) && !url.startsWith(foreign)) {
        this.all.push(`${message.text()} (${url})`);
      }
    });
    context.on("weberror", (error) => this.all.push(String(error.error())));
  }

  check() {
    const unexpected = this.all.filter((complaint) => !this.expected.some((pattern) => pattern.test(complaint)));
    assert.deepEqual(unexpected, [], "the browser complains");
    for (const pattern of this.expected) {
      assert.ok(this.all.some((complaint) => pattern.test(complaint)), `the browser does not say ${pattern}`);
    }
  }
}

/** What the browser says when a page comes with this status. */
export const statusComplaint = (status) => new RegExp(`the server responded with a status of ${status} `);

/** Asserts that axe-core finds nothing serious or critical on a page. */
export async function assertAccessible(page, where) {
  // The page's own policy forbids scripts from elsewhere; the tests' come past it.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const found = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
  assert.deepEqual(found, [], `axe-core on ${where}`);
}

/** Asserts that nothing is wider than the window. */
export async function assertFits(page, where) {
  const { wide, narrow } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    narrow: document.documentElement.clientWidth,
  }));
  assert.ok(wide <= narrow, `${where} is ${wide} pixels wide in ${narrow}`);
}

/** The numbers of the cases that a list shows, in its order. */
export async function listed(page) {
  const names = await page.locator("ol.cases a.name").allTextContents();
  return names.map((name) => Number(/^#(\d+)/.exec(name)[1]));
}

/** How many cases a tab of the queue says there are. */
export async function count(page, tab) {
  const text = await page.locator(`#tab-${tab}`).textContent();
  return Number(/\((\d+)\)/.exec(text)[1]);
}

/** Opens the newest case of a status. */
export async function openOne(stage, page, status) {
  await page.goto(stage.url(`/?status=${status}`));
  await page.locator("ol.cases a.name").first().click();
  await page.getByRole("heading", { name: "Facts" }).waitFor();
  return Number(/\/cases\/(\d+)$/.exec(new URL(page.url()).pathname)[1]);
}

/** Opens a case with a chat: some of the newest cases of support have one. */
export async function openChat(stage, page) {
  await page.goto(stage.url("/?status=all&kind=support"));
  for (const number of await listed(page)) {
    await page.goto(stage.url(`/cases/${number}`));
    if (await page.getByRole("heading", { name: "Transcript" }).isVisible()) return number;
  }
  throw new Error("no case has a chat");
}

/** The value of a fact of the case that a page shows. */
export function fact(page, name) {
  return page.locator("#case dl.facts dt", { hasText: new RegExp(`^${name}$`) }).locator("xpath=following-sibling::dd[1]");
}

/** Waits until a locator's text is this. */
export async function textIs(locator, text) {
  await locator.filter({ hasText: new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`) }).waitFor();
}
