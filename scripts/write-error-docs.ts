import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { type CatalogueEntry, ERROR_CATALOGUE } from "../src/core/error-catalogue.ts";

/**
 * Writes `docs/errors.md` from the catalogue: `node --import tsx scripts/write-error-docs.ts`.
 */

const PAGE = join(import.meta.dirname, "../docs/errors.md");

/** What follows from each class, in the order of the page. */
const CONSEQUENCES: Readonly<Record<CatalogueEntry["class"], string>> = {
  RefusedError: "The call was wrong. Nothing was changed; correct the call and make it again.",
  StoppedError:
    "This execution must not go on. The run is whole as far as its journal goes, and can be resumed once the cause is gone.",
  ReplayError:
    "A `StoppedError`: on the way back through its journal, the code asked for something other than what the journal holds.",
  LeaseLostError:
    "A `StoppedError`: another execution owns the run now. Nothing that this one wrote since was stored.",
  StoreError:
    "A `StoppedError`: the store could not keep or give what it was asked for. Nothing acknowledged was lost.",
  CancelledError: "The run or the task was cancelled.",
  TimedOutError: "The run or the task took longer than its timeout.",
};

const INTRODUCTION = `# Errors

Every error of Segno's own is a \`SegnoError\`. Its **class** says what follows from it, its **code** says
exactly what happened and never changes, and its facts are fields, so that nobody has to parse a message.

\`\`\`ts
import { RefusedError } from "segno";

try {
  await ingest({ paths: 7 });
} catch (error) {
  if (error instanceof RefusedError && error.code === "SEGNO_INVALID_INPUT") {
    console.error(error.message); // what was expected, what came, what to do
    console.error(error.facts.issues); // the same as data
  }
}
\`\`\`

| field     | what it holds                                               |
| --------- | ----------------------------------------------------------- |
| \`code\`    | one of the codes below                                      |
| \`message\` | what was expected and what came; its last line is the help  |
| \`help\`    | what to do about it                                         |
| \`facts\`   | what the message is about, as data                          |
| \`cause\`   | the error underneath, if there is one                       |

Errors that your own code throws are recorded with their stack, causes and properties, and rethrown as they
were. Two classes are for you to throw from a task: \`NonRetryable\` (or a subclass) ends retrying at once, and
\`RetryAfter\` has the task retried no sooner than it says. Neither has a code.
`;

/** The whole page, formatted. */
export async function errorPage(): Promise<string> {
  const sections = Object.entries(CONSEQUENCES).map(([name, consequence]) => section(name, consequence));
  const text = [INTRODUCTION, ...sections].join("\n");
  return format(text, { ...(await resolveConfig(PAGE)), filepath: PAGE });
}

/** The page as it lies in the documentation. */
export function writtenPage(): string {
  return readFileSync(PAGE, "utf8");
}

function section(name: string, consequence: string): string {
  const entries = Object.entries<CatalogueEntry>(ERROR_CATALOGUE)
    .filter(([, entry]) => entry.class === name)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return "";
  const codes = entries.map(([code, { summary, remedy }]) => `### ${code}\n\n${summary}\n\n${remedy}\n`);
  return `## ${name}\n\n${consequence}\n\n${codes.join("\n")}`;
}

if (import.meta.filename === process.argv[1]) writeFileSync(PAGE, await errorPage());
