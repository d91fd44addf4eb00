import { defineConfig } from "vitest/config";

// `segno` must mean the sources in tests, as it does for `tsx --conditions=development`.
const conditions = ["development", "node"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // Threads are out: on Node 20, terminating a thread inside a SQLite call aborts the whole process.
    pool: "forks",
    maxWorkers: 2,
    include: [
      "src/**/*.test.ts",
      "test/**/*.test.ts",
      "bench/**/*.test.ts",
      "examples/**/*.test.ts",
      "scripts/**/*.test.ts",
    ],
    globalSetup: ["./test/build-once.ts"],
    setupFiles: ["./test/own-home.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    restoreMocks: true,
    unstubEnvs: true,
    coverage: { provider: "v8", include: ["src/**"], exclude: ["src/**/*.test.ts"] },
  },
});
