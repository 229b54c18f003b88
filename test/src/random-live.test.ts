import { Effect } from "effect"
import { expect, test } from "vitest"
import { Random } from "../../src/random.ts"
import * as RandomLive from "../../src/random-live.ts"

const random = () => Effect.runSync(Effect.provide(Random, RandomLive.layer))

const uuidV7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

test("a uuid is of version 7, holds its instant, and sorts by it", () => {
  const { uuid } = random()
  const at = Date.UTC(2026, 10, 24)
  expect(uuid(at)).toMatch(uuidV7)
  expect(Number.parseInt(uuid(at).replaceAll("-", "").slice(0, 12), 16)).toBe(at)
  expect(uuid(at) < uuid(at + 1)).toBe(true)
})

test("no two are alike, across more than one page of randomness", () => {
  const { uuid, salt } = random()
  const made = Array.from({ length: 2_000 }, () => [uuid(1), salt()]).flat()
  expect(new Set(made).size).toBe(made.length)
  expect(salt()).toMatch(/^[\da-f]{32}$/)
})
