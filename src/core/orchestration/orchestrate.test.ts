import { expect, test } from "vitest";
import { makeState } from "../state.ts";
import { drive, driveAsync } from "./drive.ts";
import { ask, type FactName, type Facts, type Oracle } from "./facts.ts";
import { anInitial, aState, countingIds, details, NOW } from "./fixtures/samples.ts";
import { orchestrate } from "./orchestrate.ts";
import { transitionOf } from "./proposal.ts";
import {
  abort,
  ANY_STATE,
  keep,
  reject,
  rejectToCurrent,
  states,
  wait,
  type AskingRule,
  type Consequence,
  type PlainRule,
  type PolicyStep,
  type Transition,
} from "./rule.ts";
import { flowRunFacts, type FlowRunFacts } from "./run-facts.ts";

type Step = PolicyStep<FlowRunFacts, FactName>;

const release = (leaseId: string) => ({ kind: "release-slot", leaseId }) as const;
const pin = (leaseId: string) => ({ kind: "pin-lease", leaseId }) as const;

function rule(name: string, decide: PlainRule<FlowRunFacts>["decide"], to = ANY_STATE): Step {
  return { name, from: ANY_STATE, to, decide };
}

function asking(name: string): AskingRule<FlowRunFacts, "deploymentSlot"> {
  return {
    name,
    from: ANY_STATE,
    to: ANY_STATE,
    *deliberate({ run, proposed }) {
      const slot = yield* ask("deploymentSlot", { deploymentId: name, flowRunId: run.id });
      if (slot.outcome !== "taken") return abort(slot.outcome);
      return keep({
        proposed: details({ deploymentConcurrencyLeaseId: slot.leaseId })(proposed),
        cleanup: [release(slot.leaseId)],
      });
    },
  };
}

const announce: Consequence<FlowRunFacts> = {
  name: "announce",
  follow: ({ asked, state, run }) => [pin(`${asked.initial?.name}->${state.name}#${run.runCount}`)],
};

const pendingToRunning: Transition<FlowRunFacts> = transitionOf(flowRunFacts({ id: "run" }), {
  initial: anInitial("PENDING"),
  proposed: aState("RUNNING"),
  now: NOW,
  newId: countingIds(),
});

function oracle(deploymentSlot: Facts["deploymentSlot"], asked: string[] = []): Oracle<FactName> {
  const unexpected = () => {
    throw new Error("nobody should have asked this");
  };
  return {
    deploymentSlot: ({ deploymentId }) => {
      asked.push(deploymentId);
      return deploymentSlot;
    },
    deploymentLease: unexpected,
    deploymentLimit: unexpected,
    tagSlots: unexpected,
    cachedState: unexpected,
  };
}

const TAKEN: Facts["deploymentSlot"] = { outcome: "taken", leaseId: "lease" };

function decide(steps: readonly Step[], answers = oracle(TAKEN)) {
  return drive(orchestrate(pendingToRunning, steps, []), answers);
}

test("hears only the rules that the transition concerns, in order", () => {
  const heard = decide([
    rule("a", () => keep()),
    rule("not to RUNNING", () => abort("heard"), states("PENDING")),
    { name: "not from PENDING", from: states("RUNNING"), to: ANY_STATE, decide: () => abort("heard") },
    rule("b", () => keep()),
  ]);
  expect(heard).toMatchObject({ status: "ACCEPT", details: { type: "accept_details" }, stored: true });
  expect(heard.fired).toEqual(["a", "b"]);
});

test("a run without a state is NONE, which a set of types leaves out", () => {
  const first = { ...pendingToRunning, initial: null };
  const { fired } = drive(
    orchestrate(
      first,
      [
        rule("any", () => keep()),
        { name: "some", from: states("PENDING", "RUNNING"), to: ANY_STATE, decide: () => abort("heard") },
      ],
      [],
    ),
    oracle(TAKEN),
  );
  expect(fired).toEqual(["any"]);
});

test("shows later rules the proposal and the run as earlier ones changed them", () => {
  const seen: unknown[] = [];
  const answer = decide([
    rule("rename", ({ proposed }) =>
      keep({ proposed: { ...proposed, name: "First" }, changes: { runCount: 7 } }),
    ),
    rule("look", ({ proposed, run }) => {
      seen.push(proposed.name, run.runCount);
      return keep({ proposed: { ...proposed, name: "Second" } });
    }),
    announce,
  ]);
  expect(seen).toEqual(["First", 7]);
  expect(answer.state?.name).toBe("Second");
  expect(answer.changes).toEqual({ runCount: 7 });
  expect(answer.effects).toEqual([pin("Pending->Second#7")]);
  expect(answer.fired).toEqual(["rename", "look", "announce"]);
});

test("the first refusal wins: later rules fizzle", () => {
  const instead = makeState({ id: "instead", type: "FAILED", timestamp: NOW });
  const answer = decide([
    rule("first", () => reject(instead, "because", { runCount: 3 })),
    rule("second", () => abort("heard")),
    announce,
  ]);
  expect(answer).toEqual({
    status: "REJECT",
    details: { type: "reject_details", reason: "because" },
    state: instead,
    stored: true,
    changes: { runCount: 3 },
    effects: [pin("Pending->Failed#3")],
    fired: ["first", "announce"],
  });
});

test("a transition changed after rules acted drops their changes and cleans up, the last first", () => {
  const instead = makeState({ id: "instead", type: "FAILED", timestamp: NOW });
  const answer = decide([
    rule("one", () => keep({ changes: { runCount: 9 }, effects: [pin("one")], cleanup: [release("one")] })),
    rule("two", () => keep({ effects: [pin("two")], cleanup: [release("two"), release("too")] })),
    rule("refuse", () => reject(instead, "no")),
  ]);
  expect(answer.effects).toEqual([release("two"), release("too"), release("one")]);
  expect(answer.changes).toEqual({});
});

test("a rule that rejects with a state of the proposed type leaves what rules before it did", () => {
  const answer = decide([
    rule("one", () => keep({ changes: { runCount: 9 }, effects: [pin("one")], cleanup: [release("one")] })),
    rule("same type", ({ proposed }) => reject(proposed, "so be it")),
  ]);
  expect(answer).toMatchObject({ status: "REJECT", stored: true, changes: { runCount: 9 } });
  expect(answer.effects).toEqual([pin("one")]);
});

test.each([
  ["REJECT", rejectToCurrent("no"), { type: "reject_details", reason: "no" }],
  ["WAIT", wait(5, "soon"), { type: "wait_details", delaySeconds: 5, reason: "soon" }],
  ["ABORT", abort("never"), { type: "abort_details", reason: "never" }],
] as const)("%s stores nothing, and still gives back what was taken", (status, outcome, expected) => {
  const answer = decide([asking("take"), rule("refuse", () => outcome), announce]);
  expect(answer).toEqual({
    status,
    details: expected,
    state: pendingToRunning.initial,
    stored: false,
    changes: {},
    effects: [release("lease")],
    fired: ["take", "refuse"],
  });
});

test("asks nothing for a rule that is not reached", () => {
  const asked: string[] = [];
  decide([rule("refuse", () => abort("no")), asking("never asked")], oracle(TAKEN, asked));
  expect(asked).toEqual([]);
});

test("asks in order, stops where an answer ends the hearing, and answers alike when it has to wait", async () => {
  const steps = [asking("first"), asking("second")];
  const asked: string[] = [];
  const full: Facts["deploymentSlot"] = { outcome: "full", strategy: "ENQUEUE" };
  const atOnce = decide(steps, oracle(full, asked));
  expect(asked).toEqual(["first"]);

  const answers = oracle(full);
  const slowly = await driveAsync(orchestrate(pendingToRunning, steps, []), {
    ...answers,
    deploymentSlot: async (about) => {
      await new Promise(setImmediate);
      return answers.deploymentSlot(about);
    },
  });
  expect(slowly).toEqual(atOnce);
  expect(slowly.details).toEqual({ type: "abort_details", reason: "full" });
});

test("a failing answer fails the orchestration, whichever way it is driven", async () => {
  const broken = {
    ...oracle(TAKEN),
    deploymentSlot: () => {
      throw new Error("the store is gone");
    },
  };
  const begin = () => orchestrate(pendingToRunning, [asking("first")], []);
  expect(() => drive(begin(), broken)).toThrow("the store is gone");
  await expect(driveAsync(begin(), broken)).rejects.toThrow("the store is gone");
});

test("a state put in the proposal's place bears its transition id", () => {
  const asked = { ...pendingToRunning, proposed: aState("RUNNING", { details: { transitionId: "t" } }) };
  const instead = makeState({ id: "instead", type: "FAILED", timestamp: NOW, details: { pauseKey: "k" } });
  const answer = drive(orchestrate(asked, [rule("refuse", () => reject(instead, "no"))], []), oracle(TAKEN));
  expect(answer.state).toEqual({ ...instead, details: { pauseKey: "k", transitionId: "t" } });
});

test("transforms run in order on what is stored, then everything that follows from it", () => {
  const answer = drive(
    orchestrate(
      pendingToRunning,
      [announce, rule("count", () => keep({ changes: { runCount: 1 }, effects: [pin("rule")] }))],
      [
        { name: "double", apply: ({ run }) => ({ changes: { runCount: run.runCount * 2 } }) },
        { name: "follow", follow: ({ run }) => [pin(`followed ${run.runCount}`)] },
        { name: "name", apply: ({ state, run }) => ({ state: { ...state, name: `R${run.runCount}` } }) },
        { name: "add", apply: ({ run }) => ({ changes: { runCount: run.runCount + 5 } }) },
      ],
    ),
    oracle(TAKEN),
  );
  expect(answer.state?.name).toBe("R2");
  expect(answer.changes).toEqual({ runCount: 7 });
  expect(answer.effects).toEqual([pin("rule"), pin("Pending->R2#7"), pin("followed 7")]);
});
