// With many cases. How long something takes is said and not asserted: that depends on the machine.

import assert from "node:assert/strict";
import { test } from "node:test";

import { count, fact, listed, MODERATOR, stage } from "../lib/stage.js";

const CASES = 5000;
const s = stage({ cases: CASES });

test("5,000 cases are listed, filtered and gone through", async (t) =>
  s.moderator(async ({ page }) => {
    const timed = async (what, act) => {
      const started = performance.now();
      await act();
      t.diagnostic(`${what}: ${Math.round(performance.now() - started)} ms`);
    };
    const open = (query) => page.goto(s.url(query), { waitUntil: "load" });

    await timed("the first page", () => open("/"));
    await timed("all cases", () => open("/?status=all"));
    assert.equal(await count(page, "all"), CASES);
    assert.equal((await listed(page))[0], CASES);

    for (const [what, query] of [
      ["one status", "/?status=waiting_for_us"],
      ["kind and severity", "/?status=all&kind=bug&severity=critical"],
      ["what is mine", "/?status=all&assignee=me"],
      ["what is nobody's and new", "/?status=new&assignee=none"],
      ["a word", "/?status=all&text=map"],
      ["two words of open bugs", "/?kind=bug&text=save+lost"],
    ]) {
      await timed(what, () => open(query));
      const numbers = await listed(page);
      assert.deepEqual(
        numbers,
        numbers.toSorted((a, b) => b - a),
        `${what}: newest first`,
      );
    }

    await open("/?status=all&assignee=me");
    const [mine] = await listed(page);
    await timed("a case", () => open(`/cases/${mine}`));
    assert.equal(await fact(page, "Assignee").textContent(), MODERATOR);

    // To the last page of the largest status, and each case once.
    await open("/?status=closed");
    const expected = await count(page, "closed");
    const seen = new Set(await listed(page));
    let pages = 1;
    await timed("all closed cases, page by page", async () => {
      const next = page.getByRole("link", { name: "Next" });
      while (await next.isVisible()) {
        const last = Math.min(...(await listed(page)));
        await next.click();
        await page.waitForURL((url) => url.searchParams.get("before") === String(last));
        for (const number of await listed(page)) seen.add(number);
        pages += 1;
      }
    });
    t.diagnostic(`that is ${pages} pages`);
    assert.equal(seen.size, expected);
  }));
