import { describe, expect, test } from "vitest"
import { makeRandom } from "../../src/random.ts"

const { salt, uuid } = makeRandom()

describe("randomness", () => {
  test("gives salts of 16 bytes, none of them twice", () => {
    const salts = Array.from({ length: 2_000 }, salt)
    expect(new Set(salts).size).toBe(2_000)
    expect(salts.every((one) => /^[0-9a-f]{32}$/.test(one))).toBe(true)
  })

  test("gives uuids of version 7 that begin with their time", () => {
    const at = Date.UTC(2026, 10, 24, 12)
    const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    const uuids = Array.from({ length: 2_000 }, () => uuid(at))
    expect(new Set(uuids).size).toBe(2_000)
    expect(uuids.every((one) => shape.test(one))).toBe(true)
    expect(Number.parseInt(uuid(at).replace("-", "").slice(0, 12), 16)).toBe(at)
    expect(new Set(uuids.map((one) => one.charAt(19)))).toEqual(new Set("89ab"))
    expect(uuid(at) < uuid(at + 1)).toBe(true)
  })
})
