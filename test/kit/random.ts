/** Numbers that look random and are the same for the same seed (mulberry32). */
export const randomFrom = (seed: number) => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    below: (bound: number): number => Math.floor(next() * bound),
    pick: <T>(choices: readonly [T, ...ReadonlyArray<T>]): T =>
      choices[Math.floor(next() * choices.length)] ?? choices[0],
  }
}
