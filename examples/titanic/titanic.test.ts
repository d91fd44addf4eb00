import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeSegno } from "segno";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { newestRun } from "../../test/support/newest-run.ts";
import { titanicPipeline } from "./main.ts";

let folder: string;
let server: Server | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "titanic-"));
});
afterEach(async () => {
  await closeSegno();
  server?.closeAllConnections();
  server?.close();
  rmSync(folder, { recursive: true });
});

/** Serves the data after as many 503s. */
async function serve(failures: number): Promise<{ url: string; requests: () => number }> {
  let requests = 0;
  server = createServer((_, response) => {
    requests += 1;
    response.statusCode = requests > failures ? 200 : 503;
    response.end(requests > failures ? readFileSync(new URL("titanic.csv", import.meta.url)) : "busy");
  });
  await new Promise<void>((resolve) => {
    server?.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/titanic.csv`, requests: () => requests };
}

describe("the Titanic pipeline", () => {
  it("turns the bundled CSV into SQLite and reports who survived", async () => {
    const rates = await titanicPipeline({ database: join(folder, "titanic.db") });
    expect(rates).toHaveLength(8);
    expect(rates[0]).toEqual({ class: "1st", sex: "female", people: 145, survived: 141, percent: 97.2 });
    expect(rates.reduce((sum, rate) => sum + rate.people, 0)).toBe(2201);
    expect(rates.reduce((sum, rate) => sum + rate.survived, 0)).toBe(711);

    const { states, tasks, artifacts } = await newestRun("titanic-data-pipeline");
    expect(states.at(-1)).toBe("Completed");
    expect(tasks.map((task) => task.taskKey)).toEqual(["convert-to-sqlite", "load-titanic-data"]);
    expect(artifacts).toMatchObject([{ key: "titanic-survival", type: "table" }]);
  });

  it("tries the download again, and the next run takes it from the cache", async () => {
    const { url, requests } = await serve(1);
    await titanicPipeline({ url, database: join(folder, "a.db") });
    const { tasks } = await newestRun("titanic-data-pipeline");
    expect(tasks[0]).toMatchObject({
      taskKey: "download-titanic-dataset",
      runCount: 2,
      stateName: "Completed",
    });

    await titanicPipeline({ url, database: join(folder, "b.db") });
    const again = await newestRun("titanic-data-pipeline");
    expect(again.tasks[0]).toMatchObject({ taskKey: "download-titanic-dataset", stateName: "Cached" });
    expect(requests()).toBe(2);
  });

  it("goes on with the bundled copy when the download stays away", async () => {
    const { url, requests } = await serve(99);
    const rates = await titanicPipeline({ url, database: join(folder, "titanic.db") });
    expect(rates).toHaveLength(8);
    expect(requests()).toBe(3);
    const { states, tasks, logs } = await newestRun("titanic-data-pipeline");
    expect(tasks[0]).toMatchObject({ stateName: "Failed", runCount: 3 });
    expect(states.at(-1)).toBe("Completed");
    expect(logs.join("\n")).toMatch(/using the bundled copy.*503/);
  });
});
