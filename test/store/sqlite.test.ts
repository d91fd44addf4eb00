import { join } from "node:path";
import { expect, it } from "vitest";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { newFolder } from "../support/folder.ts";
import { storeConformance } from "./conformance.ts";

async function open() {
  const path = join(newFolder("sqlite-"), "segno.db");
  const store = await SqliteStore.open({ path });
  return {
    store,
    again: () => SqliteStore.open({ path }),
    childArguments: ["sqlite", path] as const,
    cleanup: () => store.close(),
  };
}

storeConformance("SQLite", open);

it("SQLite says what it can: one machine, polling, and commits that block", async () => {
  const { store, cleanup } = await open();
  expect(store.capabilities).toEqual({
    multiHost: false,
    skipLocked: false,
    notify: false,
    blockingCommit: true,
  });
  await cleanup();
});
