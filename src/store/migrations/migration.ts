/** The column types a migration may use, in the words of one dialect. */
export interface ColumnTypes {
  /** 64-bit integer: times in µs, counters. */
  readonly integer: string;
  readonly text: string;
  readonly real: string;
}

/** One step of the schema, forward and back. Statements run in order, in one transaction. */
export interface Migration {
  /** The schema's version once this one is applied; versions have no gaps. */
  readonly version: number;
  readonly name: string;
  up(types: ColumnTypes): readonly string[];
  down(types: ColumnTypes): readonly string[];
}
