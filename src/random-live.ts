import { randomFillSync } from "node:crypto"
import { Layer } from "effect"
import { Random } from "./random.ts"

const poolSize = 4096
const saltSize = 16
const uuidRandomSize = 10

/** Randomness of the operating system, fetched a page at a time. */
export const layer = Layer.sync(Random, () => {
  const take = makePool()
  return Random.of({
    uuid: (at) => uuidV7(at, take(uuidRandomSize)),
    salt: () => take(saltSize).toString("hex"),
  })
})

const makePool = (): ((size: number) => Buffer) => {
  const pool = Buffer.alloc(poolSize)
  let used = poolSize
  return (size) => {
    if (used + size > poolSize) {
      randomFillSync(pool)
      used = 0
    }
    used += size
    return pool.subarray(used - size, used)
  }
}

/** 48 bits of time, then randomness, with the bits that say version 7 and variant 10. */
const uuidV7 = (at: number, random: Buffer): string => {
  const time = Math.max(0, Math.floor(at)).toString(16).padStart(12, "0").slice(-12)
  const version = (((random[0] ?? 0) & 0x0f) | 0x70).toString(16).padStart(2, "0")
  const variant = (((random[2] ?? 0) & 0x3f) | 0x80).toString(16).padStart(2, "0")
  const hex = random.toString("hex")
  const a = `${time.slice(0, 8)}-${time.slice(8)}`
  return `${a}-${version}${hex.slice(2, 4)}-${variant}${hex.slice(6, 8)}-${hex.slice(8)}`
}
