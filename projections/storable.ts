/**
 * Text as every table holds it. What a database may not keep as it is (half a surrogate pair, a NUL)
 * becomes U+FFFD here, rather than something else in each of them.
 */
export const storable = (text: string): string => {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed()
  return wellFormed.includes("\0") ? wellFormed.replaceAll("\0", "\uFFFD") : wellFormed
}
