import { mkdtempSync, mkdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** How long the slow answer takes: long enough to be killed in the middle of it. */
export const slowMs = 2_500

/** A fresh data folder whose agent is a small program, and whose answers go to files. */
export const makeStage = (): { readonly folder: string; readonly answers: string } => {
  const folder = mkdtempSync(join(tmpdir(), "horolog-demo-"))
  const answers = join(folder, "answers")
  mkdirSync(answers)
  writeFileSync(join(folder, "config.toml"), configuration(answers), { mode: 0o600 })
  return { folder, answers }
}

const configuration = (answers: string): string => `[agent]
kind = "command"
argv = ${JSON.stringify([process.execPath, "-e", agent])}

[channels.file]
folder = ${JSON.stringify(answers)}
`

/** An agent of three lines: it reads the prompt, takes its time when asked to, and answers. */
const agent = `
const prompt = require("node:fs").readFileSync(0, "utf8")
const answer = () => console.log("You asked: " + prompt.trim())
setTimeout(answer, prompt.includes("slowly") ? ${slowMs} : 50)
`
