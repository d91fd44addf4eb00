import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import { beforeAll, describe, expect, test } from "vitest";
import { newFolder } from "../../test/support/folder.ts";
import { FLOWS, json, type RunJson, segno } from "./fixtures/segno.ts";

let family: RunJson;
let boom: RunJson;

beforeAll(async () => {
  const trace = join(newFolder(), "trace");
  family = await json<RunJson>(
    "run",
    `${FLOWS}:family`,
    "-p",
    "label=one",
    "-p",
    `trace=${trace}`,
    "--tag",
    "nightly",
  );
  const { stdout } = await segno(["run", `${FLOWS}:boom`, "--json"]);
  boom = JSON.parse(stdout) as RunJson;
});

const names = async (...args: string[]): Promise<string[]> =>
  (await json<{ name: string }[]>("flow-run", "ls", ...args)).map((run) => run.name);

describe("flow-run ls", () => {
  test("is an aligned table without colours when nobody looks", async () => {
    const { stdout, code } = await segno(["flow-run", "ls"]);
    const [head = "", ...rows] = stdout.trimEnd().split("\n");
    expect(code).toBe(0);
    expect(head).toMatch(/^ID {36}FLOW {4}NAME {2,}STATE {6}WHEN {2,}TOOK$/);
    expect(rows).toHaveLength(3);
    // oxlint-disable-next-line no-control-regex -- an escape is what must not be there.
    expect(stdout).not.toMatch(/\u001B/);
    for (const row of rows) expect(row.slice(head.indexOf("STATE"))).toMatch(/^(Completed|Failed) /);
  });

  test("has colours where they are asked for, and not where NO_COLOR is set", async () => {
    const wanted = await segno(["flow-run", "ls"], { FORCE_COLOR: "1" });
    expect(wanted.stdout).toContain("\u001B[32mCompleted\u001B[39m");
    const both = await segno(["flow-run", "ls"], { FORCE_COLOR: "1", NO_COLOR: "1" });
    expect(both.stdout).not.toContain("\u001B");
  });

  test("filters and pages", async () => {
    expect(await names("--flow", "boom")).toEqual([boom.name]);
    expect(await names("--state-type", "failed")).toEqual([boom.name]);
    expect(await names("--state", "Failed", "--state", "TimedOut")).toEqual([boom.name]);
    expect(await names("--root", "--tag", "nightly")).toEqual([family.name]);
    expect(await names("--name", "FAMILY-")).toEqual([family.name]);
    expect(await names("--root")).toEqual([boom.name, family.name]);
    expect(await names("--parent", family.id)).toHaveLength(1);
    expect(await names("--since", "1h")).toHaveLength(3);
    expect(await names("--since", "2000-01-01", "--limit", "1")).toEqual([boom.name]);
    expect(await names("--after", boom.id)).toHaveLength(2);
    const { stderr } = await segno(["flow-run", "ls", "--limit", "1"]);
    expect(stderr).toContain(`There are more: --after ${boom.id}`);
    expect(await names("--flow", "nothing")).toEqual([]);
  });

  test("its JSON has Prefect's names and ISO times", async () => {
    const [run] = await json<Record<string, unknown>[]>("flow-run", "ls", "--flow", "family");
    expect(run).toMatchObject({
      id: family.id,
      name: "family-one",
      flow_name: "family",
      state_type: "COMPLETED",
      state: { type: "COMPLETED", name: "Completed", message: null },
      tags: ["nightly"],
      parent_flow_run_id: null,
      run_count: 1,
    });
    expect(run?.["start_time"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(run?.["total_run_time"]).toBeGreaterThan(0);
  });
});

describe("flow-run inspect", () => {
  test("shows the run, its states, its tasks and its subflow runs", async () => {
    const { stdout, code } = await segno(["flow-run", "inspect", "family-one"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^family-one\n/);
    expect(stdout).toMatch(new RegExp(`ID +${family.id}`));
    expect(stdout).toMatch(/Input +\{ label: 'one', trace: /);
    expect(stdout).toMatch(/Result +101/);
    expect(stdout).toMatch(/States\n.*Pending\n.*Running\n.*Completed\n/);
    expect(stdout).toMatch(/Tasks\nNAME +RUNS +STATES.*\ncount +1 +1 Completed/);
    expect(stdout).toMatch(/Subflow runs\nID[^]*inner/);
  });

  test("shows an error with its place, and how to go on", async () => {
    const { stdout } = await segno(["flow-run", "inspect", boom.id.slice(0, 23)]);
    expect(stdout).toMatch(/Error +TypeError: it went off\n +at .*flows\.ts:\d+:\d+\n/);
    expect(stdout).toContain(`segno flow-run resume ${boom.id}`);
  });

  test("its JSON holds the same", async () => {
    const run = await json("flow-run", "inspect", family.id);
    expect(run).toMatchObject({
      result: 101,
      parameters: { label: "one" },
      states: [{ type: "PENDING" }, { type: "RUNNING" }, { type: "COMPLETED" }],
      tasks: [{ name: "count", count: 1, by_state: { Completed: 1 }, retries: 0 }, { name: "inner" }],
      subflow_runs: [{ flow_name: "inner" }],
    });
    expect(await json("flow-run", "inspect", boom.id)).toMatchObject({
      result: null,
      error: { name: "TypeError" },
    });
  });

  test("an unknown run is refused with what is near", async () => {
    const { code, stderr } = await segno(["flow-run", "inspect", "famly-one"]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/There is no flow run "famly-one"[^]*Did you mean family-one \([0-9a-f-]{36}\)\?/);
  });
});

describe("logs", () => {
  const logs = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await segno(args);
    return stdout === ""
      ? []
      : stdout
          .trimEnd()
          .split("\n")
          .map((line) => line.replace(/^[\d:.]+ \| /, ""));
  };

  test("of a flow run are oldest first, cut at either end, and filtered by level", async () => {
    const all = await logs("flow-run", "logs", family.id);
    expect(all.slice(0, 2)).toEqual(["INFO     | counted 1", "WARNING  | careful with 1"]);
    expect(all.at(-1)).toContain("Finished in state Completed");
    expect(await logs("flow-run", "logs", family.id, "--head", "1")).toEqual(all.slice(0, 1));
    expect(await logs("flow-run", "logs", family.id, "--tail", "1")).toEqual(all.slice(-1));
    expect(await logs("flow-run", "logs", family.id, "--level", "warning")).toEqual([
      "WARNING  | careful with 1",
    ]);
    expect(await logs("flow-run", "logs", family.id, "--follow", "--tail", "100")).toEqual(all);
  });

  test("as JSON are one object a line", async () => {
    const { stdout } = await segno(["flow-run", "logs", family.id, "--json", "--head", "1"]);
    expect(JSON.parse(stdout)).toMatchObject({ level: 20, message: "counted 1", flow_run_id: family.id });
  });

  test("of a task run are its own", async () => {
    const [task] = await json<{ id: string }[]>("task-run", "ls", "--flow-run", family.id);
    expect(await logs("task-run", "logs", task?.id ?? "")).toEqual([
      "INFO     | counted 1",
      "WARNING  | careful with 1",
    ]);
  });

  test("refuses what does not go together", async () => {
    expect((await segno(["flow-run", "logs", family.id, "--head", "1", "--tail", "1"])).code).toBe(2);
    const { code, stderr } = await segno(["flow-run", "logs", family.id, "--level", "loud"]);
    expect(code).toBe(2);
    expect(stderr).toContain('--level is "loud"; expected one of debug, info');
  });
});

describe("task-run", () => {
  test("ls shows a flow run's tasks in call order and pages by id", async () => {
    const tasks = await json<{ id: string; name: string; kind: string }[]>(
      "task-run",
      "ls",
      "--flow-run",
      family.id,
    );
    expect(tasks.map(({ name, kind }) => [name, kind])).toEqual([
      ["count", "task"],
      ["inner", "flow"],
    ]);
    const next = await json<{ id: string }[]>(
      "task-run",
      "ls",
      "--flow-run",
      family.id,
      "--after",
      tasks[0]?.id ?? "",
    );
    expect(next.map(({ id }) => id)).toEqual([tasks[1]?.id]);
    const { stdout } = await segno(["task-run", "ls", "--flow-run", family.id]);
    expect(stdout).toMatch(/^ID +KIND +NAME +STATE/);
    expect(await json("task-run", "ls", "--tag", "counting", "--limit", "10")).toHaveLength(2);
  });

  test("inspect shows its states, its result or its error", async () => {
    const [task] = await json<{ id: string }[]>("task-run", "ls", "--flow-run", boom.id);
    const id = task?.id ?? "";
    const { stdout } = await segno(["task-run", "inspect", id]);
    expect(stdout).toMatch(/^explode\n/);
    expect(stdout).toMatch(new RegExp(`Flow run +${boom.name} \\(${boom.id}\\)`));
    expect(stdout).toMatch(/State +Failed/);
    expect(stdout).toMatch(/Error +TypeError: it went off\n +at .*flows\.ts/);
    expect(await json("task-run", "inspect", id)).toMatchObject({
      state_type: "FAILED",
      error: { message: "it went off" },
    });
  });

  test("an unknown one is refused", async () => {
    expect((await segno(["task-run", "inspect", uuidv7()])).code).toBe(3);
    expect((await segno(["task-run", "logs", "count"])).code).toBe(3);
  });
});

test("flow-run delete takes runs with what is below them, after looking all of them up", async () => {
  const half = await segno(["flow-run", "delete", family.id, "no-such-run"]);
  expect(half.code).toBe(3);
  expect(await names()).toHaveLength(3);
  const { code, stdout } = await segno(["flow-run", "delete", family.id, boom.name]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Deleted family-one .* and 1 subflow run\.\nDeleted /);
  expect(await names()).toEqual([]);
  const empty = await segno(["flow-run", "ls"]);
  expect(empty).toMatchObject({ code: 0, stdout: "", stderr: "No runs.\n" });
});
