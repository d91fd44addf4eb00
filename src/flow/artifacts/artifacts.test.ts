import { describe, expect, it } from "vitest";
import { dieHere, startAndDie } from "../../../test/support/dying.ts";
import { ownStore } from "../../../test/support/own-store.ts";
import {
  createImageArtifact,
  createLinkArtifact,
  createMarkdownArtifact,
  createProgressArtifact,
  createTableArtifact,
  flow,
  getArtifact,
  resumeFlowRun,
  task,
  updateProgressArtifact,
} from "../index.ts";
import { getControl } from "../control.ts";

ownStore();

const artifacts = async () => (await (await getControl()).repositories()).artifacts;

describe("artifacts", () => {
  it("of every kind are kept with the run that made them", async () => {
    const inTask = task({ name: "draws" }, () =>
      createImageArtifact({ key: "plot", imageUrl: "https://example.com/plot.png" }),
    );
    const f = flow({ name: "makes-all" }, async () => [
      await createMarkdownArtifact({ key: "report", markdown: "**5** rows", description: "How it went" }),
      await createTableArtifact({ key: "rows", table: [{ at: new Date(0), big: 7n, gone: undefined }] }),
      await createTableArtifact({ table: { epoch: [1, 2], loss: [0.5, null] } }),
      await createLinkArtifact({ key: "docs", link: "https://example.com" }),
      await createLinkArtifact({ link: "https://example.com", linkText: "Docs" }),
      await createProgressArtifact({ key: "progress", progress: 12.5 }),
      await inTask(),
    ]);
    const ids = await f();
    const repository = await artifacts();
    const rows = await Promise.all(ids.map((id) => repository.get(id)));
    expect(rows.map((row) => [row?.type, row?.key, row?.data])).toEqual([
      ["markdown", "report", "**5** rows"],
      ["table", "rows", [{ at: "1970-01-01T00:00:00.000Z", big: "7" }]],
      [
        "table",
        null,
        [
          { epoch: 1, loss: 0.5 },
          { epoch: 2, loss: null },
        ],
      ],
      ["link", "docs", "[https://example.com](https://example.com)"],
      ["link", null, "[Docs](https://example.com)"],
      ["progress", "progress", 12.5],
      ["image", "plot", "https://example.com/plot.png"],
    ]);
    expect(rows[0]?.description).toBe("How it went");
    expect(new Set(rows.map((row) => row?.flowRunId))).toHaveLength(1);
    expect(rows.map((row) => row?.taskRunId !== null)).toEqual([
      ...Array.from({ length: 6 }, () => false),
      true,
    ]);
  });

  it("of one key are versions, the newest of which is got", async () => {
    await createMarkdownArtifact({ key: "notes", markdown: "one" });
    const second = await createMarkdownArtifact({ key: "notes", markdown: "two" });
    expect(await getArtifact("notes")).toMatchObject({ id: second, data: "two", flowRunId: null });
    expect(await getArtifact("nothing")).toBeNull();
  });

  it("of progress move", async () => {
    const move = task({ name: "moves" }, (id: string) =>
      updateProgressArtifact(id, { progress: 40, description: "d" }),
    );
    const f = flow({ name: "progresses" }, async () => {
      const id = await createProgressArtifact({ progress: 0, description: "bar" });
      await updateProgressArtifact(id, { progress: 20 });
      const before = (await (await artifacts()).get(id))?.description;
      await move(id);
      return [before, await (await artifacts()).get(id)];
    });
    expect(await f()).toEqual(["bar", expect.objectContaining({ data: 40, description: "d" })]);
  });

  it("are made once by a flow that is resumed", async () => {
    let dies = true;
    const f = flow({ name: "makes-once" }, async () => {
      const id = await createMarkdownArtifact({ key: "once", markdown: "x" });
      const seen = await getArtifact("once");
      if (dies) {
        await dieHere();
      }
      return [id, seen?.id];
    });
    const run = await startAndDie((onRun) => f.run({ onRun }));
    dies = false;
    // Made since, and not what the flow had seen.
    await createMarkdownArtifact({ key: "once", markdown: "another run's" });
    const { rows } = await (await artifacts()).history("once", { limit: 10 });
    const first = rows.at(-1)?.id;
    expect(await resumeFlowRun(run)).toEqual([first, first]);
    expect((await (await artifacts()).history("once", { limit: 10 })).rows).toHaveLength(2);
  });

  it.each([
    [
      "a key with capitals",
      () => createMarkdownArtifact({ key: "My Report", markdown: "x" }),
      '"my-report" would do',
    ],
    ["no markdown", () => createMarkdownArtifact({ markdown: 7 as never }), "`markdown` must be text; got 7"],
    ["an empty link", () => createLinkArtifact({ link: "" }), "`link` must be text; got an empty one"],
    ["a table of text", () => createTableArtifact({ table: "rows" as never }), "an array of objects"],
    [
      "a row that is none",
      () => createTableArtifact({ table: [{ a: 1 }, 7] as never }),
      "row 1 of the table is 7",
    ],
    ["a column that is none", () => createTableArtifact({ table: { a: 1 } as never }), 'column "a" is 1'],
    [
      "columns of two lengths",
      () => createTableArtifact({ table: { a: [1], b: [1, 2] } }),
      '"a" has 1 values, "b" has 2',
    ],
    ["progress past the end", () => createProgressArtifact({ progress: 101 }), "from 0 to 100; got 101"],
    ["no progress", () => createProgressArtifact({ progress: Number.NaN }), "from 0 to 100; got NaN"],
    [
      "a description that is none",
      () => createMarkdownArtifact({ markdown: "x", description: 1 as never }),
      "got 1",
    ],
    ["progress of nothing", () => updateProgressArtifact("0199", { progress: 1 }), 'no artifact "0199"'],
  ])("refuse %s", async (_, make, message) => {
    await expect(make()).rejects.toThrow(message);
    expect((await (await artifacts()).list({}, { limit: 1 })).rows).toEqual([]);
  });

  it("refuse a table that cannot be written, and to move what does not", async () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    await expect(createTableArtifact({ table: [circle] })).rejects.toMatchObject({
      code: "SEGNO_UNSERIALIZABLE",
    });
    const id = await createMarkdownArtifact({ markdown: "x" });
    await expect(updateProgressArtifact(id, { progress: 1 })).rejects.toMatchObject({
      code: "SEGNO_NOT_FOUND",
    });
  });
});
