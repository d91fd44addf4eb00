import type { Migration } from "./migration.ts";

/**
 * What lists and look-ups need at a million rows: runs by name, and a run's artifacts in order.
 * Both tables are off the path of a step.
 */
export const reading: Migration = {
  version: 2,
  name: "reading",
  up: () => [
    `create index flow_run_name on flow_run(name, id)`,
    `drop index artifact_flow_run`,
    `create index artifact_flow_run on artifact(flow_run_id, id) where flow_run_id is not null`,
  ],
  down: () => [
    `drop index artifact_flow_run`,
    `create index artifact_flow_run on artifact(flow_run_id) where flow_run_id is not null`,
    `drop index flow_run_name`,
  ],
};
