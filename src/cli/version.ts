import { statSync } from "node:fs";
import { getSettings } from "../client/settings/settings.ts";
import { printFacts } from "./output/facts.ts";
import { print, printJson } from "./output/print.ts";
import { versionNumber } from "./version-number.ts";

export function version(options: { readonly json?: boolean }): void {
  const { home, store } = getSettings();
  const size = statSync(store.path, { throwIfNoEntry: false })?.size ?? null;
  if (options.json === true) {
    printJson({
      version: versionNumber(),
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      home,
      store: { path: store.path, size },
    });
    return;
  }
  print(`segno ${versionNumber()}`);
  printFacts([
    ["Node", process.versions.node],
    ["Platform", `${process.platform} ${process.arch}`],
    ["Home", home],
    ["Store", `${store.path} (${size === null ? "not there yet" : `${(size / 2 ** 20).toFixed(1)} MiB`})`],
  ]);
}
