// Who gets in, and with what.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, MODERATOR, signIn, stage, statusComplaint } from "../lib/stage.js";

const s = stage({ cases: 20 });

test("a moderator signs in with Discord and comes to the page they wanted", () =>
  s.stranger(async ({ page, context, expect }) => {
    expect(statusComplaint(401));
    await page.goto(s.url("/cases/7"));
    const answers = [];
    page.on("response", (response) => answers.push(response));
    await signIn(page, MODERATOR);
    await page.getByRole("heading", { level: 1, name: "#7 " }).waitFor();
    assert.equal(new URL(page.url()).pathname, "/console/cases/7");
    assert.ok(await page.getByText(MODERATOR).first().isVisible());

    const callback = answers.find((response) => response.url().includes("/sign-in/callback"));
    const cookies = (await callback.headersArray()).filter(({ name }) => name.toLowerCase() === "set-cookie");
    const session = cookies.map(({ value }) => value).find((value) => value.startsWith("desk_session="));
    const attributes = session.split("; ").slice(1);
    for (const attribute of ["HttpOnly", "Secure", "SameSite=None", "Partitioned", "Path=/console"]) {
      assert.ok(attributes.includes(attribute), `${attribute} is not in ${attributes}`);
    }
    const [kept, ...more] = await context.cookies(s.sandbox.console);
    assert.deepEqual(more, [], "nothing but the session is kept");
    assert.equal(kept.name, "desk_session");
    assert.ok(kept.httpOnly && kept.secure && kept.sameSite === "None" && kept.partitionKey);
    assert.ok(kept.expires < Date.now() / 1000 + 24 * 3600, "a session is short");
    assert.equal(await page.evaluate(() => document.cookie), "", "no script can read it");
  }));

test("somebody who is no moderator is refused", async () => {
  // Playing on the sandbox's page makes a person who is only a member.
  await s.sandbox.play({ do: "helpme", text: "where do I start?" });
  await s.stranger(async ({ page, context, expect }) => {
    expect(statusComplaint(401));
    expect(statusComplaint(403));
    await page.goto(s.url());
    const refused = page.waitForResponse((response) => response.url().includes("/sign-in/callback"));
    await signIn(page, "Ada");
    assert.equal((await refused).status(), 403);
    await page.getByRole("alert").getByText("This is not allowed.").waitFor();
    assert.deepEqual(await context.cookies(s.sandbox.console), []);
    await page.goto(s.url("/cases/7"));
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });
});

test("who says no to Discord can try again", () =>
  s.stranger(async ({ page, context, expect }) => {
    expect(statusComplaint(401));
    await page.goto(s.url());
    await signIn(page, "Cancel");
    await page.getByRole("alert").getByText("That did not work. Please try again.").waitFor();
    assert.deepEqual(await context.cookies(s.sandbox.console), []);
    await signIn(page, MODERATOR);
    await page.getByRole("navigation", { name: "Console" }).waitFor();
  }));

test("an answer of Discord that was meant for another browser is refused", () =>
  s.stranger(async ({ page, context, expect }) => {
    expect(statusComplaint(401));
    await page.goto(s.url());
    await page.getByRole("link", { name: "Sign in with Discord" }).click();
    await page.getByRole("button", { name: MODERATOR }).waitFor();
    // The code is good, but this browser does not hold the state that it was asked with.
    await context.clearCookies();
    await page.getByRole("button", { name: MODERATOR }).click();
    await page.getByRole("alert").waitFor();
    assert.deepEqual(await context.cookies(s.sandbox.console), []);
  }));

test("who signs out is out", () =>
  s.stranger(async ({ page, context, expect }) => {
    expect(statusComplaint(401));
    await page.goto(s.url());
    await signIn(page, MODERATOR);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.deepEqual(await context.cookies(s.sandbox.console), []);
    await page.goto(s.url("/keys"));
    await page.getByRole("link", { name: "Sign in with Discord" }).waitFor();
  }));

test("the page to sign in is accessible in light and dark", async () => {
  for (const colorScheme of ["light", "dark"]) {
    await s.stranger(
      async ({ page }) => {
        await page.goto(s.url("/sign-in"));
        await assertAccessible(page, `the page to sign in, ${colorScheme}`);
      },
      { colorScheme },
    );
  }
});
