// One case: looked at, worked on, and two people at it at once.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fact, listed, MODERATOR, openChat, openOne, stage, statusComplaint, textIs } from "../lib/stage.js";

const s = stage();

/** The names of what a case can become from a status: the arrows as they are drawn. */
const ARROWS = {
  new: ["Wait for the person", "Wait for us", "Open", "Resolve", "Close"],
  open: ["Wait for the person", "Wait for us", "Resolve", "Close"],
  waiting_for_person: ["Open", "Wait for us", "Resolve", "Close"],
  waiting_for_us: ["Open", "Wait for the person", "Resolve", "Close"],
  resolved: ["Close", "Reopen"],
  closed: ["Reopen"],
  reopened: ["Open", "Wait for the person", "Wait for us", "Resolve", "Close"],
};

const statusForm = (page) => page.locator('form[action$="/status"]');
const editForm = (page) => page.locator('form[action$="/edit"]');
const newest = (page) => page.locator("#case .timeline > li").first();

async function openEdit(page) {
  await page.locator("details", { has: editForm(page) }).locator("summary").click();
  await editForm(page).getByLabel("Title").waitFor();
}

test("only the arrows that exist are offered", () =>
  s.moderator(async ({ page }) => {
    for (const [status, arrows] of Object.entries(ARROWS)) {
      await openOne(s, page, status);
      const offered = await statusForm(page).getByRole("button").allTextContents();
      assert.deepEqual(offered.sort(), [...arrows].sort(), status);
    }
  }));

test("a case is taken, noted on, and resolved with a reason", () =>
  s.moderator(async ({ page }) => {
    await page.goto(s.url("/?status=new&assignee=none"));
    const [number] = await listed(page);
    await page.locator(`#case-${number}`).click();
    await page.getByRole("button", { name: "Take it" }).click();
    await textIs(fact(page, "Assignee"), MODERATOR);
    assert.ok(await page.getByRole("button", { name: "Take it" }).isHidden(), "what one has is not offered again");
    await newest(page).getByText(`${MODERATOR} (moderator)`).waitFor();

    await page.getByLabel("Note", { exact: true }).fill("Happens on <b>my</b> phone too.\nSecond line");
    await page.getByRole("button", { name: "Add the note" }).click();
    await newest(page).getByText("Happens on <b>my</b> phone too.").waitFor();
    assert.equal(await newest(page).locator("b").count(), 0, "what people write is no markup");

    await statusForm(page).getByLabel("Reason").fill("Fixed in 2.4");
    await page.getByRole("button", { name: "Resolve" }).click();
    await textIs(fact(page, "Status"), "Resolved");
    await newest(page).getByText("New → Resolved").waitFor();
    await newest(page).getByText("Fixed in 2.4").waitFor();
    await fact(page, "Done").waitFor();
    await page.goto(s.url("/?status=resolved"));
    assert.ok((await listed(page)).includes(number));
  }));

test("a case is given to somebody else, and to nobody", () =>
  s.moderator(async ({ page }) => {
    await openOne(s, page, "open");
    await page.getByLabel("Give it to").selectOption({ label: "Alex Agent" });
    await page.getByRole("button", { name: "Assign", exact: true }).click();
    await textIs(fact(page, "Assignee"), "Alex Agent");
    await page.getByLabel("Give it to").selectOption({ label: "Nobody" });
    await page.getByRole("button", { name: "Assign", exact: true }).click();
    await textIs(fact(page, "Assignee"), "Nobody");
    await newest(page).getByText("Alex Agent → Nobody").waitFor();
  }));

test("priority, severity, title and text are edited in one go", () =>
  s.moderator(async ({ page }) => {
    await openOne(s, page, "open");
    await openEdit(page);
    const form = editForm(page);
    await form.getByLabel("Severity").selectOption({ label: "Critical" });
    await form.getByLabel("Priority").selectOption({ label: "Urgent" });
    await form.getByLabel("Title").fill("The harbour gate stays shut");
    await form.getByLabel("Text").fill("After the update.\nSince Tuesday.");
    await form.getByLabel("Reason").fill("Asked the person");
    await form.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { level: 1, name: "The harbour gate stays shut" }).waitFor();
    assert.equal(await fact(page, "Severity").textContent(), "Critical");
    assert.equal(await fact(page, "Priority").textContent(), "Urgent");
    await page.locator("#case .written").getByText("Since Tuesday.").waitFor();
    const line = await newest(page).textContent();
    for (const part of ["Severity: ", "Priority: ", "Title: ", "Text was edited", "Asked the person"]) {
      assert.ok(line.includes(part), `${part} is not in ${line}`);
    }
  }));

test("two editors: the second is told, sees both, loses nothing, and saves again", () =>
  s.moderator(async ({ page, context, expect }) => {
    const number = await openOne(s, page, "open");
    await openEdit(page);
    const other = await context.newPage();
    await other.goto(page.url());
    await openEdit(other);
    await editForm(other).getByLabel("Text").fill("What the first one found out.");
    await editForm(other).getByRole("button", { name: "Save" }).click();
    await newest(other).getByText("Text was edited").waitFor();

    expect(statusComplaint(409));
    await editForm(page).getByLabel("Title").fill("What the second one thinks it is");
    await editForm(page).getByLabel("Text").fill("What the second one found out.");
    await editForm(page).getByLabel("Priority").selectOption({ label: "Urgent" });
    await editForm(page).getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { level: 1, name: "Somebody else changed this case meanwhile" }).waitFor();
    await page.locator(".written").getByText("What the first one found out.").waitFor();
    await page.locator(".written").getByText("What the second one found out.").waitFor();
    assert.equal(await editForm(page).getByLabel("Title").inputValue(), "What the second one thinks it is");
    assert.equal(await editForm(page).getByLabel("Text").inputValue(), "What the second one found out.");
    assert.equal(await editForm(page).getByLabel("Priority").inputValue(), "urgent");
    await other.reload();
    assert.equal(await other.locator("#case .written").first().textContent(), "What the first one found out.");

    await editForm(page).getByLabel("Text").fill("What the first one found out. What the second one found out.");
    await page.getByRole("button", { name: "Save as I have it" }).click();
    await page.getByRole("heading", { level: 1, name: `#${number} What the second one thinks it is` }).waitFor();
    await page.locator("#case .written").getByText("What the first one found out. What the second one found out.").waitFor();
    assert.equal(await fact(page, "Priority").textContent(), "Urgent");
  }));

test("a status that was meant for an earlier version is not set, and its reason is kept", () =>
  s.moderator(async ({ page, context, expect }) => {
    await openOne(s, page, "waiting_for_us");
    const other = await context.newPage();
    await other.goto(page.url());
    await other.getByRole("button", { name: "Resolve" }).click();
    await textIs(fact(other, "Status"), "Resolved");

    expect(statusComplaint(409));
    await statusForm(page).getByLabel("Reason").fill("No answer for a month");
    await statusForm(page).getByRole("button", { name: "Close" }).click();
    await statusForm(page).getByRole("alert").getByText("Somebody else changed this case meanwhile").waitFor();
    assert.equal(await fact(page, "Status").textContent(), "Resolved");
    assert.equal(await statusForm(page).getByLabel("Reason").inputValue(), "No answer for a month");
    await statusForm(page).getByRole("button", { name: "Close" }).click();
    await textIs(fact(page, "Status"), "Closed");
    await newest(page).getByText("No answer for a month").waitFor();
  }));

test("a case is linked to another one, and to none that does not exist", () =>
  s.moderator(async ({ page, expect }) => {
    await openOne(s, page, "new");
    const form = page.locator('form[action$="/link"]');
    await page.locator("details", { has: form }).locator("summary").click();
    await form.getByLabel("Number of a case").fill("#3");
    await form.getByRole("button", { name: "Link" }).click();
    await textIs(fact(page, "Linked cases").getByRole("link"), "#3");

    expect(statusComplaint(422));
    await page.locator("details", { has: form }).locator("summary").click();
    await form.getByLabel("Number of a case").fill("999999");
    await form.getByRole("button", { name: "Link" }).click();
    await form.getByRole("alert").getByText("there is no such case to link to").waitFor();
    assert.equal(await form.getByLabel("Number of a case").inputValue(), "999999");
  }));

test("a case is created by hand, for a person; what is wrong comes back with what was typed", () =>
  s.moderator(async ({ page, expect }) => {
    await page.goto(s.url("/"));
    await page.getByRole("link", { name: "New case" }).click();
    await page.getByLabel("Kind").selectOption({ label: "Feature" });
    await page.getByLabel("Title").fill("A map of the harbour");
    await page.getByLabel("Text").fill("They asked for it on the phone.");
    await page.getByLabel("Severity").selectOption({ label: "Low" });
    await page.getByLabel("For whom").fill("not a number");
    expect(statusComplaint(422));
    await page.getByRole("button", { name: "File the case" }).click();
    await page.getByRole("alert").getByText("the reporter has to be a Discord user ID").waitFor();
    assert.equal(await page.getByLabel("Text").inputValue(), "They asked for it on the phone.");
    assert.equal(await page.getByLabel("Kind").inputValue(), "feature");

    await page.getByLabel("For whom").fill("1380000000000012345");
    await page.getByLabel("Their name").fill("Robin");
    await page.getByRole("button", { name: "File the case" }).click();
    await page.getByRole("heading", { level: 1, name: "#301 A map of the harbour" }).waitFor();
    assert.equal(await fact(page, "Status").textContent(), "New");
    assert.equal(await fact(page, "Kind").textContent(), "Feature");
    assert.equal(await fact(page, "Severity").textContent(), "Low");
    await fact(page, "Reported by").getByRole("link", { name: "Robin" }).click();
    await page.getByRole("link", { name: "#301 A map of the harbour" }).waitFor();
  }));

test("what was said in the chat is shown when one gets there", () =>
  s.moderator(async ({ page }) => {
    await openChat(s, page);
    const lines = page.locator('section[aria-labelledby="transcript"] .timeline > li');
    await page.getByRole("heading", { name: "Transcript" }).scrollIntoViewIfNeeded();
    await lines.first().waitFor();
    assert.ok((await lines.count()) > 1);
    await lines.getByText("Virtual agent").first().waitFor();
  }));

test("a case that does not exist is a page that says so", () =>
  s.moderator(async ({ page, expect }) => {
    expect(statusComplaint(404));
    for (const number of ["999999", "0", "x"]) {
      const answer = await page.goto(s.url(`/cases/${number}`));
      assert.equal(answer.status(), 404);
      await page.getByRole("heading", { name: "There is nothing of that kind here" }).waitFor();
    }
  }));
