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

/** Decides the fate of a request that is seen for the `nth` time, from 1. */
export type FaultOf = (body: string, nth: number) => Fault;

/**
 * Faults at random, as often as the rates say.
 *
 * The draw depends on the seed, the request and how often it was seen, never on the order of
 * arrival: fifty documents sent in parallel meet the same faults in every run, and a retry of a
 * request gets a draw of its own.
 */
export function randomFaults({ errorRate, rateLimitRate, seed }: FaultRates): FaultOf {
  return (body, nth) => {
    const draw = fraction(`${seed}\n${nth}\n${body}`);
    if (draw < rateLimitRate) return "rate-limit";
    return draw < rateLimitRate + errorRate ? "server-error" : "none";
  };
}

/** A number in [0, 1) that is always the same for the same text. */
function fraction(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE() / 2 ** 32;
}
