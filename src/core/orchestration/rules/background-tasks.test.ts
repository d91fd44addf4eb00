import { describe, expect, test } from "vitest";
import { anInitial, aState, details } from "../fixtures/samples.ts";
import { decideTask, type GivenTask } from "../fixtures/tasks.ts";

describe("a background task", () => {
  const background = (given: GivenTask) => decideTask({ policy: "background", ...given }).effects;
  const queued = (name: string) => aState("SCHEDULED", { name, details: { deferred: true } });

  test("is handed to the workers of its key", () => {
    expect(background({ initial: null, proposed: queued("Scheduled") })).toEqual([
      { kind: "enqueue-task", taskRunId: "task", queue: "scheduled" },
    ]);
    expect(background({ proposed: queued("AwaitingRetry") })).toMatchObject([{ queue: "retry" }]);
    expect(background({ initial: null, proposed: aState("SCHEDULED") })).toEqual([]);
  });

  test("takes its parameters along until it runs", () => {
    const parameters = (id: string | undefined, from: "SCHEDULED" | "RUNNING" = "SCHEDULED") =>
      decideTask({
        policy: "background",
        initial: details({ taskParametersId: "p" })(anInitial(from)),
        proposed: details({ taskParametersId: id })(aState("RUNNING")),
      }).state?.details.taskParametersId;
    expect(parameters(undefined)).toBe("p");
    expect(parameters("q")).toBe("q");
    expect(parameters(undefined, "RUNNING")).toBeUndefined();
  });
});
