import { registerHooks } from "node:module"
import { bugs } from "./bugs.ts"

/**
 * Loaded before anything else (`node --import`): makes the modules of the scheduler wrong in the way
 * that HOROLOG_BUG names, as they are loaded. What is on the disk stays as it is.
 */
const name = process.env["HOROLOG_BUG"]
const bug = bugs.find((one) => one.name === name)
if (name !== undefined && bug === undefined) throw new Error(`There is no bug ${name}.`)

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context)
    const edits = (bug?.edits ?? []).filter(({ file }) => url.endsWith(`/${file}`))
    if (edits.length === 0 || loaded.source === undefined) return loaded
    const source = edits.reduce(
      (text, { find, replace }) => planted(text, find, replace),
      Buffer.from(loaded.source as Uint8Array).toString(),
    )
    return { ...loaded, source }
  },
})

/** Exactly one place: a bug that fits nowhere any more must not pass for one that was not found. */
const planted = (text: string, find: string, replace: string): string => {
  const parts = text.split(find)
  if (parts.length !== 2) {
    throw new Error(`The bug ${name} fits ${parts.length - 1} places; expected one: ${find}`)
  }
  return parts.join(replace)
}
