/**
 * The workload of the published comparisons of engines: naive, so that it costs real time.
 *
 * @param {number} n
 * @returns {number}
 */
export function fib(n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

/** `<how many> <n>` from the command line. */
export function workload() {
  const [times = 0, n = 0] = process.argv.slice(2).map(Number);
  return { times, n };
}
