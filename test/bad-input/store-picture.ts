import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";

/** Tables in which a run leaves traces by being run at all. */
const OF_THE_RUN = /^(flow|flow_run|flow_run_state|task_run|log)$/;
const OF_THE_STORE = /^(executor|sqlite_.*|.*migration.*)$/;

/** How many rows each table has, and how many results lie beside them: to see that nothing was changed. */
export function pictureOfStore(
  home: string,
  options: { readonly withRuns: boolean },
): Record<string, number> {
  const picture: Record<string, number> = { files: filesIn(join(home, "results")) };
  const path = join(home, "segno.db");
  if (!existsSync(path)) return picture;
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const tables = db.prepare("select name from sqlite_master where type = 'table'").all() as {
      name: string;
    }[];
    for (const { name } of tables) {
      if (OF_THE_STORE.test(name) || (!options.withRuns && OF_THE_RUN.test(name))) continue;
      const { count } = db.prepare(`select count(*) as count from "${name}"`).get() as { count: number };
      if (count > 0) picture[name] = count;
    }
  } finally {
    db.close();
  }
  return picture;
}

function filesIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).length;
}
