#!/usr/bin/env node
import { CommanderError } from "commander";
import { wantsDebug } from "./commands/options.ts";
import { EXIT, exitCodeFor } from "./exit-codes.ts";
import { endQuietlyOnClosedPipe } from "./output/print.ts";
import { buildProgram } from "./program.ts";

endQuietlyOnClosedPipe();
const program = buildProgram();
try {
  if (process.argv.length === 2) program.outputHelp();
  else await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has said what was wrong, and exits with 1 for it.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  } else {
    const { reportError } = await import("./report-error.ts");
    reportError(error, wantsDebug(program));
    process.exitCode = exitCodeFor(error);
  }
}
