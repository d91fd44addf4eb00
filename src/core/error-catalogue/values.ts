import { type Catalogue, entryOf } from "./entry.ts";

const refused = entryOf("RefusedError");

/** Values that were given: options, arguments, input, results. */
export const VALUE_ERRORS = {
  SEGNO_INVALID_INPUT: refused(
    "The input of a flow does not fit its schema. The message lists every issue with its path; `facts.issues` holds them as data.",
    "Give input that fits, or change the schema.",
  ),
  SEGNO_INVALID_DURATION: refused(
    "A length of time is neither milliseconds nor text such as `90s` or `1h30m`.",
    "Write it with a unit (`ms`, `s`, `m`, `h`, `d`, `w`), or as a number of milliseconds that is not negative.",
  ),
  SEGNO_INVALID_RETRY_DELAY: refused(
    "A retry's delay is none of a duration, a list of 1 to 50 durations, `exponential({…})` and a function; or a factor, a maximum or a jitter is out of its range.",
    'Write for example `"10s"`, `["1s", "10s"]` or `exponential({ from: "1s", max: "60s", jitter: 0.3 })`.',
  ),
  SEGNO_INVALID_SETTING: refused(
    "A setting has a value that it cannot have, or there is no setting of that name. The message names the variable or the line.",
    "Correct it in the environment or with `segno config set`; `segno config view` lists every setting.",
  ),
  SEGNO_NAME_TEMPLATE: refused(
    "A run's name template asks for a value that is not there, or leaves a brace open.",
    "Use one of the keys that the message lists; a dot leads inside, and `{{` stands for a brace.",
  ),
  SEGNO_UNSERIALIZABLE: refused(
    "A value that must be stored (an input, a result) holds something that has no stored form: a function, a symbol, a promise, an instance of a class without `toJSON`, or more than 1000 levels. The message names the place.",
    "Leave it out, turn it into plain data first, or give the task a custom serializer.",
  ),
  SEGNO_CIRCULAR: refused(
    "A value that must be stored holds itself. The message names both ends of the way round.",
    "Leave the way back out, or refer to the other by an id.",
  ),
  SEGNO_HEARTBEAT_TOO_LARGE: refused(
    "A heartbeat's details are larger than a journal's row should be.",
    "Say where the progress lies (a path, an offset), not the progress itself.",
  ),
  SEGNO_UNHASHABLE: refused(
    "No cache key can be made of an argument: it holds a function, a client or the like, or itself.",
    'Use a key function as the cache policy, or leave the argument out of the key with `.minus("name")`.',
  ),
} satisfies Catalogue;
