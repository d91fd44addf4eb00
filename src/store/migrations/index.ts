import { runs } from "./0001-runs.ts";
import { reading } from "./0002-reading.ts";
import type { Migration } from "./migration.ts";

/** Every migration, oldest first. */
export const MIGRATIONS: readonly Migration[] = [runs, reading];

export const LATEST_VERSION = MIGRATIONS.length;
