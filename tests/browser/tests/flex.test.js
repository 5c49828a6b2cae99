// Inside Flex: who may frame the console, and how an agent is signed in there.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { assertFits, fact, stage, statusComplaint, textIs } from "../lib/stage.js";

const FLEX = "https://flex.twilio.com";

/** The agent's name, as far as a token of Flex tells it. */
const AGENT = "alex.agent@example.com";

// As browsers will be, or are where people have chosen it: no cookies of third parties, unless they are partitioned.
const s = stage({ cases: 60, arguments: ["--test-third-party-cookie-phaseout"] });

/** A page that frames the console, as a plug-in of Flex does it. */
const flexPage = (address, token) => `<!doctype html><html lang="en"><title>Flex</title>
  <iframe src="${address}" title="Case" width="400" height="700"></iframe>
  <script>
    addEventListener("message", (event) => {
      if (event.origin === ${JSON.stringify(new URL(address).origin)} && event.data === "desk-flex-token-please") {
        event.source.postMessage({ deskFlexToken: ${JSON.stringify(token)} }, event.origin);
      }
    });
  </script></html>`;

/** Opens the console at `path` in a page of Flex, or of another origin, in which somebody with this token is signed in. */
async function openFramed({ page, context }, path, token, origin = FLEX) {
  // The sandbox is on this machine, and browsers ask people before a page of the internet reaches there.
  await context.grantPermissions(["local-network-access"], { origin });
  await context.route(`${origin}/**`, (route) =>
    route.fulfill({ contentType: "text/html", body: flexPage(s.url(path), token) }),
  );
  await page.goto(`${origin}/agent-desktop/`);
  return page.frameLocator("iframe");
}

let elsewhere;

before(async () => {
  elsewhere = createServer((request, response) => {
    const address = new URL(request.url, "http://localhost").searchParams.get("frame");
    response.setHeader("content-type", "text/html");
    response.end(address ? flexPage(address, "nothing") : "");
  });
  elsewhere.listen(0, "127.0.0.1");
  await once(elsewhere, "listening");
});

after(() => elsewhere?.close());

test("no other site may frame the console", async () => {
  for (const path of ["/sign-in", "/", "/cases/7"]) {
    await s.moderator(async ({ page, context, expect }) => {
      expect(/frame-ancestors/);
      const address = `http://127.0.0.1:${elsewhere.address().port}/?frame=${encodeURIComponent(s.url(path))}`;
      const refused = context.waitForEvent("console", (message) => message.text().includes("frame-ancestors"));
      await page.goto(address);
      await refused;
      const frame = page.frames()[1];
      await frame.waitForURL("chrome-error://**");
      assert.ok(!(await frame.content()).includes("Case console"));
    });
  }
});

test("in Flex an agent is signed in by their token, sees the case, and works on it", async () => {
  const token = await s.sandbox.play({ do: "flex_token", whose: "agent" });
  await s.stranger(
    async (window) => {
      window.expect(statusComplaint(401));
      const { page, context } = window;
      const console = await openFramed(window, "/cases/7", token);
      await console.getByRole("heading", { level: 1, name: "#7 " }).waitFor();
      await console.getByRole("banner").getByText(AGENT).waitFor();
      const cookies = await context.cookies(s.sandbox.console);
      assert.deepEqual(
        cookies.map(({ name, partitionKey }) => [name, partitionKey]),
        [["desk_session", "https://twilio.com"]],
      );

      const frame = page.frames()[1];
      await assertFits(frame, "the case in Flex");
      // Flex hands over a new token now and then; what is open at that moment stays good.
      const renewed = await frame.evaluate(async ([address, token]) => {
        const body = JSON.stringify({ token });
        const headers = { "content-type": "application/json" };
        return (await fetch(address, { method: "POST", headers, body })).status;
      }, [s.url("/sign-in/flex"), token]);
      assert.equal(renewed, 204);
      await console.getByLabel("Note", { exact: true }).fill("Told the person what to do");
      await console.getByRole("button", { name: "Add the note" }).click();
      const noted = console.locator(".timeline > li", { hasText: "Told the person what to do" });
      await noted.getByText(`${AGENT} (agent)`).waitFor();
      await console.getByLabel("Give it to").selectOption({ label: "Me" });
      await console.getByRole("button", { name: "Assign", exact: true }).click();
      await textIs(fact(console, "Assignee"), AGENT);

      // The frame's session is the frame's alone.
      const own = await context.newPage();
      await own.goto(s.url("/cases/7"));
      await own.getByRole("heading", { name: "Sign in" }).waitFor();
    },
    { viewport: { width: 480, height: 800 } },
  );
});

for (const whose of ["guest", "expired"]) {
  test(`in Flex the token of a ${whose === "guest" ? "guest" : "session that is over"} is refused`, async () => {
    const token = await s.sandbox.play({ do: "flex_token", whose });
    await s.stranger(async (window) => {
      window.expect(statusComplaint(401));
      const answer = window.page.waitForResponse((response) => response.url().endsWith("/sign-in/flex"));
      const console = await openFramed(window, "/cases/7", token);
      assert.equal((await answer).status(), 401);
      await console.getByRole("heading", { name: "Sign in" }).waitFor();
      assert.deepEqual(await window.context.cookies(s.sandbox.console), []);
    });
  });
}

test("a page that only looks like Flex can neither frame the console nor hand it a token", async () => {
  const token = await s.sandbox.play({ do: "flex_token", whose: "agent" });
  for (const origin of ["https://flex.twilio.com.example.org", "https://twilio.com"]) {
    await s.stranger(async (window) => {
      window.expect(/frame-ancestors/);
      const refused = window.context.waitForEvent("console", (message) => message.text().includes("frame-ancestors"));
      let posted = false;
      window.page.on("request", (request) => (posted ||= request.url().endsWith("/sign-in/flex")));
      await openFramed(window, "/sign-in", token, origin);
      await refused;
      assert.equal(posted, false);
    });
  }
});
