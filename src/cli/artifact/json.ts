import type { Artifact } from "../../core/run.ts";
import { isoTime } from "../output/time.ts";

export function artifactJson(artifact: Artifact): Record<string, unknown> {
  return {
    id: artifact.id,
    created: isoTime(artifact.createdAt),
    updated: isoTime(artifact.updatedAt),
    key: artifact.key,
    type: artifact.type,
    description: artifact.description,
    data: artifact.data,
    flow_run_id: artifact.flowRunId,
    task_run_id: artifact.taskRunId,
  };
}
