/**
 * Every setting, as data.
 *
 * The place in the table gives the name (`store.busyTimeout` is `store.busy_timeout` in a profile)
 * and the environment variable (`SEGNO_STORE_BUSY_TIMEOUT`). `docs/settings.md` is checked against it.
 */

/** What a setting's text may be, and the type it becomes. */
export interface SettingTypes {
  /** Absolute; `~` and relative paths are resolved. */
  path: string;
  /** Milliseconds. */
  duration: number;
  int: number;
  bool: boolean;
  /** http or https. */
  url: string;
  /** Never shown. */
  secret: string;
}

export interface Setting<Value> {
  readonly type: keyof SettingTypes | "enum";
  readonly values?: readonly string[];
  readonly min?: number;
  /** As it would be written; null for none. `$home` stands for the home folder. */
  readonly default: string | null;
  readonly about: string;
  /** Carries the type only; never set. */
  readonly value?: Value;
}

interface Init {
  readonly min?: number;
}

function setting<T extends keyof SettingTypes>(
  type: T,
  fallback: string,
  about: string,
  init?: Init,
): Setting<SettingTypes[T]> {
  return { type, default: fallback, about, ...init };
}

function optional<T extends keyof SettingTypes>(
  type: T,
  about: string,
  init?: Init,
): Setting<SettingTypes[T] | null> {
  return { type, default: null, about, ...init };
}

function choice<const V extends string>(values: readonly V[], fallback: V, about: string): Setting<V> {
  return { type: "enum", values, default: fallback, about };
}

export const SETTINGS = {
  home: setting(
    "path",
    "~/.segno",
    "Folder for all that Segno keeps on this machine; only the environment can set it.",
  ),
  store: {
    path: setting("path", "$home/segno.db", "The embedded store's file."),
    busyTimeout: setting(
      "duration",
      "30s",
      "How long a write waits for another process's write before it fails.",
    ),
  },
  results: {
    path: setting("path", "$home/results", "Folder of results too large for a row."),
  },
  logging: {
    level: choice(
      ["debug", "info", "warning", "error", "critical"],
      "info",
      "Lines below this level are dropped.",
    ),
    toStore: setting("bool", "true", "Keep the lines of runs in the store."),
    print: choice(
      ["auto", "always", "never"],
      "auto",
      "Print the lines of runs to stderr; auto: everything on a terminal, warnings and worse elsewhere.",
    ),
  },
  tasks: {
    defaultRetries: setting("int", "0", "Retries of a task that names none.", { min: 0 }),
    defaultRetryDelay: setting("duration", "0s", "Wait before a retry of a task that names none."),
    disableCaching: setting(
      "bool",
      "false",
      "Neither read nor write the cache, whatever a task's policy says.",
    ),
    refreshCache: setting("bool", "false", "Run every task and write its cache row anew."),
  },
  flows: {
    defaultRetries: setting("int", "0", "Retries of a flow that names none.", { min: 0 }),
    defaultRetryDelay: setting("duration", "0s", "Wait before a retry of a flow that names none."),
  },
  runner: {
    lease: setting("duration", "15s", "A process that has not beaten for this long is presumed dead.", {
      min: 1000,
    }),
  },
  replay: {
    stallTimeout: setting(
      "duration",
      "60s",
      "A replay that asks for nothing recorded for this long is refused as stalled.",
    ),
  },
  api: {
    url: optional(
      "url",
      "Base URL of a server; unset: the embedded store, which is all that this version can use.",
    ),
    key: optional("secret", "The server's API key."),
  },
} as const satisfies SettingsTable;

type Group = Readonly<Record<string, Setting<unknown>>>;
type SettingsTable = Readonly<Record<string, Setting<unknown> | Group>>;

type ValueOf<S> = S extends Setting<infer V> ? V : never;

/** Every setting's value, typed, as `settings.store.busyTimeout`. */
export type Settings = {
  readonly [G in keyof typeof SETTINGS]: (typeof SETTINGS)[G] extends Setting<infer V>
    ? V
    : { readonly [K in keyof (typeof SETTINGS)[G]]: ValueOf<(typeof SETTINGS)[G][K]> };
};

/** One row of the table, with the names derived from its place. */
export interface SettingRow extends Setting<unknown> {
  /** `store.busy_timeout`: the name in a profile and on the command line. */
  readonly name: string;
  /** `SEGNO_STORE_BUSY_TIMEOUT`. */
  readonly env: string;
  /** Where the value stands in {@link Settings}. */
  readonly path: readonly [string] | readonly [group: string, key: string];
}

function isSetting(node: Setting<unknown> | Group): node is Setting<unknown> {
  return typeof node["about"] === "string";
}

function row(path: SettingRow["path"], setting: Setting<unknown>): SettingRow {
  const name = path.join(".").replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { ...setting, name, env: `SEGNO_${name.replaceAll(".", "_").toUpperCase()}`, path };
}

/** The table, flat, in its order. */
export const SETTING_ROWS: readonly SettingRow[] = Object.entries<Setting<unknown> | Group>(SETTINGS).flatMap(
  ([group, node]) =>
    isSetting(node)
      ? [row([group], node)]
      : Object.entries(node).map(([key, setting]) => row([group, key], setting)),
);

/** A setting by its name or by its environment variable. */
export function findSetting(nameOrEnv: string): SettingRow | undefined {
  return SETTING_ROWS.find((candidate) => candidate.name === nameOrEnv || candidate.env === nameOrEnv);
}
