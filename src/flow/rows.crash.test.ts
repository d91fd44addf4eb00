import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { Child } from "../../test/support/child.ts";
import { newFolder } from "../../test/support/folder.ts";
import { ownStore } from "../../test/support/own-store.ts";
import { closeSegno, getConcurrencyLimit, variables } from "./index.ts";
import { getControl } from "./control.ts";

const SCRIPT = join(import.meta.dirname, "fixtures", "leaves-rows.ts");

ownStore();

it(
  "leaves each row of a flow's body once, after whichever write its process was killed",
  { timeout: 240_000 },
  async () => {
    for (let commit = 1; ; commit++) {
      const env = { SEGNO_HOME: newFolder(), SEGNO_LOGGING_PRINT: "never" };
      const first = new Child(SCRIPT, [], { ...env, SEGNO_CRASH_AT: `journal.committed:${commit}` });
      const crashed = (await first.ended) === "SIGKILL";
      const ids = JSON.parse(crashed ? await new Child(SCRIPT, [], env).done() : first.output) as {
        artifact: string;
        event: string;
      };

      vi.stubEnv("SEGNO_HOME", env.SEGNO_HOME);
      const { artifacts, events } = await (await getControl()).repositories();
      const made = (await artifacts.history("left", { limit: 10 })).rows.map((row) => row.id);
      const emitted = (await events.list({ event: "row.left" }, { limit: 10 })).rows.map((row) => row.id);
      expect({ commit, made, emitted }).toEqual({ commit, made: [ids.artifact], emitted: [ids.event] });
      expect(await variables.get("left")).toBe("here");
      // A rate may have been paid without that being written; never less than once.
      expect((await getConcurrencyLimit("rate"))?.activeSlots).toBeGreaterThan(0.9);
      await closeSegno();
      if (!crashed) break;
    }
  },
);
