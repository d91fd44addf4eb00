/** The first release whose client renews the lease on its deployment's slot. */
const RENEWS_LEASES_SINCE = [3, 4, 11] as const;

/**
 * Whether the client keeps its lease alive; one of unknown version is taken as one that does not.
 *
 * @example
 * renewsLeases("3.4.11"); // true
 * renewsLeases("3.4.9"); // false
 */
export function renewsLeases(version: string | null): boolean {
  const match = /^(\d+)\.(\d+)\.(\d+)/.exec(version ?? "");
  if (match === null) return false;
  for (const [index, least] of RENEWS_LEASES_SINCE.entries()) {
    const part = Number(match[index + 1]);
    if (part !== least) return part > least;
  }
  return true;
}
