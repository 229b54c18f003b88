import type { FactType } from "./fact.ts"

/** What stands in a fact where its text was, once it is erased. */
export const erased = "[erased]"

/**
 * Where free text stands in a fact: prompts, answers, errors, chat, and names (which are often the
 * beginning of a prompt). It is stored apart from the rest, so that it can go while the fact stays.
 */
export const textPaths: Partial<Record<FactType, ReadonlyArray<string>>> = {
  "job.added": ["name", "prompt"],
  "job.updated": ["patch.name", "patch.prompt", "before.name", "before.prompt"],
  "run.succeeded": ["output"],
  "run.failed": ["error.message"],
  "run.cancelled": ["reason"],
  "delivery.failed": ["error"],
  "message.added": ["content"],
  "session.titled": ["title"],
  "session.compacted": ["summary"],
  "command.refused": ["message"],
  "alert.raised": ["message"],
  "alert.cleared": ["message"],
}

type Tree = { readonly [key: string]: unknown }

/** The fact without its texts, and the texts by path; null when it has none. */
export const splitText = (
  type: FactType,
  fact: Tree,
): readonly [rest: Tree, texts: Record<string, string> | null] => {
  let rest: Tree = fact
  let texts: Record<string, string> | null = null
  for (const path of textPaths[type] ?? []) {
    const [outer, inner] = path.split(".") as [string, string?]
    const holder = inner === undefined ? rest : (rest[outer] as Tree | undefined)
    const text = holder?.[inner ?? outer]
    if (typeof text !== "string") continue
    texts = Object.assign(texts ?? {}, { [path]: text })
    rest = without(rest, outer, inner)
  }
  return [rest, texts]
}

const without = (tree: Tree, outer: string, inner: string | undefined): Tree => {
  if (inner !== undefined) {
    return { ...tree, [outer]: without(tree[outer] as Tree, inner, undefined) }
  }
  const { [outer]: _gone, ...others } = tree
  return others
}

/** Puts the texts back. A text that was erased reads `[erased]`: `paths` says where one stood. */
export const joinText = (
  rest: Tree,
  paths: ReadonlyArray<string>,
  texts: Readonly<Record<string, string>> | null,
): Tree => {
  let fact = rest
  for (const path of paths) {
    const [outer, inner] = path.split(".") as [string, string?]
    const text = texts === null ? erased : texts[path]
    if (text === undefined) continue
    fact =
      inner === undefined
        ? { ...fact, [outer]: text }
        : { ...fact, [outer]: { ...(fact[outer] as Record<string, unknown>), [inner]: text } }
  }
  return fact
}
