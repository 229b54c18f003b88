/** How much of an answer the table shows; the whole of it is in the log. */
export const outputMax = 8_000

/** The first `max` code points, then a mark. Never cuts a character in two, and never throws. */
export const cut = (text: string, max: number = outputMax): string => {
  if (text.length <= max) return text
  let end = 0
  for (let count = 0; count < max && end < text.length; count += 1) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1
  }
  return end >= text.length ? text : `${text.slice(0, end)}...[truncated]`
}
