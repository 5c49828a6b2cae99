// The sandbox's own page: somebody who has just started it plays person, moderator and agent.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, assertFits, stage, statusComplaint } from "../lib/stage.js";

const s = stage({ cases: 5 });

const PICTURE = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=", "base64");

/** What one does on the page. */
class Player {
  constructor(page) {
    this.page = page;
    this.person = page.locator("#person-lines li");
    this.agent = page.locator("#agent-lines li");
  }

  async writes(text, submit, files = []) {
    await this.page.getByPlaceholder("A line, or a command").fill(text);
    await this.page.locator("#person-files").setInputFiles(files);
    await this.page.locator("#person-form").getByRole("button", { name: submit, exact: true }).click();
  }

  /** Waits for a message of the person's and returns it: the newest one with this text. */
  async sees(text) {
    const message = this.person.filter({ hasText: text }).last();
    await message.waitFor();
    return message;
  }

  /** Presses the newest button of this name among the person's messages. */
  async presses(name) {
    await this.person.getByRole("button", { name, exact: true }).last().click();
  }

  async submits(values) {
    const form = this.page.locator("#modal");
    await form.waitFor();
    for (const [label, value] of Object.entries(values)) await form.getByLabel(label).fill(value);
    await form.getByRole("button", { name: "Send" }).click();
    await form.waitFor({ state: "hidden" });
  }

  async answers(text, files = []) {
    await this.page.getByPlaceholder("Write as the agent").fill(text);
    await this.page.locator("#agent-files").setInputFiles(files);
    await this.page.getByRole("button", { name: "Say" }).click();
    await this.page.waitForFunction(() => document.getElementById("agent-text").value === "");
  }

  async accepts() {
    await this.page.locator("#accept:enabled").click();
    await this.sees("has joined the chat");
  }

  async hears(text) {
    const line = this.agent.filter({ hasText: text }).last();
    await line.waitFor();
    return line;
  }

  async isNotViolated() {
    assert.deepEqual(await this.page.locator("#violations li").allTextContents(), [], "the contracts hold");
  }
}

const played = (test) =>
  s.stranger(async ({ page, expect }) => {
    await page.goto(s.sandbox.page);
    await page.getByText("Ready.").waitFor();
    const player = new Player(page);
    await test(player, page, expect);
    await player.isNotViolated();
  });

test("a whole chat in the direct messages, with files, a change, a rating and the transcript", () =>
  played(async (player, page) => {
    await player.writes("where do I start?", "/helpme in the server");
    await player.sees("may help");
    await player.presses("Talk to a person");
    await player.sees("has been created for you");
    await player.accepts();
    await player.writes("look at my map", "Send", [{ name: "map.png", mimeType: "image/png", buffer: PICTURE }]);
    await player.hears("look at my map");
    await (await player.hears("map.png")).getByText(`${PICTURE.length} bytes`).waitFor();
    await player.answers("try this", [{ name: "fix.png", mimeType: "image/png", buffer: PICTURE }]);
    await (await player.sees("try this")).getByText(`File: fix.png, ${PICTURE.length} bytes`).waitFor();
    await (await player.hears("try this")).getByRole("button", { name: "Edit" }).click();
    await player.answers("try this first");
    await (await player.sees("try this first")).getByText("(edited)").waitFor();
    await page.getByRole("button", { name: "Complete" }).click();
    await player.sees("This chat has ended");
    await player.presses("5");
    await player.sees("your rating for case");
    await player.presses("Add a comment");
    await player.submits({ "What was good": "quick and kind" });
    await player.sees("your comment on case");
    await player.presses("Transcript");
    await player.sees(/File: .*\.txt/);
    await assertAccessible(page, "the sandbox's page");
    await assertFits(page, "the sandbox's page");
  }));

test("nobody need know a command", () =>
  played(async (player, page) => {
    await page.getByLabel("As", { exact: true }).selectOption("Morgan Moderator");
    await page.getByLabel("In", { exact: true }).selectOption("#help");
    await player.writes("/help_button", "Send");
    await player.sees("The button stands in this channel now");
    await page.getByLabel("As", { exact: true }).selectOption("Ada");
    await page.getByLabel("Language").selectOption("German");
    await player.presses("Get help");
    await (await player.sees("only you can see this")).getByRole("button", { name: "Nicht jetzt" }).click();
    await page.getByRole("button", { name: "Install the application" }).click();
    // The language of their last chat: an event tells none.
    await player.sees("it is good to have you");
    await page.getByLabel("Language").selectOption("English");
  }));

test("who takes no direct messages talks in a private thread", () =>
  played(async (player, page) => {
    await page.getByLabel("takes direct messages").uncheck();
    await page.getByLabel("In", { exact: true }).selectOption("#help");
    await player.writes("/agent", "Send");
    await player.sees("I cannot write to you");
    await player.presses("Private thread");
    await player.sees("an agent will join your chat");
    const thread = page.locator("#place option", { hasText: "Support for Ada" });
    await thread.waitFor({ state: "attached" });
    await page.getByLabel("In", { exact: true }).selectOption({ label: await thread.textContent() });
    await player.accepts();
    await player.writes("@Support my map is empty", "Send");
    await player.hears("my map is empty");
    await player.writes("and the radar too", "/message");
    await player.hears("and the radar too");
    await player.answers("both are known");
    await (await player.sees("both are known")).getByText("in Support for Ada").waitFor();
    await page.getByRole("button", { name: "Leave" }).click();
    await player.sees("you are back with the assistant");
    await page.getByLabel("takes direct messages").check();
  }));

test("a report is made with a form and looked after with commands", () =>
  played(async (player, page, expect) => {
    expect(statusComplaint(409));
    await page.getByLabel("In", { exact: true }).selectOption("#help");
    await player.writes("/bug", "Send");
    const form = page.locator("#modal");
    await form.waitFor();
    await form.locator("textarea").first().fill("The map stays empty after the update");
    await form.locator("textarea").nth(1).fill("Since this morning there are no streets on it.");
    await form.locator("input[type=file]").setInputFiles([{ name: "map.png", mimeType: "image/png", buffer: PICTURE }]);
    await form.getByRole("button", { name: "Send" }).click();
    const filed = await player.sees("your report is filed as");
    const [, number] = /#(\d+)/.exec(await filed.textContent());
    await page.getByLabel("As", { exact: true }).selectOption("Morgan Moderator");
    await player.writes(`/case status number: ${number} to: resolved reason: fixed in 2.1`, "Send");
    await page.locator("#boards-lines li", { hasText: "The map stays empty" }).getByText("resolved", { exact: false }).first().waitFor();
    await player.writes("/case status number: seven hundred", "Send");
    await page.locator("#status", { hasText: "The option" }).or(page.locator("#status", { hasText: "is required" })).first().waitFor();
  }));
