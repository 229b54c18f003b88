import { Result } from "effect"
import { decodeArguments } from "../../../src/tools/arguments.ts"
import { toolDefinitions } from "../../../src/tools/definitions.ts"

export const definition = (name: string) => {
  const tool = toolDefinitions.find((it) => it.name === name)
  if (tool === undefined) throw new Error(`no tool ${name}`)
  return tool
}

/** What the operation gets. */
export const understood = (name: string, args: unknown) =>
  Result.getOrThrow(decodeArguments(definition(name), args))

/** Why nothing gets to the operation. */
export const refused = (name: string, args: unknown) => {
  const decoded = decodeArguments(definition(name), args)
  if (Result.isSuccess(decoded)) throw new Error(`taken: ${JSON.stringify(decoded.success)}`)
  return decoded.failure
}

export const digest = { prompt: "Write the digest", every: "1h" }
