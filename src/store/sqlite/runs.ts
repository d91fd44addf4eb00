import type { FlowRow, FlowRun } from "../../core/run.ts";
import { flowFromRow, flowRunFromRow, type FlowRunTable, type FlowTable } from "../flow-run-rows.ts";
import type { ClaimAnswer, ClaimRequest, NewFlowRun } from "../store.ts";
import type { CommitStatements } from "./commit.ts";
import { type Database, type Statement, writeTransaction } from "./driver.ts";

/** Creating and claiming runs: the writes that decide who executes what. */
export class SqliteRuns {
  readonly #db: Database;
  readonly #statements: CommitStatements;
  readonly #upsertFlow: Statement;
  readonly #byKey: Statement;
  readonly #owner: Statement;
  readonly #claim: Statement;

  constructor(db: Database, statements: CommitStatements) {
    this.#db = db;
    this.#statements = statements;
    this.#upsertFlow = db.prepare(
      `insert into flow (id, name, tags, labels, input_schema, created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?)
       on conflict(name) do update set tags = excluded.tags, labels = excluded.labels,
         input_schema = excluded.input_schema, updated_at = excluded.updated_at
       returning *`,
    );
    this.#byKey = db.prepare("select * from flow_run where flow_id = ? and idempotency_key = ?");
    this.#owner = db.prepare(
      `select r.executor_id as executor_id, e.ended_at as ended_at, e.expires_at as expires_at
       from flow_run r left join executor e on e.id = r.executor_id where r.id = ?`,
    );
    this.#claim = db.prepare(
      "update flow_run set fence = fence + 1, executor_id = ?, updated_at = ? where id = ? returning *",
    );
  }

  upsertFlow(flow: FlowRow): FlowRow {
    const schema = flow.inputSchema === null ? null : JSON.stringify(flow.inputSchema);
    const tags = JSON.stringify(flow.tags);
    const labels = JSON.stringify(flow.labels);
    return writeTransaction(this.#db, () =>
      flowFromRow(
        this.#upsertFlow.get(
          flow.id,
          flow.name,
          tags,
          labels,
          schema,
          flow.createdAt,
          flow.updatedAt,
        ) as unknown as FlowTable,
      ),
    );
  }

  findOrCreate(run: NewFlowRun): { created: boolean; run: FlowRun } {
    return writeTransaction(this.#db, () => {
      const { flowId, idempotencyKey } = run.run;
      const found =
        idempotencyKey === null
          ? undefined
          : (this.#byKey.get(flowId, idempotencyKey) as FlowRunTable | undefined);
      if (found !== undefined) return { created: false, run: flowRunFromRow(found) };
      this.#statements.createRun(run);
      return { created: true, run: run.run };
    });
  }

  claim(request: ClaimRequest): ClaimAnswer {
    return writeTransaction(this.#db, (): ClaimAnswer => {
      const owner = this.#owner.get(request.runId) as OwnerRow | undefined;
      if (owner === undefined) return { claimed: false, reason: "missing" };
      if (request.force !== true && ownedByAnother(owner, request)) {
        return { claimed: false, reason: "owned", executorId: owner.executor_id ?? "" };
      }
      const row = this.#claim.get(request.executorId, request.now, request.runId) as unknown as FlowRunTable;
      return { claimed: true, run: flowRunFromRow(row) };
    });
  }
}

interface OwnerRow {
  executor_id: string | null;
  ended_at: number | null;
  /** Null when the executor's row is gone. */
  expires_at: number | null;
}

function ownedByAnother(owner: OwnerRow, request: ClaimRequest): boolean {
  if (owner.executor_id === null || owner.ended_at !== null || owner.expires_at === null) return false;
  return owner.expires_at > request.now;
}
