import { figure } from "./figure.ts";
import { median, sampleOf } from "./measure.ts";
import type { Measurement } from "./measurement.ts";
import { COMMAND, programPath, spawnNode } from "./programs.ts";

/** What it costs to load Segno before anything runs; each time in a fresh process, in turn with a bare one. */
export const imports: Measurement = {
  title: "Start-up",
  async measure({ quick, folder, progress }) {
    const bare: number[] = [];
    const imported: number[] = [];
    const version: number[] = [];
    progress("fresh processes");
    for (let time = 0; time < (quick ? 1 : 10); time++) {
      bare.push((await spawnNode(programPath("nothing"), [], folder)).ms);
      imported.push((await spawnNode(programPath("import-segno"), [], folder)).ms);
      version.push((await spawnNode(COMMAND, ["version"], folder)).ms);
    }
    const added = imported.map((ms) => ms - median(bare));
    return [
      figure("imports.bare", "Node alone", "ms", sampleOf(bare)),
      figure("imports.segno", 'import "segno", beyond Node', "ms", sampleOf(added), {
        target: { atMost: 150 },
      }),
      figure("imports.version", "segno version, with Node", "ms", sampleOf(version), {
        target: { atMost: 200 },
      }),
    ];
  },
};
