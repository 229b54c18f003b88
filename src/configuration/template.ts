import { keys, variableOf, type Key } from "./keys.ts"

/** The `config.toml` that `horolog init` writes: every key, said and commented out. */
export const template = (): string => {
  const bySection = Map.groupBy(keys, ({ path }) => path.slice(0, path.lastIndexOf(".")))
  const parts = [...bySection].map(
    ([section, ofSection]) => `[${section}]\n${ofSection.map(entry).join("\n")}`,
  )
  return `${head}\n\n${parts.join("\n\n")}\n`
}

const head = `# Configuration of horolog. Every key shows its default or an example; take the # away to set it.
# The environment wins over this file (${variableOf("gateway.port")}=4800), and flags win over both
# (horolog serve --set gateway.port=4800). \`horolog config\` shows what holds, and why.`

const entry = ({ path, says, fallback, example }: Key): string =>
  `# ${says}\n# ${path.slice(path.lastIndexOf(".") + 1)} = ${example ?? JSON.stringify(fallback)}`
