import { allLines, levelNumber, logJson, showLine } from "../flow-run/log-lines.ts";
import { print, printJsonLine } from "../output/print.ts";
import { withControl } from "../session.ts";

export async function logs(
  reference: string,
  options: { readonly level?: string; readonly json?: boolean },
): Promise<void> {
  const minLevel = options.level === undefined ? {} : { minLevel: levelNumber(options.level) };
  await withControl(async (control) => {
    const { taskRuns, logs: lines } = await control.repositories();
    const { id } = await taskRuns.resolve(reference);
    for await (const line of allLines(lines, { taskRunId: id, ...minLevel })) {
      if (options.json === true) printJsonLine(logJson(line));
      else print(showLine(line));
    }
  });
}
