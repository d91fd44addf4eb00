import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix } from "node:path";
import { importsOf } from "./imports.ts";
import { isTest, sourceFiles } from "./source-files.ts";
import { parse } from "./syntax.ts";
import type { Violation } from "./violation.ts";

/** The rooms of `src`, highest first. A room may use those on lower lines, never its neighbours. */
const LEVELS: readonly (readonly string[])[] = [
  ["cli"],
  ["deploy", "testing"],
  ["ai", "dag", "assets"],
  ["flow"],
  ["client"],
  ["server"],
  ["store"],
  ["core"],
];

/** Rooms that see only what a user of flow/ sees, so that they prove its surface is enough. */
const ON_PUBLIC_SURFACE = new Set(["ai", "dag", "assets"]);
const ADD_A_ROOM = "add it to LEVELS in scripts/check-rooms.ts or move the file";
const FLOW_SURFACE = "src/flow/index.ts";

/** Finds imports that point up, across, or past a public surface, in `src` and `examples` of `root`. */
export function roomViolations(root: string): Violation[] {
  const manifest = readManifest(root);
  return sourceFiles(root, ["src", "examples"]).flatMap((path) => {
    const room = path.startsWith("src/") ? roomOf(path) : undefined;
    if (room !== undefined && levelOf(room) === -1)
      return [{ path, message: `src/${room}/ is not a room; ${ADD_A_ROOM}` }];
    return importsOf(parse(path, readFileSync(join(root, path), "utf8"))).flatMap(({ specifier, line }) => {
      const message = path.startsWith("src/")
        ? refusedInSource(path, specifier, manifest)
        : refusedInExample(path, specifier, manifest.name);
      return message === undefined ? [] : [{ path, line, message }];
    });
  });
}

function refusedInSource(path: string, specifier: string, manifest: Manifest): string | undefined {
  if (!specifier.startsWith(".")) return isTest(path) ? undefined : refusedPackage(specifier, manifest);
  const target = posix.join(posix.dirname(path), specifier);
  if (!target.startsWith("src/")) {
    return isTest(path) ? undefined : `imports ${target}, which is not shipped; only src/ is`;
  }
  return refusedRoom(path, target);
}

function refusedRoom(path: string, target: string): string | undefined {
  const from = roomOf(path);
  const to = roomOf(target);
  if (from === to) return undefined;
  if (from === undefined) {
    return to === "cli" ? `imports ${target}: the library must not need the command line` : undefined;
  }
  if (to === undefined) {
    return from === "cli"
      ? undefined
      : `imports ${target}: a room cannot use an entry point that is made of rooms`;
  }
  const height = levelOf(from);
  if (levelOf(to) === -1) return undefined; // Reported at that folder's own files.
  if (levelOf(to) <= height) {
    const below = LEVELS.slice(height + 1).flat();
    return `imports ${target}: ${from} may use only ${below.length === 0 ? "itself" : below.join(", ")}`;
  }
  if (to === "flow" && ON_PUBLIC_SURFACE.has(from) && target !== FLOW_SURFACE) {
    return `imports ${target}: ${from} is built on flow's public surface; import ${FLOW_SURFACE}`;
  }
  return undefined;
}

function refusedPackage(specifier: string, manifest: Manifest): string | undefined {
  if (isBuiltin(specifier)) return undefined;
  const name = packageOf(specifier);
  if (name === manifest.name) return `imports ${specifier}: src/ uses its own files by relative paths`;
  if (manifest.shipped.has(name)) return undefined;
  return `imports ${specifier}: a user who installs ${manifest.name} does not get it; it is not in dependencies`;
}

function refusedInExample(path: string, specifier: string, self: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const target = posix.join(posix.dirname(path), specifier);
  if (target.startsWith("examples/") || (isTest(path) && target.startsWith("test/"))) return undefined;
  return `imports ${target}: an example shows what a user can write, so it imports "${self}"`;
}

interface Manifest {
  readonly name: string;
  readonly shipped: ReadonlySet<string>;
}

function readManifest(root: string): Manifest {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    name: string;
    dependencies?: Record<string, string>;
    optionalDependencies?: Record<string, string>;
    peerDependencies?: Record<string, string>;
  };
  const { name, dependencies, optionalDependencies, peerDependencies } = manifest;
  return {
    name,
    shipped: new Set(Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })),
  };
}

/** The folder below `src/`, or undefined for an entry point such as `src/index.ts`. */
function roomOf(path: string): string | undefined {
  const [, room, ...rest] = path.split("/");
  return rest.length === 0 ? undefined : room;
}

function levelOf(room: string): number {
  return LEVELS.findIndex((level) => level.includes(room));
}

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
