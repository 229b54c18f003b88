import { closeSync, existsSync, openSync, readdirSync, readlinkSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, test } from "vitest"
import { openHorolog, type Horolog } from "../../../src/index.ts"

const folders: Array<string> = []
const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), "horolog-failing-"))
  folders.push(path)
  return path
}
afterEach(async () => {
  await Promise.all(folders.splice(0).map((path) => rm(path, { recursive: true, force: true })))
})

const descriptors = "/proc/self/fd"
const full = "/dev/full"
const canFill = existsSync(descriptors) && existsSync(full)

const targetOf = (descriptor: string): string => {
  try {
    return readlinkSync(join(descriptors, descriptor))
  } catch {
    return "" // The one that read the folder is closed by now.
  }
}

/** The journal that this process has open becomes one on a disk that is full. */
const fillDisk = (data: string): void => {
  const journal = readdirSync(descriptors).find((descriptor) =>
    targetOf(descriptor).startsWith(join(data, "horolog.journal")),
  )
  const descriptor = Number(journal)
  closeSync(descriptor)
  expect(openSync(full, "r+")).toBe(descriptor)
}

const chat = { chat: async () => {} }
const job = { prompt: "Say hello", channel: "chat", chat_id: "me" }

const failing = async (data: string) => {
  const told = Promise.withResolvers<Error>()
  let timesTold = 0
  const horolog = await openHorolog({
    data,
    channels: chat,
    onFailure: (error) => {
      timesTold += 1
      told.resolve(error)
    },
  })
  await horolog.tools.cron_add({ ...job, at: new Date(Date.now() + 100).toISOString() })
  fillDisk(data)
  return { horolog, failure: await told.promise, timesTold: () => timesTold }
}

const followed = async (horolog: Horolog) => {
  for await (const _ of horolog.events()) void _
}

describe("a Horolog whose disk is full", () => {
  test.skipIf(!canFill)("says so by itself, takes no more, and finds all again", async () => {
    const data = await folder()
    const { horolog, failure, timesTold } = await failing(data)

    expect(failure).toMatchObject({ _tag: "LogFailed", reason: "write-failed" })
    await expect(horolog.jobs()).rejects.toBe(failure)
    await expect(horolog.tools.cron_add({ ...job, in: "1h" })).rejects.toBe(failure)
    await expect(horolog.dispatch({ type: "enable-job", jobId: "job_1" })).rejects.toBe(failure)
    await expect(followed(horolog)).rejects.toMatchObject({ reason: "write-failed" })
    await horolog.close()
    expect(timesTold()).toBe(1)

    await using again = await openHorolog({ data, channels: chat, clock: false })
    expect(await again.jobs()).toMatchObject({ total: 1 })
  })
})
