import type { Figure } from "./figure.ts";
import { isMeasurement, MEASUREMENTS } from "./measurement.ts";

/** The process of one measurement: `<name> <folder> [quick]`. Tells its parent how it goes, and what came out. */
export type Message =
  { readonly progress: string } | { readonly title: string; readonly figures: readonly Figure[] };

const [name = "", folder = "", size] = process.argv.slice(2);
if (!isMeasurement(name)) throw new Error(`no measurement is called ${name}`);
const tell = (message: Message) => process.send?.(message);

const { title, measure } = await MEASUREMENTS[name]();
const figures = await measure({
  quick: size === "quick",
  folder,
  progress: (what) => tell({ progress: what }),
});
tell({ title, figures });
process.disconnect();
