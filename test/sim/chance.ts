import { randomFrom } from "../kit/random.ts"

/** Chance that repeats itself. */
export type Chance = ReturnType<typeof randomFrom>

/**
 * Chance of its own for everything that has a name: what one thing does never shifts what another
 * does, so that a world with fewer decisions is otherwise the same world.
 */
export const chanceOf = (seed: number, ...names: ReadonlyArray<string | number>): Chance =>
  randomFrom(names.reduce<number>((mixed, name) => mix(mixed, String(name)), seed >>> 0))

const mix = (seed: number, text: string): number => {
  let mixed = seed ^ 0x9e3779b9
  for (let at = 0; at < text.length; at += 1) {
    mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x01000193) >>> 0
  }
  return (mixed ^ (mixed >>> 15)) >>> 0
}

/** One of the choices, each as likely as its weight says. */
export const weighted = <T>(
  chance: Chance,
  choices: ReadonlyArray<readonly [weight: number, choice: T]>,
): T => {
  const total = choices.reduce((sum, [weight]) => sum + weight, 0)
  let left = chance.next() * total
  for (const [weight, choice] of choices) {
    left -= weight
    if (left < 0) return choice
  }
  const last = choices.at(-1)
  if (last === undefined) throw new RangeError("weighted: there is nothing to choose from")
  return last[1]
}

/** A whole number from `min` up to and with `max`. */
export const between = ({ below }: Chance, min: number, max: number): number =>
  min + below(max - min + 1)
