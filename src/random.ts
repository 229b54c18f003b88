import { Context } from "effect"

/** The one source of randomness. */
export class Random extends Context.Service<
  Random,
  {
    /** A uuid of version 7 for the instant `at`. */
    readonly uuid: (at: number) => string
    /** 16 random bytes, in hex. */
    readonly salt: () => string
  }
>()("horolog/Random") {}
