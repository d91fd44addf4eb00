import { describe, expect, it, vi } from "vitest";
import * as here from "./errors.ts";

describe("error classes", () => {
  it("are told by another copy of their module", async () => {
    vi.resetModules();
    const there = await import("./errors.ts");
    expect(there.NonRetryable).not.toBe(here.NonRetryable);
    expect(new there.NonRetryable("no")).toBeInstanceOf(here.NonRetryable);
    const init = { code: "SEGNO_X", message: "x" } as const;
    expect(new there.ReplayError(init)).toBeInstanceOf(here.StoppedError);
    expect(new there.ReplayError(init)).toBeInstanceOf(here.SegnoError);
    expect(new there.ReplayError(init)).not.toBeInstanceOf(here.RefusedError);
    expect(new there.RefusedError(init)).not.toBeInstanceOf(here.StoppedError);
  });

  it("keep what instanceof means for classes of the user's own", () => {
    class Mine extends here.NonRetryable {}
    class Other extends here.NonRetryable {}
    expect(new Mine("x")).toBeInstanceOf(here.NonRetryable);
    expect(new Mine("x")).toBeInstanceOf(Mine);
    expect(new Other("x")).not.toBeInstanceOf(Mine);
    expect(new here.NonRetryable("x")).not.toBeInstanceOf(Mine);
    expect(null).not.toBeInstanceOf(here.NonRetryable);
    expect(new Error("x")).not.toBeInstanceOf(here.SegnoError);
  });
});
