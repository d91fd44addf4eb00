import type { ThreadJob } from "./thread-protocol.ts";

/**
 * The file that Piscina loads in its threads; it does so with `require` first, which under tsx makes a
 * CommonJS copy of what it loads. So this file imports nothing: the module that does is loaded as the
 * user's modules are, and its classes are theirs.
 */
export async function runInThread(job: ThreadJob): Promise<void> {
  const { carryOut } = await import("./thread-body.ts");
  await carryOut(job);
}
