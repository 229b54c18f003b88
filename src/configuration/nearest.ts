import leven from "leven"

/** The candidate a reader most likely meant, or none when all are too far from `word`. */
export const nearest = (word: string, candidates: ReadonlyArray<string>): string | undefined => {
  const distanceMax = Math.max(2, Math.floor(word.length / 3))
  const near = candidates
    .map((candidate) => ({ candidate, distance: leven(word, candidate) }))
    .filter((one) => one.distance <= distanceMax)
    .toSorted((a, b) => a.distance - b.distance)
  return near[0]?.candidate
}
