import { describe, expect, it } from "vitest";
import { lockfileViolations } from "./check-lockfile.ts";
import { scratchProject } from "./scratch.ts";

function refused(packages: Readonly<Record<string, unknown>>): string[] {
  const lock = JSON.stringify({ lockfileVersion: 3, packages });
  return lockfileViolations(scratchProject({ "package-lock.json": lock })).map(({ message }) => message);
}

describe("the lockfile", () => {
  it("passes when every optional dependency is locked, wherever it is installed", () => {
    const packages = {
      "": { devDependencies: { oxlint: "1.89.0" } },
      "node_modules/oxlint": {
        version: "1.89.0",
        optionalDependencies: { "@oxlint/darwin": "1", linux: "1" },
      },
      "node_modules/@oxlint/darwin": { version: "1" },
      "node_modules/oxlint/node_modules/linux": { version: "1" },
    };
    expect(refused(packages)).toEqual([]);
  });

  it("names the binary that a platform would miss", () => {
    const packages = {
      "node_modules/oxlint": { version: "1.94.0", optionalDependencies: { "@oxlint/darwin": "1" } },
      "node_modules/darwin": { version: "1" },
    };
    expect(refused(packages)).toEqual([expect.stringContaining("oxlint 1.94.0 may need @oxlint/darwin")]);
  });

  it("refuses an address of a registry", () => {
    const packages = { "node_modules/a": { version: "1", resolved: "https://registry.example/a-1.tgz" } };
    expect(refused(packages)).toEqual([expect.stringContaining("bound to https://registry.example/a-1.tgz")]);
  });

  it.each(["^1.2.3", "~1.2.3", "latest", ">=1"])("refuses %s where a pin belongs", (version) => {
    expect(refused({ "": { dependencies: { zod: version } } })).toEqual([
      `zod is ${version}; pin an exact version`,
    ]);
  });
});
