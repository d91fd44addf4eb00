import { expect, it } from "vitest";
import { StoreError } from "../../core/errors.ts";
import { storageError } from "./storage-errors.ts";

const raised = (code: string) => Object.assign(new Error(`${code}: as the system says, write`), { code });

it.each([
  ["ENOSPC", "SEGNO_RESULT_STORAGE_FULL", /Free some space/],
  ["EDQUOT", "SEGNO_RESULT_STORAGE_FULL", /Free some space/],
  ["EFBIG", "SEGNO_RESULT_STORAGE_FULL", /ulimit -f/],
  ["EACCES", "SEGNO_RESULT_STORAGE_DENIED", /permission/],
  ["EPERM", "SEGNO_RESULT_STORAGE_DENIED", /permission/],
  ["EROFS", "SEGNO_RESULT_STORAGE_READONLY", /Mount it for writing/],
  ["ENOTDIR", "SEGNO_RESULT_STORAGE_FAILED", /Move the file away/],
  ["EIO", "SEGNO_RESULT_STORAGE_FAILED", /Look at the cause/],
])("%s is told as %s, with a remedy", (errno, code, help) => {
  const cause = raised(errno);
  const error = storageError(cause, "/results");
  expect(error).toBeInstanceOf(StoreError);
  expect(error).toMatchObject({
    code,
    help: expect.stringMatching(help) as string,
    cause,
    facts: { path: "/results", errno },
  });
  expect((error as Error).message).toContain(errno);
});

it("leaves what is no failure of the file system as it is", () => {
  for (const error of [new TypeError("no"), "text", storageError(raised("EIO"), "/results")]) {
    expect(storageError(error, "/elsewhere")).toBe(error);
  }
});
