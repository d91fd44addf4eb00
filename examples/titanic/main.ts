/**
 * CSV to SQLite to rows: obtain the data, convert it, load it, report on it.
 *
 *     npx tsx -C development examples/titanic/main.ts
 *     npx tsx -C development examples/titanic/main.ts https://example.com/titanic.csv
 */
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { DatabaseSync } from "@photostructure/sqlite";
import { createTableArtifact, flow, getRunLogger, INPUTS, isMain, task, TASK_SOURCE } from "segno";
import { z } from "zod";

const COLUMNS = "class,sex,age,survived,people";

const download = task(
  {
    name: "download-titanic-dataset",
    retries: 2,
    retryDelay: "1s",
    // The task's own code is part of the key as well as its arguments: an edit invalidates the cached copy.
    cachePolicy: INPUTS.plus(TASK_SOURCE),
    cacheExpiration: "1h",
  },
  // The text, not a path to it: a path in a cache can outlive its file.
  async (url: string): Promise<string> => {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return response.text();
  },
);

const convertToSqlite = task({ name: "convert-to-sqlite" }, async (csv: string, database: string) => {
  const [header, ...lines] = csv.trim().split(/\r?\n/);
  if (header !== COLUMNS) throw new Error(`expected the columns ${COLUMNS}, got ${header}`);
  // Made anew each time: a task that runs again must not add to half of its own work.
  await rm(database, { force: true });
  const db = new DatabaseSync(database);
  db.exec("create table titanic (class text, sex text, age text, survived text, people integer)");
  const insert = db.prepare("insert into titanic values (?, ?, ?, ?, ?)");
  for (const line of lines) insert.run(...line.split(","));
  db.close();
  getRunLogger().info(`${lines.length} rows in ${database}`);
  return database;
});

export type SurvivalRate = {
  class: string;
  sex: string;
  people: number;
  survived: number;
  percent: number;
};

const loadSurvival = task({ name: "load-titanic-data" }, async (database: string) => {
  const db = new DatabaseSync(database, { readOnly: true });
  const rows: unknown[] = db
    .prepare(
      `select class, sex, sum(people) as people,
              sum(people) filter (where survived = 'yes') as survived,
              round(100.0 * sum(people) filter (where survived = 'yes') / sum(people), 1) as percent
       from titanic group by class, sex order by percent desc`,
    )
    .all();
  db.close();
  // The driver gives objects without a prototype; a copy is an object like any other.
  return (rows as SurvivalRate[]).map((row) => ({ ...row }));
});

export const titanicPipeline = flow(
  {
    name: "titanic-data-pipeline",
    input: z.object({
      /** Where to download from; without it, or if that fails, the copy beside this file is used. */
      url: z.url().optional(),
      database: z.string().default(join(tmpdir(), "titanic.db")),
    }),
  },
  async ({ url, database }) => {
    const csv = await obtainCsv(url);
    const rates = await loadSurvival(await convertToSqlite(csv, database));
    await createTableArtifact({ key: "titanic-survival", table: rates });
    return rates;
  },
);

async function obtainCsv(url: string | undefined): Promise<string> {
  if (url) {
    try {
      return await download(url);
    } catch (error) {
      // By now the task has had its retries; an error is an ordinary error, and a flow may go another way.
      getRunLogger().warning(`using the bundled copy: ${String(error)}`);
    }
  }
  return readFile(new URL("titanic.csv", import.meta.url), "utf8");
}

if (isMain(import.meta)) console.table(await titanicPipeline({ url: process.argv[2] }));
