import { flow, task } from "segno";
import { fib, workload } from "./fib.js";

const compute = task({ name: "fib" }, fib);

const sumOf = flow({ name: "fibs" }, async (/** @type {{ times: number, n: number }} */ { times, n }) => {
  let sum = 0;
  for (let i = 0; i < times; i++) sum += await compute(n);
  return sum;
});

console.log(await sumOf(workload()));
