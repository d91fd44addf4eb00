import type { Artifact, ArtifactType } from "../../core/run.ts";
import { checkArtifactKey } from "./checks.ts";
import type { RepositoryContext } from "./context.ts";
import { checkPage, toPage } from "./paging.ts";
import type { ArtifactFilter, ArtifactRepository } from "./repositories.ts";
import type { ArtifactTable } from "./tables.ts";

export function artifactRepository({ db, atomically }: RepositoryContext): ArtifactRepository {
  const list: ArtifactRepository["list"] = async (filter, page) => {
    const { limit, after } = checkPage(page);
    let query = db
      .selectFrom("artifact as a")
      .selectAll()
      .orderBy("a.id", "desc")
      .limit(limit + 1);
    if (after !== null) query = query.where("a.id", "<", after);
    if (filter.key !== undefined) query = query.where("a.key", "=", filter.key);
    if (filter.types !== undefined) query = query.where("a.type", "in", [...filter.types]);
    const flowRunId = await flowRunOf(filter);
    if (flowRunId !== undefined)
      query = query.where("a.flow_run_id", flowRunId === null ? "is" : "=", flowRunId);
    if (filter.taskRunId !== undefined) query = query.where("a.task_run_id", "=", filter.taskRunId);
    if (filter.latest === true) {
      query = query
        .where("a.key", "is not", null)
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom("artifact as newer")
                .select("newer.id")
                .whereRef("newer.key", "=", "a.key")
                .whereRef("newer.id", ">", "a.id"),
            ),
          ),
        );
    }
    return toPage(await query.execute(), limit, artifactFromRow, (row) => row.id);
  };

  /** A task run's artifacts are found through its flow run: there is no index by task run. */
  async function flowRunOf(filter: ArtifactFilter): Promise<string | null | undefined> {
    if (filter.flowRunId !== undefined || filter.taskRunId === undefined) return filter.flowRunId;
    const task = await db
      .selectFrom("task_run")
      .select("flow_run_id")
      .where("id", "=", filter.taskRunId)
      .executeTakeFirst();
    return task?.flow_run_id;
  }

  return {
    async get(id) {
      const row = await db.selectFrom("artifact").selectAll().where("id", "=", id).executeTakeFirst();
      return row === undefined ? null : artifactFromRow(row);
    },

    history: (key, page) => list({ key }, page),
    list,

    async create(artifact) {
      checkArtifactKey(artifact.key);
      await atomically([db.insertInto("artifact").values(artifactToRow(artifact))]);
    },

    async update(id, change) {
      const write = db
        .updateTable("artifact")
        .set({ updated_at: change.updatedAt })
        .$if(change.data !== undefined, (query) => query.set({ data: toText(change.data) }))
        .$if(change.description !== undefined, (query) =>
          query.set({ description: change.description ?? null }),
        )
        .where("id", "=", id);
      const [changed] = await atomically([write]);
      return changed === 1;
    },

    async delete(id) {
      const [gone] = await atomically([db.deleteFrom("artifact").where("id", "=", id)]);
      return gone === 1;
    },
  };
}

function toText(data: unknown): string | null {
  return data === undefined ? null : JSON.stringify(data);
}

function artifactToRow(artifact: Artifact): ArtifactTable {
  return {
    id: artifact.id,
    key: artifact.key,
    type: artifact.type,
    description: artifact.description,
    data: toText(artifact.data),
    flow_run_id: artifact.flowRunId,
    task_run_id: artifact.taskRunId,
    created_at: artifact.createdAt,
    updated_at: artifact.updatedAt,
  };
}

function artifactFromRow(row: ArtifactTable): Artifact {
  return {
    id: row.id,
    key: row.key,
    type: row.type as ArtifactType,
    description: row.description,
    data: row.data === null ? null : (JSON.parse(row.data) as unknown),
    flowRunId: row.flow_run_id,
    taskRunId: row.task_run_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
