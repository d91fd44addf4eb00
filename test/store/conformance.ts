import { afterAll, beforeAll, describe } from "vitest";
import type { OpenBackend, Opened } from "./conformance/backend.ts";
import { executorConformance } from "./conformance/executors.ts";
import { journalConformance } from "./conformance/journal.ts";
import { runConformance } from "./conformance/runs.ts";
import { sharingConformance } from "./conformance/sharing.ts";

/** What every backend must do; a new one is done when this passes. */
export function storeConformance(name: string, open: OpenBackend): void {
  describe(`the store on ${name}`, () => {
    let opened: Opened;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.cleanup());

    journalConformance(() => opened.store);
    runConformance(() => opened);
    executorConformance(() => opened.store);
    sharingConformance(() => opened, open);
  });
}
