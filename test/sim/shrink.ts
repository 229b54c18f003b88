import type { Decision, Script } from "./script.ts"
import { runWorld } from "./world.ts"

/** How many worlds are lived through to make one smaller. */
const worldsMax = 120

/**
 * The same failure with as few decisions as can be found: halves, quarters and so on are left out for
 * as long as the same rule is still broken.
 */
export const shrink = async (script: Script, rule: string): Promise<Script> => {
  let decisions = script.decisions
  const tried = { worldsCount: 0 }
  const fails = async (kept: ReadonlyArray<Decision>): Promise<boolean> => {
    tried.worldsCount += 1
    const { violation } = await runWorld({ ...script, decisions: kept })
    return violation?.rule === rule
  }
  let size = Math.ceil(decisions.length / 2)
  while (size >= 1 && tried.worldsCount < worldsMax) {
    const before = decisions.length
    for (let from = 0; from < decisions.length && tried.worldsCount < worldsMax;) {
      const kept = decisions.toSpliced(from, size)
      if (await fails(kept)) decisions = kept
      else from += size
    }
    if (size === 1 && decisions.length === before) break
    size = size === 1 ? 1 : Math.ceil(size / 2)
  }
  return { ...script, decisions }
}
