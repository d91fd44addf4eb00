import { uuidv7 } from "uuidv7";
import { beforeAll, expect, test } from "vitest";
import { getSettings } from "../client/settings/settings.ts";
import { nowMicros } from "../client/time.ts";
import type { Artifact } from "../core/run.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";
import { json, segno } from "./fixtures/segno.ts";

let report: Artifact;

beforeAll(async () => {
  const store = await SqliteStore.open(getSettings().store);
  const { artifacts } = await store.repositories();
  const make = async (init: Partial<Artifact>): Promise<Artifact> => {
    const at = nowMicros();
    const artifact: Artifact = {
      id: uuidv7(),
      key: null,
      type: "markdown",
      description: null,
      data: null,
      flowRunId: null,
      taskRunId: null,
      createdAt: at,
      updatedAt: at,
      ...init,
    };
    await artifacts.create(artifact);
    return artifact;
  };
  await make({ key: "report", data: "old" });
  report = await make({ key: "report", data: "# new\n\ntext", description: "what came out" });
  await make({ key: "rows", type: "table", data: [{ a: 1 }, { a: 2 }] });
  await make({ type: "progress", data: 50 });
  await store.close();
});

test("ls shows the latest of each key, or all", async () => {
  const latest = await json<{ key: string; data: unknown }[]>("artifact", "ls");
  expect(latest.map((artifact) => artifact.key)).toEqual(["rows", "report"]);
  expect(latest[1]).toMatchObject({ id: report.id, type: "markdown", data: "# new\n\ntext" });
  expect(await json("artifact", "ls", "--all")).toHaveLength(4);
  expect(await json("artifact", "ls", "--all", "--type", "progress")).toHaveLength(1);
  const { stdout } = await segno(["artifact", "ls"]);
  expect(stdout).toMatch(/^ID +KEY +TYPE +UPDATED +DESCRIPTION\n/);
});

test("inspect shows the latest content and every version, by key or by id", async () => {
  const { stdout } = await segno(["artifact", "inspect", "report"]);
  expect(stdout).toMatch(
    /^report\n[^]*Description +what came out\n[^]*Content\n# new\n\ntext\n[^]*Versions\n/,
  );
  expect(await json("artifact", "inspect", "report")).toHaveLength(2);
  expect(await json("artifact", "inspect", report.id)).toHaveLength(1);
  const rows = await segno(["artifact", "inspect", "rows"]);
  expect(rows.stdout).toContain('{"a":1}\n{"a":2}\n');
});

test("an unknown one, and an unknown type, are refused", async () => {
  const { code, stderr } = await segno(["artifact", "inspect", "reprot"]);
  expect(code).toBe(3);
  expect(stderr).toContain("Did you mean report?");
  expect((await segno(["artifact", "ls", "--type", "poem"])).code).toBe(2);
});
