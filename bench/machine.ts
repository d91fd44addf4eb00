import { cpus, loadavg } from "node:os";

/** Where and when the figures were taken. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly at: string;
  /** The system's load before and after, over a minute. */
  readonly load: readonly [before: number, after: number];
}

export function load(): number {
  return loadavg()[0] ?? 0;
}

export function machine(before: number): Machine {
  const processors = cpus();
  return {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    at: new Date().toISOString(),
    load: [before, load()],
  };
}
