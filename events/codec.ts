import { Result, Schema } from "effect"
import { Fact, type FactType } from "./fact.ts"
import { joinText, splitText, textPaths } from "./text.ts"
import { lift, schemaOf, upcasters, type Upcasters } from "./upcast.ts"

/** A fact as the log stores it: `data` and `body` are JSON, `body` is null without text. */
export interface Encoded {
  readonly type: string
  readonly schema: number
  readonly data: string
  readonly body: string | null
}

/** This release cannot read the fact; `writtenBy` is the release that can. */
export class UnreadableFact extends Schema.TaggedError<UnreadableFact>()("UnreadableFact", {
  type: Schema.String,
  schema: Schema.Int,
  writtenBy: Schema.String,
  reason: Schema.Literals(["unknown-type", "newer-schema", "malformed"]),
  detail: Schema.String,
}) {
  override get message(): string {
    const what = `fact ${this.type} (shape ${this.schema}) written by horolog ${this.writtenBy}`
    return this.reason === "malformed"
      ? `The ${what} is malformed: ${this.detail}`
      : `This release cannot read the ${what}: ${this.detail}. Use horolog ${this.writtenBy} or newer.`
  }
}

/** The types this release knows. */
export const factTypes: ReadonlySet<string> = new Set(
  Fact.members.map((member) => member.fields.type.schema.literal),
)

export const encodeFact = (fact: Fact): Encoded => {
  const { type } = fact
  const [rest, texts] = splitText(type, fact)
  const { type: _type, ...data } = rest
  return {
    type,
    schema: schemaOf(type),
    data: JSON.stringify(data),
    body: texts === null ? null : JSON.stringify(texts),
  }
}

/**
 * Reads a stored fact. `hadText` tells an erased body from one that never was. The shape itself is
 * taken on trust: what this log wrote, its hash chain vouches for. `checkFact` is for foreign rows.
 */
export const decodeFact = (
  stored: Encoded & { readonly hadText: boolean; readonly writtenBy: string },
  steps: Upcasters = upcasters,
): Result.Result<Fact, UnreadableFact> => {
  const problem = unreadable(stored, steps)
  if (problem !== undefined) return Result.fail(problem)
  const type = stored.type as FactType
  try {
    const texts = stored.body === null ? null : (JSON.parse(stored.body) as Record<string, string>)
    const paths = stored.hadText ? (textPaths[type] ?? []) : []
    const shape = joinText({ type, ...JSON.parse(stored.data) }, paths, texts)
    return Result.succeed(lift({ type, schema: stored.schema, shape }, steps) as unknown as Fact)
  } catch (cause) {
    return Result.fail(failed(stored, "malformed", String(cause)))
  }
}

const decodeStrictly = Schema.decodeUnknownResult(Fact)

/** Reads a fact that came from outside of this log, checking every field. */
export const checkFact = (
  stored: Encoded & { readonly hadText: boolean; readonly writtenBy: string },
): Result.Result<Fact, UnreadableFact> => {
  const decoded = decodeFact(stored)
  if (Result.isFailure(decoded)) return decoded
  const checked = decodeStrictly(decoded.success, { errors: "all", onExcessProperty: "error" })
  return Result.mapError(checked, (error) => failed(stored, "malformed", error.message))
}

const unreadable = (
  stored: Encoded & { readonly writtenBy: string },
  steps: Upcasters,
): UnreadableFact | undefined => {
  if (!factTypes.has(stored.type)) return failed(stored, "unknown-type", "the type is unknown here")
  const known = schemaOf(stored.type as FactType, steps)
  if (stored.schema <= known) return undefined
  return failed(stored, "newer-schema", `shapes up to ${known} are known here`)
}

const failed = (
  { type, schema, writtenBy }: { type: string; schema: number; writtenBy: string },
  reason: UnreadableFact["reason"],
  detail: string,
): UnreadableFact => new UnreadableFact({ type, schema, writtenBy, reason, detail })
