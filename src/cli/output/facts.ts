import { inspect } from "node:util";
import { print } from "./print.ts";
import { out } from "./style.ts";

/** A label and what stands beside it; null and empty text are left out. */
export type Fact = readonly [label: string, text: string | null | undefined];

export function printFacts(facts: readonly Fact[]): void {
  const shown = facts.filter(([, text]) => text !== null && text !== undefined && text !== "");
  const width = Math.max(0, ...shown.map(([label]) => label.length));
  for (const [label, text] of shown) {
    const [first = "", ...rest] = (text ?? "").split("\n");
    print(`  ${out.dim(label.padEnd(width))}  ${first}`);
    for (const line of rest) print(`  ${" ".repeat(width)}  ${line}`);
  }
}

export function printHeading(text: string): void {
  print(`\n${out.bold(text)}`);
}

const MOST_LINES = 12;

/** A value for people, cut to a few lines. */
export function showValue(value: unknown): string {
  const text =
    typeof value === "string"
      ? value
      : inspect(value, {
          depth: 4,
          maxArrayLength: 20,
          maxStringLength: 500,
          breakLength: 100,
          colors: out.isColorSupported,
        });
  const lines = text.split("\n");
  if (lines.length <= MOST_LINES && text.length <= 2000) return text;
  return `${lines.slice(0, MOST_LINES).join("\n").slice(0, 2000)}\n${out.dim("… (--json shows all)")}`;
}
