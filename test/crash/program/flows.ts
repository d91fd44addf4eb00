import { branches } from "./flows/branches.ts";
import { caching } from "./flows/caching.ts";
import { effects } from "./flows/effects.ts";
import { flowRetries } from "./flows/flow-retries.ts";
import { large } from "./flows/large.ts";
import { maps } from "./flows/maps.ts";
import { nesting } from "./flows/nesting.ts";
import { races } from "./flows/races.ts";
import { retries } from "./flows/retries.ts";
import { sequential } from "./flows/sequential.ts";
import { sleeps } from "./flows/sleeps.ts";
import { subflows } from "./flows/subflows.ts";
import { transactions } from "./flows/transactions.ts";

export const flows = {
  sequential,
  branches,
  races,
  maps,
  subflows,
  retries,
  caching,
  nesting,
  transactions,
  large,
  flowRetries,
  effects,
  sleeps,
} as const;

export type FlowName = keyof typeof flows;

export function isFlowName(text: string): text is FlowName {
  return text in flows;
}
