#!/usr/bin/env node
// Nothing is imported before the version is known to do: an old Node gets a sentence, not a stack.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
if (major > 22 || (major === 22 && minor >= 19)) await import("./main.ts")
else {
  process.stderr.write(
    `horolog needs Node 22.19 or newer and this is ${process.version}: install a newer one, or run "npx -y -p node@24 -p horolog horolog".\n`,
  )
  process.exitCode = 1
}

export {}
