import leven from "leven"

const matchesMax = 3

/** The words that `word` was most likely meant to be, nearest first; none when all are far off. */
export const nearest = (word: string, words: Iterable<string>): ReadonlyArray<string> => {
  const wanted = word.toLowerCase()
  const distanceMax = Math.max(2, Math.floor(wanted.length / 3))
  return [...new Set(words)]
    .map((candidate) => ({ candidate, distance: distanceOf(wanted, candidate, distanceMax) }))
    .filter(({ distance }) => distance <= distanceMax)
    .toSorted((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, matchesMax)
    .map(({ candidate }) => candidate)
}

/** A word that begins with what was typed, or holds it whole, is near however long it goes on. */
const distanceOf = (wanted: string, candidate: string, distanceMax: number): number => {
  const word = candidate.toLowerCase()
  if (wanted.length >= 3 && word.includes(wanted)) return 1
  return leven(wanted, word, { maxDistance: distanceMax + 1 })
}

/** `Did you mean a or b?`, or undefined when nothing is near. */
export const didYouMean = (matches: ReadonlyArray<string>): string | undefined =>
  matches.length === 0 ? undefined : `Did you mean ${matches.join(" or ")}?`
