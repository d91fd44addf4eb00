import { describe, expect, it } from "vitest";
import { dieHere, startAndDie } from "../../test/support/dying.ts";
import { ownStore } from "../../test/support/own-store.ts";
import { flow, resumeFlowRun, task, variables } from "./index.ts";
import { getControl } from "./control.ts";

ownStore();

describe("variables", () => {
  it("hold JSON, for flows, tasks and programs alike", async () => {
    await variables.set("model", { name: "small", dims: 384 }, { tags: ["ai"] });
    const inTask = task({ name: "reads" }, () => variables.get<{ dims: number }>("model"));
    const f = flow({ name: "reads-variables" }, async () => [
      await variables.get("model"),
      (await inTask())?.dims,
      await variables.get("absent"),
      await variables.get("absent", "fallback"),
      await variables.set("made", null),
      await variables.get("made", "not this"),
      await variables.unset("made"),
      await variables.unset("made"),
    ]);
    const model = { name: "small", dims: 384 };
    expect(await f()).toEqual([model, 384, undefined, "fallback", undefined, null, true, false]);
  });

  it("are not overwritten unasked", async () => {
    await variables.set("once", 1);
    await expect(variables.set("once", 2)).rejects.toMatchObject({ code: "SEGNO_VARIABLE_EXISTS" });
    expect(await variables.get("once")).toBe(1);
    await variables.set("once", 2, { overwrite: true });
    expect(await variables.get("once")).toBe(2);
  });

  it("are seen by a resumed flow as they were, and set once", async () => {
    await variables.set("rate", 1);
    let dies = true;
    const f = flow({ name: "sees-once" }, async () => {
      const rate = await variables.get("rate");
      await variables.set("of-the-flow", rate);
      if (dies) {
        await dieHere();
      }
      return rate;
    });
    const id = await startAndDie((onRun) => f.run({ onRun }));
    dies = false;
    await variables.set("rate", 2, { overwrite: true });
    expect(await resumeFlowRun(id)).toBe(1);
  });

  it("that a crash left set but unrecorded count as set by the resumed flow", async () => {
    let dies = true;
    const f = flow({ name: "sets-and-dies" }, async () => {
      const set = variables.set("mine", 1);
      if (dies) {
        // The row is there, the entry that says so is not.
        while ((await (await getControl()).repositories().then((all) => all.variables.get("mine"))) === null);
        await dieHere();
      }
      await set;
      return variables.get("mine");
    });
    const id = await startAndDie((onRun) => f.run({ onRun }));
    dies = false;
    expect(await resumeFlowRun(id)).toBe(1);
  });

  it.each([
    ["a name with capitals", () => variables.set("Model", 1), "SEGNO_INVALID_VARIABLE_NAME"],
    ["a name that is none", () => variables.get(7 as never), "SEGNO_INVALID_VARIABLE_NAME"],
    ["a long value", () => variables.set("long", "x".repeat(5000)), "SEGNO_INVALID_VARIABLE_VALUE"],
    ["a function", () => variables.set("f", () => 1), "SEGNO_INVALID_VARIABLE_VALUE"],
    ["tags that are none", () => variables.set("t", 1, { tags: "a" as never }), "SEGNO_INVALID_OPTION"],
  ])("refuse %s", async (_, call, code) => {
    await expect(call()).rejects.toMatchObject({ code });
  });
});
