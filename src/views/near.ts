import leven from "leven"

const matchesMax = 3

/** The words that `word` was most likely meant to be: the nearest ones, or none when all are far. */
export const nearest = (word: string, words: Iterable<string>): ReadonlyArray<string> => {
  const wanted = word.toLowerCase()
  const distanceMax = Math.max(2, Math.floor(wanted.length / 3))
  const near = [...new Set(words)]
    .map((candidate) => ({ candidate, distance: distanceOf(wanted, candidate, distanceMax) }))
    .filter(({ distance }) => distance <= distanceMax)
  const least = near.reduce((least, { distance }) => Math.min(least, distance), distanceMax)
  return near
    .filter(({ distance }) => distance === least)
    .map(({ candidate }) => candidate)
    .toSorted()
    .slice(0, matchesMax)
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
