import { readdirSync, readFileSync } from "node:fs"
import { Result } from "effect"
import { describe, expect, test } from "vitest"
import { checkFact, decodeFact, encodeFact, factTypes, type Encoded } from "../../events/codec.ts"
import type { Fact, FactType } from "../../events/fact.ts"
import { erased } from "../../events/text.ts"
import { schemaOf, type Upcasters } from "../../events/upcast.ts"

interface Golden {
  readonly stored: Encoded
  /** The fact as this release reads it. */
  readonly fact: Fact
}

const folder = new URL("golden/", import.meta.url)
const golden = (file: string) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Golden
const files = readdirSync(folder)

const reading = (stored: Encoded) => ({
  ...stored,
  hadText: stored.body !== null,
  writtenBy: "0.1.0",
})

describe("what was written once can be read for ever", () => {
  test.each(files)("%s", (file) => {
    const { stored, fact } = golden(file)
    expect(Result.getOrThrow(checkFact(reading(stored)))).toEqual(fact)
  })

  test("there is a golden file for every shape of every fact", () => {
    const shapes = [...factTypes].flatMap((type) =>
      Array.from({ length: schemaOf(type as FactType) }, (_, index) => `${type}.${index + 1}.json`),
    )
    expect(files.toSorted()).toEqual(shapes.toSorted())
  })

  test.each(
    files.filter((file) => golden(file).stored.schema === schemaOf(golden(file).fact.type)),
  )("%s is still written that way", (file) => {
    const { stored, fact } = golden(file)
    expect(encodeFact(fact)).toEqual(stored)
  })
})

describe("what this release cannot read it refuses, and says who can (behaviour 66)", () => {
  const { stored } = golden("run.failed.1.json")

  test("an unknown type", () => {
    const unknown = reading({ ...stored, type: "run.teleported" })
    const failure = Result.getOrThrow(Result.flip(decodeFact({ ...unknown, writtenBy: "9.1.0" })))
    expect(failure).toMatchObject({ reason: "unknown-type", writtenBy: "9.1.0" })
    expect(failure.message).toContain("Use horolog 9.1.0 or newer")
  })

  test("a newer shape", () => {
    const newer = reading({ ...stored, schema: 2 })
    const failure = Result.getOrThrow(Result.flip(decodeFact({ ...newer, writtenBy: "9.1.0" })))
    expect(failure).toMatchObject({ reason: "newer-schema", schema: 2 })
    expect(failure.message).toContain("shapes up to 1 are known here")
  })

  test.each([
    ["no JSON", "{"],
    ["a field that is missing", "{}"],
    [
      "a field of the wrong kind",
      '{"runId":7,"error":{"name":"E","class":"fatal"},"durationMs":1}',
    ],
    [
      "a field too many",
      '{"runId":"r","error":{"name":"E","class":"fatal"},"durationMs":1,"colour":"red"}',
    ],
  ])("a foreign row with %s", (_, data) => {
    const failure = Result.getOrThrow(Result.flip(checkFact(reading({ ...stored, data }))))
    expect(failure).toMatchObject({ reason: "malformed" })
  })
})

describe("text", () => {
  test("stands apart from the rest", () => {
    const { stored } = golden("job.added.1.json")
    expect(stored.data).not.toContain("Summarise my inbox.")
    expect(stored.body).toContain("Summarise my inbox.")
  })

  test("that was erased reads as erased, and the rest of the fact as it was", () => {
    const { stored, fact } = golden("run.failed.1.json")
    const read = Result.getOrThrow(decodeFact({ ...reading(stored), body: null }))
    expect(read).toEqual({
      ...fact,
      error: { name: "RateLimited", class: "retryable", message: erased },
    })
  })
})

describe("an older shape is lifted step by step", () => {
  const steps: Upcasters = {
    "alert.raised": [
      ({ why, ...rest }) => ({ ...rest, cause: why }),
      ({ count, ...rest }) => ({ ...rest, failuresInRow: count }),
    ],
  }
  const fact = { type: "alert.raised", cause: "failures", failuresInRow: 2 }

  test.each([
    [1, { why: "failures", count: 2 }],
    [2, { cause: "failures", count: 2 }],
    [3, { cause: "failures", failuresInRow: 2 }],
  ])("from shape %i", (schema, shape) => {
    const stored = { type: "alert.raised", schema, data: JSON.stringify(shape), body: null }
    expect(Result.getOrThrow(decodeFact(reading(stored), steps))).toEqual(fact)
  })
})
