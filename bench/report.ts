import pc from "picocolors";
import { type Figure, meets, ratioToLimit } from "./figure.ts";
import type { Section } from "./in-own-process.ts";
import type { Machine } from "./machine.ts";

export interface Report {
  readonly machine: Machine;
  readonly quick: boolean;
  readonly sections: readonly Section[];
}

/** Every figure by its id, for those that are compared with it. */
function byId(sections: readonly Section[]): ReadonlyMap<string, Figure> {
  return new Map(sections.flatMap(({ figures }) => figures.map((one) => [one.id, one] as const)));
}

/** For programs: the figures with their ratio and their verdict. */
export function asJson({ machine, quick, sections }: Report): string {
  const limits = byId(sections);
  const measurements = sections.map(({ name, title, figures }) => ({
    name,
    title,
    figures: figures.map((one) => ({ ...one, ratio: ratioToLimit(one, limits), met: meets(one) })),
  }));
  return JSON.stringify({ machine, quick, measurements }, null, 2);
}

/** For people: a table per measurement. */
export function asTables({ machine, quick, sections }: Report): string {
  const limits = byId(sections);
  const lines = [
    `Node ${machine.node}, ${machine.cores} × ${machine.cpu}, ${machine.platform}, ${machine.at}`,
    describeLoad(machine),
  ];
  if (quick) lines.push(pc.red("--quick: next to nothing was done, and these figures mean nothing"));
  for (const { title, figures } of sections) {
    lines.push("", pc.bold(title), ...table(figures.map((one) => cells(one, limits))));
  }
  return lines.join("\n");
}

function describeLoad({ load: [before, after], cores }: Machine): string {
  const busy = Math.max(before, after) > cores ? "; others were at work: the code can do better" : "";
  return `load ${before.toFixed(1)} before, ${after.toFixed(1)} after${busy}`;
}

type Cells = readonly [label: string, value: string, spread: string, ratio: string, verdict: string];

function cells(one: Figure, limits: ReadonlyMap<string, Figure>): Cells {
  const { label, unit, value, spread, limit, target, note = "" } = one;
  const ratio = ratioToLimit(one, limits);
  const compared = ratio === null ? note : `${ratio.toFixed(2)} × ${limits.get(limit?.id ?? "")?.alias}`;
  const range = spread === undefined ? "" : `${amount(spread[0])} – ${amount(spread[1])}`;
  const judged = target === undefined ? "" : verdict(one, target);
  return [label, `${amount(value)} ${unit}`, range, compared, judged];
}

function verdict(one: Figure, target: NonNullable<Figure["target"]>): string {
  const wanted = "atMost" in target ? `≤ ${amount(target.atMost)}` : `≥ ${amount(target.atLeast)}`;
  return meets(one) === true ? pc.green(`${wanted} met`) : pc.red(`${wanted} not met`);
}

/** Three digits that matter, and thousands apart. */
function amount(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString("en").replaceAll(",", " ");
  return value.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

function table(rows: readonly Cells[]): string[] {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map(([label, value, range, compared, verdict]) => {
    const [a = 0, b = 0, c = 0, d = 0] = widths;
    return `  ${label.padEnd(a)}  ${value.padStart(b)}  ${pc.dim(range.padStart(c))}  ${compared.padEnd(d)}  ${verdict}`.trimEnd();
  });
}
