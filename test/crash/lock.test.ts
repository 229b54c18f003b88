import { readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { bytesOf, commandsIn, onMachine, temporaryFolder } from "../src/log/file/world.ts"
import { startWriting, type Writing } from "./process.ts"
import { verifyLog } from "./verify.ts"

const opening = (folder: string) => onMachine({ folder, engine: "sql.js" })(commandsIn)

const writingIn = (folder: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const writing = startWriting({ folder, checkpointBytes: 1_000_000_000 })
      await writing.reach(8)
      return writing
    }),
    ({ process }) => Effect.sync(() => void process.kill("SIGKILL")),
  )

const isRefusedFor = Effect.fnUntraced(function* (folder: string, { process }: Writing) {
  const failure = yield* Effect.flip(opening(folder))
  expect(failure).toMatchObject({ reason: "held" })
  expect(failure.message).toContain(`process ${process.pid} since 20`)
})

describe("two processes and one folder (behaviour 65)", () => {
  it.live("the second is told who has it, and changes nothing", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const writing = yield* writingIn(folder)
      yield* isRefusedFor(folder, writing)
      const holder = join(folder, "horolog.serve.json")
      expect(statSync(holder).mode & 0o777).toBe(0o600)
      expect(JSON.parse(readFileSync(holder, "utf8"))).toMatchObject({ pid: writing.process.pid })
      const countBefore = writing.acknowledged().length
      yield* Effect.promise(() => writing.reach(countBefore + 8))
    }),
  )

  it.live("a stopped process keeps it; a killed one does not", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const writing = yield* writingIn(folder)
      writing.process.kill("SIGSTOP")
      yield* isRefusedFor(folder, writing)
      const before = bytesOf(folder)
      yield* isRefusedFor(folder, writing)
      expect(bytesOf(folder)).toEqual(before)
      yield* Effect.promise(() => writing.ended("SIGKILL"))
      yield* onMachine({ folder, engine: "sql.js" })(verifyLog(writing.acknowledged()))
    }),
  )
})
