// The sandbox as a process: the whole stack with cases in it, until the tests of a file are over.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const BINARY = process.env.SANDBOX ?? `${ROOT}target/debug/sandbox`;

/** Lines of the sandbox that are shown when it does not start. */
const LINES_KEPT = 60;

/**
 * Starts a sandbox with so many cases, on a free port.
 *
 * @param {number} cases how many
 * @param {Record<string, string>} variables what differs from the environment
 */
export async function startSandbox(cases, variables = {}) {
  if (!existsSync(BINARY)) throw new Error(`${BINARY} is missing; cargo build -p sandbox makes it`);
  const child = spawn(BINARY, ["seed", String(cases), "--port", "0"], {
    cwd: ROOT,
    env: { ...process.env, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Without this, a run that is broken off would leave the stack behind.
  const kill = () => child.kill("SIGTERM");
  process.once("exit", kill);
  const said = [];
  const ready = await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        said.push(line);
        if (said.length > LINES_KEPT) said.shift();
        if (line.startsWith("ready ")) resolve(JSON.parse(line.slice("ready ".length)));
      });
    }
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the sandbox ended (${code}):\n${said.join("\n")}`)));
  });
  return {
    /** Base address of the console. */
    console: ready.functions.console,
    /** The sandbox's own page. */
    page: ready.page,
    /** Base address of the simulated Discord. */
    discord: ready.discord_api_url,

    /** Does something on the sandbox's own page; see its `play.rs`. */
    async play(act) {
      const answer = await fetch(`${ready.page}play`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(act),
      });
      const told = await answer.json();
      if (!told.ok) throw new Error(told.what);
      return told.what;
    },

    async stop() {
      process.off("exit", kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      kill();
      await ended;
    },
  };
}
