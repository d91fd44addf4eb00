import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { pid } from "node:process";
import type { Executor } from "../store/store.ts";

/**
 * Who a process is, so that another can tell whether it still runs.
 *
 * A pid alone is not enough, since pids are given again; where the system tells when a process began
 * (Linux), that goes with it. Containers that share a file but not a process table differ in their
 * host name; for those only the lease's end counts.
 */
export interface ProcessIdentity {
  readonly hostname: string;
  readonly pid: number;
  readonly pidStartedAt: string | null;
}

export function thisProcess(): ProcessIdentity {
  return { hostname: hostname(), pid, pidStartedAt: startOf(pid) };
}

/** False only if the process is certainly gone. */
export function mayBeAlive(executor: Executor, nowMicros: number): boolean {
  if (executor.hostname !== hostname()) return executor.expiresAt > nowMicros;
  try {
    process.kill(executor.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  const started = startOf(executor.pid);
  return executor.pidStartedAt === null || started === null || started === executor.pidStartedAt;
}

/** Field 22 of /proc/PID/stat: clock ticks since boot; with the boot's id it names one process for ever. */
function startOf(of: number): string | null {
  try {
    const stat = readFileSync(`/proc/${of}/stat`, "utf8");
    // The command name, field 2, may hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie has ended; only its parent has not noticed.
    if (fields[0] === "Z") return "ended";
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}:${fields[19] ?? ""}`;
  } catch {
    return null;
  }
}
