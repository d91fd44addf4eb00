import { describe, expect, it } from "vitest";
import { RefusedError } from "../../core/errors.ts";
import { task } from "../task.ts";
import {
  cachePolicy,
  DEFAULT,
  FLOW_PARAMETERS,
  INPUTS,
  isCachePolicy,
  NO_CACHE,
  NONE,
  RUN_ID,
  TASK_SOURCE,
} from "./policy.ts";

const kinds = (policy: typeof INPUTS) => policy.parts.map((part) => part.kind);

describe("a cache policy", () => {
  it("adds its parts, each once", () => {
    expect(kinds(DEFAULT)).toEqual(["inputs", "task-source", "run-id"]);
    expect(kinds(DEFAULT.plus(FLOW_PARAMETERS).plus(INPUTS))).toEqual([...kinds(DEFAULT), "flow-parameters"]);
    const own = cachePolicy(() => "k");
    expect(kinds(INPUTS.plus(own).plus(own))).toEqual(["inputs", "function"]);
    expect(kinds(own.plus(cachePolicy(() => "k")))).toEqual(["function", "function"]);
  });

  it("gains nothing from NONE", () => {
    expect(kinds(NONE.plus(INPUTS))).toEqual(["inputs"]);
    expect(kinds(INPUTS.plus(NO_CACHE))).toEqual(["inputs"]);
    expect(kinds(NONE)).toEqual([]);
  });

  it("leaves its operands as they were", () => {
    INPUTS.plus(RUN_ID).minus("a").configure({ keyPrefix: "p" });
    expect(INPUTS.parts).toEqual([{ kind: "inputs", without: [] }]);
    expect(INPUTS.configuration).toEqual({});
    expect(() => Object.assign(INPUTS, { parts: [] })).toThrow(TypeError);
  });

  it("collects the names to leave out, whatever it is added to", () => {
    const without = { kind: "inputs", without: ["a", "b"] };
    expect(INPUTS.minus("b").minus("a", "b").parts).toEqual([without]);
    expect(INPUTS.minus("a").plus(TASK_SOURCE).plus(INPUTS.minus("b")).parts[0]).toEqual(without);
    expect(DEFAULT.minus("a", "b").parts[0]).toEqual(without);
  });

  it("refuses to leave something out where no inputs are", () => {
    expect(() => TASK_SOURCE.minus("a")).toThrow(/minus\("a"\) needs a policy with INPUTS; got task-source/);
    expect(() => NONE.minus("a")).toThrow(/got NONE/);
    expect(() => INPUTS.minus("")).toThrow(RefusedError);
    expect(() => INPUTS.minus(3 as never)).toThrow(/takes names of parameters/);
  });

  it("keeps its configuration through plus, and refuses two that disagree", () => {
    const alone = INPUTS.configure({ isolation: "serializable", lockTimeout: "5s" });
    expect(alone.plus(TASK_SOURCE).configuration).toEqual({ isolation: "serializable", lockTimeout: "5s" });
    expect(TASK_SOURCE.configure({ keyPrefix: "v2/" }).plus(alone).configuration.keyPrefix).toBe("v2/");
    expect(() => alone.plus(RUN_ID.configure({ isolation: "read-committed" }))).toThrow(
      /different isolation cannot be added; got "serializable" and "read-committed"/,
    );
    expect(alone.plus(RUN_ID.configure({ isolation: "serializable" })).parts).toHaveLength(2);
  });

  it.each([
    [{ isolation: "snapshot" }, /is "read-committed" or "serializable"; got snapshot/],
    [{ keyPrefix: 7 }, /keyPrefix \}\) takes text; got number/],
    [{ lockTimeout: "soon" }, /lockTimeout.*expected a duration/],
    [{ isolationLevel: "serializable" }, /takes isolation, keyPrefix, lockTimeout; got isolationLevel/],
    [null, /takes \{ isolation, keyPrefix, lockTimeout \}; got null/],
  ])("refuses configure(%j)", (configuration, message) => {
    expect(() => INPUTS.configure(configuration as never)).toThrow(message);
    expect(() => INPUTS.configure(configuration as never)).toThrow(RefusedError);
  });

  it("refuses what is no policy and no function", () => {
    expect(() => INPUTS.plus("TASK_SOURCE" as never)).toThrow(
      /plus\(\) takes another policy; got TASK_SOURCE/,
    );
    expect(() => cachePolicy("key" as never)).toThrow(/takes a function/);
    expect([isCachePolicy(INPUTS), isCachePolicy({}), isCachePolicy(null), isCachePolicy("x")]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe("the type of a policy", () => {
  it("fits the task's arguments", () => {
    const ofText = cachePolicy<[string]>(({ args: [text] }) => text.trim());
    task({ name: "fits", cachePolicy: ofText.plus(INPUTS) }, async (text: string) => text);
    task({ name: "fits-both-ways", cachePolicy: INPUTS.plus(ofText) }, async (text: string) => text);
    // @ts-expect-error a policy for text does not fit a task that takes a number
    task({ name: "misfits", cachePolicy: ofText }, async (n: number) => n);
    // @ts-expect-error the sum takes text as well
    task({ name: "misfits-as-sum", cachePolicy: INPUTS.plus(ofText) }, async (n: number) => n);
    expect(ofText.parts).toHaveLength(1);
  });
});
