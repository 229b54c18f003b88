import { randomFillSync } from "node:crypto"
import { Context, Layer } from "effect"

/** The one source of randomness. */
export class Random extends Context.Service<
  Random,
  {
    /** A uuid of version 7 for the instant `at`. */
    readonly uuid: (at: number) => string
    /** 16 random bytes, in hex. */
    readonly salt: () => string
  }
>()("horolog/Random") {
  /** The system's randomness. */
  static readonly layer = Layer.sync(Random, () => Random.of(makeRandom()))
}

const hexPerSalt = 32
const poolBytes = 4_096

/** Randomness fetched from the system by the page: one call for 256 salts. */
export const makeRandom = (): Random["Service"] => {
  const pool = Buffer.alloc(poolBytes)
  let hex = ""
  let used = 0
  const salt = (): string => {
    if (used >= hex.length) {
      hex = randomFillSync(pool).toString("hex")
      used = 0
    }
    used += hexPerSalt
    return hex.slice(used - hexPerSalt, used)
  }
  return { salt, uuid: (at) => uuidOf(at, salt()) }
}

/** 48 bits of time, then the version, the variant and 74 of the given random bits. */
const uuidOf = (at: number, random: string): string => {
  const time = Math.trunc(Math.max(at, 0)).toString(16).padStart(12, "0")
  const variant = "89ab"[Number.parseInt(random.charAt(3), 16) & 3]
  const tail = `7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-${tail}`
}
