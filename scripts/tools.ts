/**
 * The outside tools of the check, each with its arguments, in one place so that their tests run
 * exactly what the check runs.
 */
export const toolCommands = {
  format: ["prettier", "--list-different", "."],
  types: ["tsc", "-b"],
  lint: [
    "oxlint",
    "--type-aware",
    "--deny-warnings",
    "--report-unused-disable-directives",
    "--format=unix",
    ".",
  ],
  unused: ["knip", "--no-progress", "--no-config-hints"],
  // Without tests as users: what only a test needs is dead, unless it is marked @internal.
  "unused in production": [
    "knip",
    "--production",
    "--no-progress",
    "--no-config-hints",
    "--files",
    "--exports",
  ],
  duplicates: ["jscpd", "--config", ".jscpd.json", "--no-colors", "--exit-code", "1", "--fail-on-empty", "."],
} as const satisfies Record<string, readonly [string, ...string[]]>;
