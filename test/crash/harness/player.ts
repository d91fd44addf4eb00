import { createHash } from "node:crypto";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { asCompleted, flow, sleep, step, task, type TaskFuture, uuid } from "../../../src/index.ts";
import { Random } from "./random.ts";
import type { Pace, Tree } from "./trees.ts";

/** What the executions of one program did, and were given. */
export class World {
  readonly trees = new Map<string, Tree>();
  /** Counts executions of the root, from 1. Each makes its own pace. */
  execution = 0;
  /** The labels whose bodies ran to their end, and are on record. */
  finished = new Set<string>();
  /** The labels whose bodies ran in this execution. */
  ran: string[] = [];
  /** Those of them that had finished before: there must be none. */
  again: string[] = [];
  /** By execution and body: what the body's code was given, in order. */
  readonly #given = new Map<string, string[]>();
  /** True: every call has a key of its own, its label. */
  readonly keyed: boolean;

  constructor(options: { readonly keyed: boolean }) {
    this.keyed = options.keyed;
  }

  /** What the code of a body was given in an execution. */
  given(body: string, execution = this.execution): string[] {
    const key = `${execution} ${body}`;
    let given = this.#given.get(key);
    if (given === undefined) this.#given.set(key, (given = []));
    return given;
  }

  /** A body in a later attempt of its flow begins anew. */
  begin(body: string, inTask = false): Body {
    this.#given.delete(`${this.execution} ${body}`);
    return { given: this.given(body), inTask };
  }

  /** @param finished what is on record when it begins. */
  nextExecution(finished: Set<string>): void {
    this.execution++;
    this.finished = finished;
    this.ran = [];
    this.again = [];
  }

  begun(label: string): void {
    this.ran.push(label);
    if (this.finished.has(label)) this.again.push(label);
  }
}

/** Whose code runs. A task's is not recorded, only its calls are. */
interface Body {
  readonly given: string[];
  readonly inTask: boolean;
}

let world = new World({ keyed: false });

export function enter(next: World): void {
  world = next;
}

async function take(label: string, pace: Pace): Promise<void> {
  // In another execution the same task takes another time.
  const seed = createHash("sha1").update(`${label} ${world.execution}`).digest().readUInt32LE();
  const own = (pace + Math.floor(new Random(seed).next() * 7)) % 7;
  if (own <= 1) return;
  if (own <= 4) for (let turns = 1; turns < own; turns++) await nextTurn();
  else await pause(own - 4);
}

async function body(label: string, pace: Pace, fails: boolean): Promise<string> {
  world.begun(label);
  await take(label, pace);
  if (fails) throw new Error(label);
  world.finished.add(label);
  return label;
}

// Few names, so that a call's identity is mostly its count.
const tasks = ["red", "blue"].map((name) =>
  task({ name, taskRunName: (label: string, _pace: Pace, _fails: boolean) => label }, body),
);
const nest = task({ name: "nest", taskRunName: (label) => label }, async (label: string) => {
  world.begun(label);
  const value = await play(treeOf(label), `${label}.n`, world.begin(label, true));
  world.finished.add(label);
  return value;
});
const child = flow({ name: "child" }, async ({ label }: { label: string }) => {
  return play(treeOf(label), `${label}.c`, world.begin(label));
});

function treeOf(label: string): Tree {
  const tree = world.trees.get(label);
  if (tree === undefined) throw new Error(`no tree is called ${label}`);
  return tree;
}

function taskFor(label: string) {
  const own = tasks[label.length % tasks.length] ?? nest;
  return world.keyed ? own.with({ key: label }) : own;
}

/** Notes what a call gave, in the order in which the code got it. */
async function got(label: string, at: Body, call: PromiseLike<unknown>): Promise<string> {
  try {
    const value = String(await call);
    at.given.push(`${label}=${value}`);
    return value;
  } catch (error) {
    at.given.push(`${label} threw ${(error as Error).message}`);
    throw error;
  }
}

async function slept(label: string, ms: number): Promise<string> {
  await sleep(ms);
  return label;
}

/** Runs a program where the code stands: in a flow's body or in a task's. */
export async function play(tree: Tree, label: string, at: Body): Promise<string> {
  const parts = (all: readonly Tree[]) => all.map((part, index) => play(part, `${label}.${index}`, at));
  const key = world.keyed ? { key: label } : {};
  switch (tree.kind) {
    case "task":
      return got(label, at, taskFor(label)(label, tree.pace, tree.fails));
    case "step":
      return got(
        label,
        at,
        step("small", key, () => body(label, tree.pace, tree.fails)),
      );
    case "value":
      return at.inTask ? uuid() : got(label, at, uuid());
    case "sleep":
      return at.inTask ? label : got(label, at, slept(label, tree.ms));
    case "seq": {
      const values: string[] = [];
      for (const [index, part] of tree.parts.entries()) {
        values.push(await play(part, `${label}.${index}`, at));
      }
      return values.join(" ");
    }
    case "all":
      return (await Promise.all(parts(tree.parts))).join(" ");
    case "race":
      return Promise.race(parts(tree.parts));
    case "settled":
      return (await Promise.allSettled(parts(tree.parts))).map(({ status }) => status[0]).join("");
    case "map":
    case "completed":
      return several(tree, label, at);
    case "catch":
      return play(tree.part, `${label}.t`, at).catch(() => play(tree.instead, `${label}.i`, at));
    case "turns":
      for (let turn = 0; turn < tree.turns; turn++) await Promise.resolve();
      return play(tree.part, label, at);
    case "subflow":
      world.trees.set(label, tree.part);
      return got(label, at, child.with(key)({ label }));
    case "nested":
      world.trees.set(label, tree.part);
      return got(label, at, nest.with(key)(label));
  }
}

async function several(
  tree: Extract<Tree, { readonly paces: unknown }>,
  label: string,
  at: Body,
): Promise<string> {
  const labels = tree.paces.map((_, index) => `${label}.${index}`);
  const submit = (own: string, index: number) => taskFor(own).submit(own, tree.paces[index] ?? 0, false);
  const futures: TaskFuture<string>[] = labels.map(submit);
  const all = futures.map((future, index) => got(labels[index] ?? "", at, future));
  if (tree.kind === "map") return (await Promise.all(all)).join(" ");
  const follow: string[] = [];
  for await (const ended of asCompleted(futures)) {
    const own = `${await ended.result()}.then`;
    follow.push(
      await got(
        own,
        at,
        step("small", world.keyed ? { key: own } : {}, () => body(own, 3, false)),
      ),
    );
  }
  return follow.join(" ");
}
