// What Node itself costs: the smallest module that linters let pass.
process.exitCode = 0;
