import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Violation } from "./violation.ts";

const LOCKFILE = "package-lock.json";

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/**
 * Finds what makes `npm ci` fail elsewhere than where the lock was written: binaries of other
 * platforms that the lock does not name, addresses of one registry, ranges where a pin belongs.
 */
export function lockfileViolations(root: string): Violation[] {
  const lock = JSON.parse(readFileSync(join(root, LOCKFILE), "utf8")) as { packages: Record<string, Locked> };
  const packages = Object.entries(lock.packages);
  const installed = new Set(packages.map(([path]) => path.slice(path.lastIndexOf("node_modules/") + 13)));
  return packages.flatMap(([path, locked]) => [
    ...missingOptional(path, locked, installed),
    ...foreignAddress(path, locked),
    ...(path === "" ? loosePins(locked) : []),
  ]);
}

function missingOptional(path: string, locked: Locked, installed: ReadonlySet<string>): Violation[] {
  return Object.keys(locked.optionalDependencies ?? {})
    .filter((name) => !installed.has(name))
    .map((name) => ({
      path: LOCKFILE,
      message:
        `${path} ${locked.version ?? ""} may need ${name}, which the lock does not hold: npm ci fails. ` +
        `Pin a version whose optional dependencies were all published`,
    }));
}

function foreignAddress(path: string, locked: Locked): Violation[] {
  if (locked.resolved === undefined || locked.link === true) return [];
  return [
    {
      path: LOCKFILE,
      message: `${path} is bound to ${locked.resolved}; a lock must not name a registry (omit-lockfile-registry-resolved)`,
    },
  ];
}

function loosePins(locked: Locked): Violation[] {
  return Object.entries({ ...locked.dependencies, ...locked.devDependencies })
    .filter(([, version]) => !/^\d/.test(version))
    .map(([name, version]) => ({
      path: "package.json",
      message: `${name} is ${version}; pin an exact version`,
    }));
}
