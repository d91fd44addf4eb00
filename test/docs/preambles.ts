/**
 * What examples take for granted: names that a reader understands without being told what they are.
 *
 * They are declared and not made, so an example that is run must bring its own. What an example
 * declares itself goes before these.
 */

/** Known to every example. */
export const GLOBALS = `
type Task<Args extends readonly unknown[], Result> = import("segno").Task<Args, Result>;
type Future<T> = import("segno").TaskFuture<T>;

declare const readFile: typeof import("node:fs/promises").readFile;
declare const z: typeof import("zod").z;
declare const openai: import("openai").default;
declare const afterEach: (work: () => unknown) => void;

declare const path: string;
declare const paths: string[];
declare const url: string;
declare const urls: string[];
declare const id: string;
declare const text: string;
declare const amount: number;
declare const stored: number;
declare const batch: string[];
declare const chunks: string[];
declare const pages: string[];
declare const docs: string[];
declare const model: string;
declare const error: import("segno").SegnoError;
declare const futures: readonly Future<string>[];
declare const loaded: Future<string>;
declare const millionVectors: number[][];
declare const order: { id: string; total: number };
declare const cart: { items: string[] };

declare const ingest: import("segno").Flow<readonly [input: { paths: string[] }], number>;
declare const load: Task<readonly [path: string], string>;
declare const chunk: Task<readonly [text: string, size: number], string[]>;
declare const embed: Task<readonly [chunks: string[]], number[][]>;
declare const embedV2: Task<readonly [chunks: string[]], number[][]>;
declare const upsert: Task<readonly [vectors: number[][]], number>;
declare const report: Task<readonly [text: string | Error], void>;
declare const reserve: Task<readonly [order: string], void>;
declare const charge: Task<readonly [order: string], void>;

declare const fetchRate: (currency: string) => Promise<number>;
declare const index: (page: string | undefined) => Promise<void>;
declare const audit: (order: { id: string }) => Promise<void>;
declare const cleanUp: () => Promise<void>;
declare const showIssues: (issues: unknown) => void;
declare const freeSpace: () => Promise<void>;
declare const loadCorpus: () => Promise<string[]>;
declare const listFiles: () => Promise<string[]>;
declare const crawl: (input: { urls: string[] }) => Promise<number>;
declare const train: (model: string) => Promise<void>;
declare const api: { createOrder(cart: { items: string[] }): Promise<{ id: string }> };
`;

const PROPOSAL = `
    declare const proposed: import("SRC/core/orchestration/proposal.ts").ProposalInit["proposed"];
    declare const now: number;
    declare const newId: () => string;`;

const BY_FILE: Readonly<Record<string, string>> = {
  "docs/artifacts.md": `
    declare const fit: () => Promise<number[]>;
    declare const number: string;
    declare const indexPage: (page: string | undefined) => Promise<void>;`,
  "docs/caching.md": `
    interface Client { embed(text: string): Promise<number[]> }
    interface User { id: string; version: number }
    declare const loadProfile: (user: User) => Promise<string>;`,
  "docs/concurrency.md": `
    interface Page { url: string }
    declare const render: (page: Page) => Promise<string>;
    declare const trainModel: (input: { epochs: number }) => Promise<number>;`,
  "docs/flows.md": `
    declare const notify: (text: string, error: unknown) => Promise<void>;
    declare const closeTickets: () => Promise<void>;`,
  "docs/tasks.md": `declare const clean: Task<readonly [], void>;`,
  "docs/errors.md": `declare const ingest: (input: unknown) => Promise<number>;`,
  "docs/orchestration.md": `
    import { orchestrateFlowRun, orchestrateFlowRunAsync } from "SRC/core/orchestration/flow-run.ts";
    import type { FlowFactName, AsyncOracle } from "SRC/core/orchestration/facts.ts";
    ${PROPOSAL}
    declare const run: import("SRC/core/run.ts").FlowRun;
    declare const deploymentSlot: AsyncOracle<FlowFactName>["deploymentSlot"];
    declare const deploymentLease: AsyncOracle<FlowFactName>["deploymentLease"];
    declare const deploymentLimit: AsyncOracle<FlowFactName>["deploymentLimit"];`,
  "docs/transactions.md": `
    interface Reservation { id: string }
    declare const release: (id: string) => Promise<void>;
    declare const warehouse: { reserve(sku: string): Promise<Reservation> };
    declare const payments: { charge(order: string): Promise<void> };`,
  "src/core/orchestration/flow-run.ts": `
    ${PROPOSAL}
    declare const run: import("SRC/core/run.ts").FlowRun;
    declare const adopt: (state: import("SRC/core/state.ts").State | null) => void;`,
  "src/core/orchestration/task-run.ts": `
    ${PROPOSAL}
    declare const initial: import("SRC/core/state.ts").State;
    declare const tags: string[];
    declare const flowRun: import("SRC/core/orchestration/task-run.ts").TaskRunProposal["run"]["flowRun"];`,
  "src/core/serialize.ts": `import { decodeJson } from "SRC/core/deserialize.ts";`,
  "src/flow/caching/policy.ts": `interface User { id: string; version: number }`,
  "src/flow/runners/threads.ts": `
    interface Page { url: string }
    declare const draw: (page: Page) => Promise<Uint8Array>;`,
};

/** What the examples of a page or a source take for granted, with `SRC` as the folder of the sources. */
export function preambleOf(file: string, sources: string): string {
  return (BY_FILE[file] ?? "").replaceAll('"SRC/', `"${sources}/`);
}
