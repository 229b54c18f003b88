/** A rule of the system that a world has seen broken. */
export class Violation extends Error {
  readonly rule: string

  constructor(rule: string, message: string) {
    super(`${rule}: ${message}`)
    this.rule = rule
  }
}

/** Ends the world when what must hold does not. */
export const mustHold = (holds: boolean, rule: string, message: () => string): void => {
  if (!holds) throw new Violation(rule, message())
}

/** The first rule that was broken in a world; what runs inside of an effect cannot throw it. */
export interface Verdict {
  /** Runs a check, and keeps what it throws. */
  readonly guard: (check: () => void) => void
  readonly violation: () => Violation | undefined
}

export const makeVerdict = (): Verdict => {
  let violation: Violation | undefined
  const guard = (check: () => void): void => {
    try {
      check()
    } catch (thrown) {
      violation ??= thrown instanceof Violation ? thrown : new Violation("a fault", stackOf(thrown))
    }
  }
  return { guard, violation: () => violation }
}

const stackOf = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
