import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { newFolder } from "../test/support/folder.ts";

const ROOT = dirname(import.meta.dirname);

interface Printed {
  readonly machine: { readonly node: string; readonly cores: number };
  readonly quick: boolean;
  readonly measurements: readonly {
    readonly name: string;
    readonly figures: readonly {
      readonly id: string;
      readonly value: number;
      readonly ratio: number | null;
      readonly met: boolean | null;
    }[];
  }[];
}

function bench(...args: readonly string[]) {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const node = ["--import", "tsx", "bench/main.ts", ...args];
  return spawnSync(process.execPath, node, { cwd: ROOT, encoding: "utf8", env: { ...env, NO_COLOR: "1" } });
}

describe("npm run bench", () => {
  test("prints every figure of a measurement beside the raw limits, and leaves no store behind", () => {
    const disk = newFolder("bench-");
    const { status, stdout, stderr } = bench("--quick", "--json", "--disk", disk, "--only", "fan-out");
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const { machine, quick, measurements } = JSON.parse(stdout) as Printed;
    expect(machine.node).toBe(process.versions.node);
    expect(quick).toBe(true);
    expect(measurements.map(({ name }) => name)).toEqual(["raw", "fan-out"]);
    const [raw, wide] = measurements;
    expect(raw?.figures.map(({ id }) => id)).toEqual([
      "raw.fsync.p50",
      "raw.fsync.p99",
      "raw.commit.p50",
      "raw.commit.p99",
      "raw.rows.1",
      "raw.rows.256",
    ]);
    expect(wide?.figures.map(({ id }) => id)).toEqual(["fan-out.1000", "fan-out.10000"]);
    for (const { value, ratio } of wide?.figures ?? []) {
      expect(value).toBeGreaterThan(0);
      expect(ratio).toBeGreaterThan(0);
    }
    expect(wide?.figures.map(({ met }) => met)).toEqual([expect.any(Boolean), null]);
    expect(readdirSync(disk)).toEqual([]);
  });

  test("replays a recorded run in other processes, and prints tables for people", () => {
    const { status, stdout } = bench("--quick", "--disk", newFolder("bench-"), "--only", "replay");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Node \d+.*, \d+ × /);
    expect(stdout).toContain("these figures mean nothing");
    expect(stdout).toMatch(/\n {2}10 000 steps {2,}[\d ]+ \/s/);
    expect(stdout).toMatch(/\n {2}SQLite commit of one row, p50 {2,}[\d.]+ ms .* × fsync\n/);
  });

  test("refuses a measurement that it does not know, and names those it knows", () => {
    const { status, stderr } = bench("--only", "sequental");
    expect(status).toBe(2);
    expect(stderr).toContain("No measurement is called sequental.");
    expect(stderr).toContain("sequential");
  });
});
