import { expect, test } from "vitest";
import { renewsLeases } from "./client-version.ts";

test.each(["3.4.11", "3.4.12", "3.5.0", "4.0.0", "10.0.0", "3.4.11.dev3+1.gabc", "3.8.3rc1"])(
  "%s renews",
  (version) => {
    expect(renewsLeases(version)).toBe(true);
  },
);

test.each(["3.4.10", "3.3.99", "2.20.20", "0.8.4", "3.4", "v3.8.3", "", null])(
  "%s does not renew",
  (version) => {
    expect(renewsLeases(version)).toBe(false);
  },
);
