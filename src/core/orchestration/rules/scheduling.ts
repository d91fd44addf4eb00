import { keep, leaving, states, wait, type PlainRule } from "../rule.ts";
import type { RunFacts } from "../run-facts.ts";
import { SECOND } from "../settings.ts";
import { withDetails } from "../state-facts.ts";

/** A claimed run still remembers when it is due, unless it was given another time. */
export const copyScheduledTime: PlainRule<RunFacts> = {
  name: "CopyScheduledTime",
  from: states("SCHEDULED"),
  to: states("PENDING"),
  decide: leaving(({ proposed }, initial) => {
    const { scheduledTime } = initial.details;
    if (scheduledTime === undefined || proposed.details.scheduledTime !== undefined) return keep();
    return keep({ proposed: withDetails(proposed, { scheduledTime }) });
  }),
};

/** Workers take runs a little ahead of time; the store's clock, not theirs, says when one may start. */
export const waitForScheduledTime: PlainRule<RunFacts> = {
  name: "WaitForScheduledTime",
  from: states("SCHEDULED", "PENDING"),
  to: states("RUNNING"),
  decide: leaving(({ now }, initial) => {
    // The answer is in whole seconds: rounded up, a wait of 10 ms would take one.
    const seconds = Math.round(((initial.details.scheduledTime ?? now) - now) / SECOND);
    return seconds > 0 ? wait(seconds, "The scheduled time is in the future.") : keep();
  }),
};
