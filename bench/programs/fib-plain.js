import { fib, workload } from "./fib.js";

const { times, n } = workload();
let sum = 0;
for (let i = 0; i < times; i++) sum += fib(n);
console.log(sum);
