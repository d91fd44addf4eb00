/** Something that a check refuses, and where. */
export interface Violation {
  readonly path: string;
  /** 1-based, or undefined when the whole file is meant. */
  readonly line?: number;
  readonly message: string;
}

export function describeViolation({ path, line, message }: Violation): string {
  return line === undefined ? `${path}: ${message}` : `${path}:${line}: ${message}`;
}
