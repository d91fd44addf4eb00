import { createHash } from "node:crypto";

/** What happens to one request. */
export type Fault = "none" | "rate-limit" | "server-error";

export interface FaultRates {
  /** Share of requests that get a 500, from 0 to 1. */
  errorRate: number;
  /** Share of requests that get a 429, from 0 to 1. */
  rateLimitRate: number;
  seed: number;
}

/**
 * Decides which requests fail.
 *
 * The draw depends on the seed, the request and how often it was seen, never on the order of
 * arrival: fifty documents sent in parallel meet the same faults in every run, and a retry of a
 * request gets a draw of its own.
 */
export function createFaults({ errorRate, rateLimitRate, seed }: FaultRates): (body: string) => Fault {
  const seen = new Map<string, number>();
  return (body) => {
    const nth = (seen.get(body) ?? 0) + 1;
    seen.set(body, nth);
    const draw = fraction(`${seed}\n${nth}\n${body}`);
    if (draw < rateLimitRate) return "rate-limit";
    return draw < rateLimitRate + errorRate ? "server-error" : "none";
  };
}

/** A number in [0, 1) that is always the same for the same text. */
function fraction(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE() / 2 ** 32;
}
