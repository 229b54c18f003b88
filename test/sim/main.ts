import { runWorld } from "./world.ts"
import { scriptOf } from "./scripts.ts"
const from = Number(process.argv[2] ?? 1),
  n = Number(process.argv[3] ?? 1)
const t = performance.now()
const sum: Record<string, number> = {}
for (let seed = from; seed < from + n; seed++) {
  const script = scriptOf(seed)
  const out = await runWorld(script)
  for (const [k, v] of Object.entries(out.counts)) sum[k] = (sum[k] ?? 0) + v
  if (out.violation) {
    console.log(seed, script.profile, out.violation.message)
    if (n === 1) console.log(out.trace.join("\n"), JSON.stringify(script.settings))
  } else if (n < 4) console.log(seed, script.profile, out.hash, JSON.stringify(out.counts))
}
console.log(n, sum, performance.now() - t)
