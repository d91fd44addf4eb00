import { parseArgs } from "node:util";
import { realDisk } from "./disk.ts";
import { inOwnProcess, type Section, type Where } from "./in-own-process.ts";
import { better } from "./figure.ts";
import { load, machine } from "./machine.ts";
import { isMeasurement, type MeasurementName, NAMES } from "./measurement.ts";
import { asJson, asTables } from "./report.ts";

const USAGE = `npm run bench -- [--only <name>]… [--json] [--quick] [--disk <folder>]

  --only   measure this alone, beside the raw limits; may be repeated: ${NAMES.join(", ")}
  --json   print the figures for a program
  --quick  do next to nothing, to see that it runs; the figures mean nothing
  --disk   where the stores are made; the system's temporary folder unless that is memory`;

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    disk: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const unknown = values.only.filter((name) => !isMeasurement(name));
if (values.help) console.log(USAGE);
else if (unknown.length > 0) {
  console.error(`No measurement is called ${unknown.join(", ")}.\n\n${USAGE}`);
  process.exitCode = 2;
} else await measureAll();

async function measureAll(): Promise<void> {
  const before = load();
  const disk = values.disk ?? (await realDisk());
  const where = { disk, quick: values.quick, progress: say };
  const sections: Section[] = [];
  for (const name of chosen()) {
    sections.push(await inOwnProcess(name, where));
  }
  if (sections.length > 1) sections[0] = await again(sections[0], where);
  say("");
  const report = { machine: machine(before), quick: values.quick, sections };
  // Targets that are missed fail nothing: a busy machine misses them whatever the code does.
  console.log(values.json ? asJson(report) : asTables(report));
}

/** A disk has better and worse minutes: its limit is what it did in the better one. */
async function again(raw: Section | undefined, where: Where): Promise<Section> {
  const later = await inOwnProcess("raw", where);
  const figures = later.figures.map((one) => {
    const earlier = raw?.figures.find(({ id }) => id === one.id);
    return earlier === undefined ? one : better(earlier, one);
  });
  return { ...later, figures };
}

/** The raw limits always, since the other figures are read beside them. */
function chosen(): readonly MeasurementName[] {
  if (values.only.length === 0) return NAMES;
  return NAMES.filter((name) => name === "raw" || values.only.includes(name));
}

/** One line that is written over; none when nobody looks. */
function say(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[2K${what}`);
}
