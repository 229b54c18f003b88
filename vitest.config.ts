import { availableParallelism } from "node:os"
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config"
import type { Reporter } from "vitest/node"

/** One line in the form any log reader knows: "12 passed, 0 failed, 1 skipped". */
const tally: Reporter = {
  onTestRunEnd(modules, unhandled) {
    const count = { passed: 0, failed: unhandled.length, skipped: 0, pending: 0 }
    for (const file of modules) {
      if (file.errors().length > 0) count.failed += 1
      for (const test of file.children.allTests()) count[test.result().state] += 1
    }
    process.stdout.write(
      `${count.passed} passed, ${count.failed + count.pending} failed, ${count.skipped} skipped\n`,
    )
  },
}

type Options = TestProjectInlineConfiguration["test"]

const project = (
  name: string,
  include: Array<string>,
  options: Options,
): TestProjectInlineConfiguration => ({ test: { name, include, ...options } })

// Files of one worker share their modules: no module is mocked and no global is left behind, so 40
// files take one second instead of 25.
const unit = project("unit", ["test/**/*.test.ts"], {
  exclude: [
    "test/**/*.crash.test.ts",
    "test/crash/**",
    "test/package/**",
    "test/sim/bites.test.ts",
  ],
  isolate: false,
  testTimeout: 20_000,
  sequence: { groupOrder: 0 },
})

// Real processes, killed for real: after the others and one file at a time, so that what they
// measure is the crash and not the crowd.
const crash = project("crash", ["test/**/*.crash.test.ts", "test/crash/**/*.test.ts"], {
  isolate: false,
  fileParallelism: false,
  testTimeout: 60_000,
  sequence: { groupOrder: 1 },
})

// The packed package, installed; slow, so it is asked for by name (`npm run check:package`).
const packed = project("package", ["test/package/**/*.test.ts"], {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  sequence: { groupOrder: 2 },
})

// Planted bugs, each looked for in a process of its own; `npm run sim:bites`.
const proof = project("proof", ["test/sim/bites.test.ts"], {
  // One process on each core; a test waits for its turn.
  maxConcurrency: availableParallelism(),
  testTimeout: 240_000,
  sequence: { groupOrder: 3 },
})

export default defineConfig({
  test: {
    reporters: ["default", tally],
    projects: [unit, crash, packed, proof],
    coverage: { include: ["events", "machines", "projections", "src"] },
  },
})
