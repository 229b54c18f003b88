/** Which of so many parts a key belongs to, for those who have no room for all keys at once. */
export const partOf = (key: string, partsCount: number): number => {
  if (partsCount === 1) return 0
  let mixed = 0
  for (let at = 0; at < key.length; at += 1) {
    mixed = (Math.imul(mixed, 31) + key.charCodeAt(at)) >>> 0
  }
  return mixed % partsCount
}
