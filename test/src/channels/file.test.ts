import { execFileSync } from "node:child_process"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, onTestFinished, test } from "vitest"
import { fileChannel } from "../../../src/channels/file.ts"
import { channelContract, refusalOf, send } from "../../contract/channel.ts"

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), "horolog-file-"))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

channelContract("file, one for all", {
  working: () => {
    const path = join(folder(), "answers.txt")
    return { channel: fileChannel({ path }), held: async () => readFileSync(path, "utf8") }
  },
  broken: () => fileChannel({ path: folder() }),
})

channelContract("file, one for each chat", {
  working: () => {
    const at = folder()
    return {
      channel: fileChannel({ folder: at }),
      held: async (chatId) => readFileSync(join(at, `${chatId}.txt`), "utf8"),
    }
  },
  broken: () => {
    const at = folder()
    mkdirSync(join(at, "default.txt"))
    return fileChannel({ folder: at })
  },
})

describe("a chat that is no name of a file", () => {
  const strange = [
    "..",
    "../outside",
    "/etc/passwd",
    "a/b",
    "a\\b",
    ".hidden",
    "-rf",
    "a\0b",
    "a\nb",
    " a",
    "x".repeat(101),
  ]

  test.each(strange)("is refused, and nothing is written: %j", async (chatId) => {
    const at = join(folder(), "chats")
    const failure = await refusalOf(fileChannel({ folder: at }), { chatId })
    expect(failure.retryable).toBe(false)
    expect(failure.message).toContain(JSON.stringify(chatId))
    expect(existsSync(at)).toBe(false)
  })

  test("but a link that leads out of the folder is not followed", async () => {
    const at = folder()
    const outside = join(folder(), "outside.txt")
    writeFileSync(outside, "mine")
    symlinkSync(outside, join(at, "default.txt"))
    const failure = await refusalOf(fileChannel({ folder: at }))
    expect(failure.retryable).toBe(false)
    expect(readFileSync(outside, "utf8")).toBe("mine")
  })

  test("while the usual names are taken, in any script", async () => {
    const at = folder()
    const channel = fileChannel({ folder: at })
    for (const chatId of ["default", "me@example.org", "Команда 7", "ふく", "a..b"]) {
      await send(channel, { chatId })
    }
    expect(readdirSync(at).length).toBe(5)
  })
})

describe("a place that cannot be written", () => {
  test("is below a file: said with the path, and not tried again", async () => {
    const file = join(folder(), "file")
    writeFileSync(file, "")
    const path = join(file, "answers.txt")
    const failure = await refusalOf(fileChannel({ path }))
    expect(failure.retryable).toBe(false)
    expect(failure.message).toContain(path)
  })

  test("is a pipe or a device: refused at once, since it proves nothing", async () => {
    const pipe = join(folder(), "pipe")
    execFileSync("mkfifo", [pipe])
    for (const path of [pipe, "/dev/null"]) {
      expect((await refusalOf(fileChannel({ path }))).retryable).toBe(false)
    }
  })

  test.skipIf(process.platform !== "linux")(
    "has room for a part only: that part is taken back (Linux only, skipped elsewhere)",
    async () => {
      const at = folder()
      const path = join(at, "answers.txt")
      // A limit on the size of files stands in for a full disk: 1,024 bytes fit, the answer does not.
      const script = `
        process.on("SIGXFSZ", () => {})
        const { Effect } = await import("effect")
        const { fileChannel } = await import(${JSON.stringify(new URL("../../../src/channels/file.ts", import.meta.url).href)})
        const channel = fileChannel({ path: ${JSON.stringify(path)} })
        const message = { deliveryId: "d", jobId: "j", jobName: "n", runId: "r", chatId: "c", text: "x".repeat(5000) }
        const failure = await Effect.runPromise(Effect.flip(channel.send(message)))
        process.stdout.write(failure.message)`
      writeFileSync(path, "before\n")
      const said = execFileSync(
        "/bin/bash",
        ["-c", 'ulimit -f 1; exec "$0" --input-type=module -e "$1"', process.execPath, script],
        { encoding: "utf8" },
      )
      expect(said).toContain("EFBIG")
      expect(readFileSync(path, "utf8")).toBe("before\n")
    },
  )
})

describe("an appended answer", () => {
  test("stands behind what is there, under its head", async () => {
    const path = join(folder(), "answers.txt")
    writeFileSync(path, "before\n")
    await send(fileChannel({ path }), { text: "one\n" })
    await send(fileChannel({ path }), { text: "two", chatId: "team" })
    expect(readFileSync(path, "utf8")).toBe(
      "before\n[Morning digest] to default (run_1)\none\n\n[Morning digest] to team (run_1)\ntwo\n\n",
    )
  })

  test("makes the folders on its way", async () => {
    const path = join(folder(), "a", "b", "c", "answers.txt")
    await send(fileChannel({ path }))
    expect(readFileSync(path, "utf8")).toContain("All is well.")
  })

  test("goes through a link where one file was chosen for all", async () => {
    const at = folder()
    const [real, link] = [join(at, "real.txt"), join(at, "link.txt")] as const
    writeFileSync(real, "")
    symlinkSync(real, link)
    await send(fileChannel({ path: link }))
    expect(readFileSync(real, "utf8")).toContain("All is well.")
  })
})
