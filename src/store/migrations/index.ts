import { runs } from "./0001-runs.ts";
import type { Migration } from "./migration.ts";

/** Every migration, oldest first. */
export const MIGRATIONS: readonly Migration[] = [runs];

export const LATEST_VERSION = MIGRATIONS.length;
