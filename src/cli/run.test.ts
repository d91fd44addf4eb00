import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newFolder } from "../../test/support/folder.ts";
import { FLOWS, json, type RunJson, segno, SINGLE, start, type Started } from "./fixtures/segno.ts";

/** What a task threw is told by its class, before a crash and after. */
const COMMONJS_FLOW = `
import { appendFileSync, readFileSync } from "node:fs";
import { flow, NonRetryable, task } from "segno";
const refuse = task({ name: "refuse" }, async (trace: string) => {
  appendFileSync(trace, "refused\\n");
  throw new NonRetryable("never");
});
export const picky = flow({ name: "picky" }, async ({ trace }: { trace: string }) => {
  const error = await refuse(trace).catch((caught: unknown) => caught);
  appendFileSync(trace, "flow\\n");
  if (readFileSync(trace, "utf8").split("flow").length === 2) process.kill(process.pid, "SIGKILL");
  return error instanceof NonRetryable ? "known" : "unknown";
});
`;

const lines = (file: string): string[] => readFileSync(file, "utf8").trim().split("\n");

async function until(what: () => boolean, started: Started): Promise<void> {
  for (let waited = 0; !what(); waited += 20) {
    if (waited > 20_000) throw new Error(`waited in vain; it printed:\n${started.soFar()}`);
    await delay(20);
  }
}

describe("run", () => {
  test("prints the result on stdout and the rest on stderr", async () => {
    const { code, stdout, stderr } = await segno(["run", SINGLE]);
    expect(stdout).toBe("the only one\n");
    expect(stderr).toMatch(/▶ .*only · [0-9a-f-]{36}\n✓ Completed in /);
    expect(code).toBe(0);
  });

  test("takes parameters as JSON or text, one by one over a whole, and from a file", async () => {
    const file = join(newFolder(), "input.json");
    writeFileSync(file, JSON.stringify({ name: "Ada", times: 3 }));
    const one = await json<RunJson>(
      "run",
      `${FLOWS}:greet`,
      "-p",
      "name=Ada",
      "--param",
      "times=2",
      "--name",
      "mine",
    );
    expect(one).toMatchObject({
      name: "mine",
      flow_name: "greet",
      state_type: "COMPLETED",
      parameters: { name: "Ada", times: 2 },
    });
    expect(one.result).toEqual({ greeting: "hello Adahello Ada", flow: "mine" });
    const two = await json(
      "run",
      `${FLOWS}:greet`,
      "--params",
      `@${file}`,
      "-p",
      "times=1",
      "--tag",
      "a",
      "--tag",
      "b",
    );
    expect(two).toMatchObject({
      parameters: { name: "Ada", times: 1 },
      tags: ["a", "b"],
      entrypoint: `${FLOWS}:greet`,
    });
  });

  test("an idempotency key finds the run again", async () => {
    const args = ["run", `${FLOWS}:greet`, "-p", "name=Ada", "--idempotency-key", "k1"];
    const first = await json<RunJson>(...args);
    const second = await json<RunJson>(...args);
    expect(second.id).toBe(first.id);
    expect(second.result).toEqual(first.result);
  });

  test("shows where a flow failed, and how to go on", async () => {
    const { code, stdout, stderr } = await segno(["run", `${FLOWS}:boom`]);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/✗ [\w-]+ failed: TypeError: it went off/);
    expect(stderr).toMatch(/flows\.ts:\d+:\d+\n.*\n {2}> \d+ \| {3}throw new TypeError\(message\);\n/);
    expect(stderr).toMatch(/segno flow-run resume [0-9a-f-]{36}/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test("--debug adds the stack; --json tells the failure on stdout", async () => {
    const { code, stdout, stderr } = await segno(["run", `${FLOWS}:boom`, "--json", "--debug"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      state_type: "FAILED",
      error: { name: "TypeError", message: "it went off" },
    });
    expect(stderr).toMatch(/^\s+at /m);
  });

  test.each([
    [["run"], 2, /missing required argument 'file:export'/],
    [["run", "nowhere.ts:x"], 3, /There is no file .*nowhere\.ts/],
    [["run", join(FLOWS, "..", "flowz.ts")], 3, /Did you mean flows\.ts\?/],
    [["run", join(FLOWS, "..")], 2, /is a folder/],
    [["run", FLOWS], 2, /exports several flows: boom, .*\n.*segno run/],
    [["run", `${FLOWS}:gret`], 3, /exports nothing named "gret".*\n.*Did you mean greet\?/],
    [["run", `${FLOWS}:plainFunction`], 3, /plainFunction .* is a plain function, not a flow/],
    [["run", `${FLOWS}:greet`], 2, /name: .*expected string/],
    [["run", `${FLOWS}:greet`, "-p", "name"], 2, /--param is "name"; expected name=value/],
    [["run", `${FLOWS}:greet`, "--params", "{"], 2, /--params is not JSON/],
    [["run", `${FLOWS}:greet`, "--params", "[1]", "-p", "a=1"], 2, /--params is \[1\]; expected an object/],
    [["run", `${FLOWS}:greet`, "--params", "@nowhere.json"], 2, /cannot be read: ENOENT/],
  ])("%j is refused with exit code %i", async (args, exit, message) => {
    const { code, stdout, stderr } = await segno(args);
    expect(stderr).toMatch(message);
    expect(code).toBe(exit);
    expect(stdout).toBe("");
  });
});

describe("a file that cannot be loaded", () => {
  test.each([
    [
      "throws",
      "const limit = 1;\nthrow new Error(`at load ${limit}`);",
      1,
      /error: at load 1\n\n {2}.*flow\.mjs:2:7\n/,
    ],
    ["is not TypeScript", "export const x = {;", 1, /Expected identifier but found ";"/],
    ["imports what is not there", 'import "./missing.mjs";', 1, /Cannot find module .*missing\.mjs/],
    [
      "lies where segno is not installed",
      'import { flow } from "segno";\nflow;',
      3,
      /segno, which is not installed[^]*npm install segno/,
    ],
    ["exports no flow", "export const x = 1;", 3, /exports no flow \(it exports: x\)/],
  ])("because it %s is refused without a stack", async (what, text, exit, message) => {
    const file = join(newFolder(), what === "is not TypeScript" ? "flow.ts" : "flow.mjs");
    writeFileSync(file, text);
    const { code, stderr } = await segno(["run", file]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(exit);
  });
});

describe("flow-run resume", () => {
  test("goes on with a failed run, without its finished tasks, by name and from what the run remembers", async () => {
    const folder = newFolder();
    const trace = join(folder, "trace");
    const mended = join(folder, "mended");
    const params = JSON.stringify({ trace, mended });
    const failed = await segno(["run", `${FLOWS}:mendable`, "--params", params, "--name", "half-done"]);
    expect(failed.code).toBe(1);
    writeFileSync(mended, "");
    const resumed = await segno(["flow-run", "resume", "half-done"]);
    expect(resumed.stderr).toContain("▶ half-done");
    expect(resumed).toMatchObject({ code: 0, stdout: "3\n" });
    expect(lines(trace)).toEqual(["1", "2"]);
  });

  test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)(
    "goes on with a run whose process got %s",
    async (signal) => {
      const trace = join(newFolder(), "trace");
      const params = JSON.stringify({ trace, most: 40 });
      const running = start(["run", `${FLOWS}:endless`, "--params", params, "--name", `told-${signal}`]);
      await until(() => existsSync(trace) && lines(trace).length > 5, running);
      running.process.kill(signal);
      const ended = await running.ended;
      expect(ended.signal).toBe(signal);
      if (signal !== "SIGKILL") expect(ended.stderr).toMatch(/segno flow-run resume [0-9a-f-]{36}/);

      const [seen] = await json<RunJson[]>("flow-run", "ls", "--name", `told-${signal}`);
      expect(seen).toMatchObject({ state_type: "CRASHED" });

      const resumed = await segno(["flow-run", "resume", seen?.id ?? "", "--json"]);
      expect(JSON.parse(resumed.stdout)).toMatchObject({
        id: seen?.id,
        state_type: "COMPLETED",
        result: "the end",
      });
      // The task that was under way may have run twice; none that had ended did.
      const counted = lines(trace);
      expect(new Set(counted).size).toBe(40);
      expect(counted.length).toBeLessThanOrEqual(41);
    },
  );

  test("a file in a CommonJS package goes on with its own error classes", async () => {
    const folder = newFolder();
    const trace = join(folder, "trace");
    writeFileSync(join(folder, "package.json"), "{}");
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(join(import.meta.dirname, "../.."), join(folder, "node_modules", "segno"), "dir");
    writeFileSync(join(folder, "flow.ts"), COMMONJS_FLOW);
    const target = `${join(folder, "flow.ts")}:picky`;
    const killed = await segno(["run", target, "-p", `trace=${trace}`, "--name", "picky-run"]);
    expect(killed.signal).toBe("SIGKILL");
    const resumed = await segno(["flow-run", "resume", "picky-run"]);
    expect(resumed).toMatchObject({ code: 0, stdout: "known\n" });
    expect(lines(trace)).toEqual(["refused", "flow", "flow"]);
  });

  test("refuses a run that is not there, and one whose file is gone", async () => {
    const missing = await segno(["flow-run", "resume", "no-such-run"]);
    expect(missing).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('There is no flow run "no-such-run"') as string,
    });
    const moved = await segno(["flow-run", "resume", "half-done", "--entrypoint", "moved.ts:x"]);
    expect(moved).toMatchObject({ code: 3, stderr: expect.stringContaining("There is no file") as string });
    const other = await segno(["flow-run", "resume", "told-SIGKILL", "--entrypoint", SINGLE]);
    expect(other).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /belongs to the flow "endless", which is not defined[^]*flows\.ts/,
      ) as string,
    });
  });
});

describe("flow-run cancel and watch", () => {
  test("a run of another process is cancelled and watched to its end", async () => {
    const trace = join(newFolder(), "trace");
    const running = start([
      "run",
      `${FLOWS}:endless`,
      "--params",
      JSON.stringify({ trace }),
      "--name",
      "to-cancel",
    ]);
    await until(() => existsSync(trace), running);
    const watching = start(["flow-run", "watch", "to-cancel"]);
    await until(() => watching.soFar().includes("counted 0"), watching);

    const cancelled = await segno(["flow-run", "cancel", "to-cancel"]);
    expect(cancelled).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Asked the process that executes") as string,
    });
    const [ran, watched] = await Promise.all([running.ended, watching.ended]);
    expect(ran.code).toBe(4);
    expect(ran.stderr).toMatch(/■ to-cancel was cancelled/);
    expect(watched.code).toBe(4);
    expect(watched.stdout).toMatch(/Running[^]*counted 0[^]*Cancelling[^]*Cancelled/);

    const again = await segno(["flow-run", "cancel", "to-cancel"]);
    expect(again).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is Cancelled already") as string,
    });
    const resumed = await segno(["flow-run", "resume", "to-cancel"]);
    expect(resumed.code).toBe(4);
  });

  test("a watched run whose process dies is told Crashed", async () => {
    const trace = join(newFolder(), "trace");
    const running = start([
      "run",
      `${FLOWS}:endless`,
      "--params",
      JSON.stringify({ trace }),
      "--name",
      "to-kill",
    ]);
    await until(() => existsSync(trace), running);
    const watching = start(["flow-run", "watch", "to-kill", "--json"]);
    await until(() => watching.soFar().includes("counted 0"), watching);
    running.process.kill("SIGKILL");
    const { code, stdout } = await watching.ended;
    expect(code).toBe(1);
    const told = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind: string; type?: string; message?: string });
    expect(told.filter((each) => each.kind === "state").at(-1)).toMatchObject({ type: "CRASHED" });
    expect(told.some((each) => each.kind === "log" && each.message === "counted 0")).toBe(true);
  });
});
