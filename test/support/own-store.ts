import { afterEach, beforeEach, vi } from "vitest";
import { closeSegno } from "../../src/index.ts";
import { newFolder } from "./folder.ts";

/** Gives each test of the file a store of its own; lines of runs are not printed. */
export function ownStore(): void {
  beforeEach(() => {
    vi.stubEnv("SEGNO_HOME", newFolder());
    vi.stubEnv("SEGNO_LOGGING_PRINT", "never");
  });
  afterEach(() => closeSegno());
}
