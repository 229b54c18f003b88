import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, rmSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it, test } from "@effect/vitest"
import { Effect } from "effect"
import { EventLog } from "../../src/log/event-log.ts"
import {
  acknowledged,
  batch,
  commandsIn,
  engines,
  onMachine,
  temporaryFolder,
} from "../src/log/file/world.ts"

const script = fileURLToPath(new URL("full-child.ts", import.meta.url))
const mounting = (command: string): ReadonlyArray<string> => [
  "-Urm",
  "sh",
  "-c",
  `mount -t tmpfs -o size=4m horolog /mnt && ${command}`,
]

/** Whether a user may mount a small disk of their own here (Linux, and not everywhere). */
const canMount = spawnSync("unshare", mounting("true")).status === 0

describe("a disk that is really full (behaviour 64)", () => {
  for (const engine of engines) {
    test.skipIf(!canMount)(
      `fails clearly, pretends nothing, and the log is whole afterwards: ${engine}`,
      () => {
        const command = `exec ${process.execPath} ${script} /mnt/log ${engine}`
        const output = execFileSync("unshare", mounting(command), { encoding: "utf8" })
        const { first, second, acknowledgedCount, ...rest } = JSON.parse(
          output.trim().split("\n").at(-1) ?? "",
        )
        expect(first[0]).toBe("write-failed")
        expect(first[1]).toMatch(/ENOSPC|disk is full|short/)
        expect(second).toEqual(first)
        expect(acknowledgedCount).toBeGreaterThan(30)
        expect(rest).toEqual({
          answeredCount: acknowledgedCount,
          isUnbroken: true,
          hasPretended: false,
        })
      },
    )
  }

  it.live.skipIf(!existsSync("/dev/full"))("fails at once where nothing can be written", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const open = onMachine({ folder, engine: "sql.js" })
      const failure = yield* open(
        Effect.gen(function* () {
          const log = yield* EventLog
          symlinkSync("/dev/full", join(folder, "horolog.journal.1"))
          yield* log.append(batch("a"))
          const failed = yield* Effect.flip(log.durable)
          expect(yield* Effect.flip(log.append(batch("b")))).toBe(failed)
          expect(yield* Effect.flip(log.durable)).toBe(failed)
          return failed
        }),
      )
      expect(failure).toMatchObject({ reason: "write-failed" })
      expect(failure.message).toContain("ENOSPC")
      expect(failure.hint).toContain("space")
      rmSync(join(folder, "horolog.journal.1"))
      yield* open(acknowledged("c"))
      expect(yield* open(commandsIn)).toEqual(["c"])
    }),
  )
})
