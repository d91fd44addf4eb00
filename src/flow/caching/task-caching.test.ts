import { describe, expect, it } from "vitest";
import { ownStore } from "../../../test/support/own-store.ts";
import { RefusedError } from "../../core/errors.ts";
import { cachePolicy, DEFAULT, flow, INPUTS, NONE, step, task, TASK_SOURCE } from "../index.ts";

ownStore();

describe("a task's options for caching", () => {
  it.each([
    [{ cachePolicy: INPUTS, persistResult: false }, /its result is not kept \(`persistResult: false`\)/],
    [{ cachePolicy: INPUTS, cacheKey: () => "k" }, /both `cachePolicy` and `cacheKey`/],
    [{ cachePolicy: "INPUTS" }, /`cachePolicy` is not a policy/],
    [{ cacheKey: "k" }, /`cacheKey` is not a function/],
    [{ cacheExpiration: "1h" }, /`cacheExpiration` alone says nothing of the key/],
    [{ cachePolicy: INPUTS, cacheExpiration: "soon" }, /cacheExpiration.*expected a duration/],
  ])("are refused at definition when they contradict each other: %j", (options, message) => {
    const define = () => task({ name: "t", ...(options as object) }, async () => 1);
    expect(define).toThrow(RefusedError);
    expect(define).toThrow(message);
    const plain = task({ name: "t" }, async () => 1);
    expect(() => plain.with(options as never)).toThrow(message);
  });

  it("may turn caching off again", async () => {
    const cached = task({ name: "t", cachePolicy: INPUTS, cacheExpiration: "1h" }, async () => Math.random());
    const off = cached.with({ cachePolicy: NONE, persistResult: false });
    expect(await off()).not.toBe(await off());
    expect(await cached()).toBe(await cached());
  });

  it("do not let a step be known by arguments that it does not have", async () => {
    const body = (policy: typeof INPUTS) =>
      flow({ name: "f" }, () => step("s", { cachePolicy: policy }, () => 1))();
    await expect(body(INPUTS)).rejects.toThrow(
      /step "s" cannot be cached: a step has no arguments for INPUTS/,
    );
    await expect(body(DEFAULT)).rejects.toMatchObject({ code: "SEGNO_INVALID_CACHE_POLICY" });
    expect(await body(TASK_SOURCE.plus(cachePolicy(() => "k")))).toBe(1);
  });
});
