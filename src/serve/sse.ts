import { Schedule, Stream } from "effect"
import type { Recorded } from "../../events/envelope.ts"
import type { Refusal } from "../../machines/refusal.ts"
import { refusalJson } from "./refusals.ts"

/** A fact as a server-sent event. Its id is the position, so a reader resumes where it stopped. */
export const frame = (recorded: Recorded): string =>
  `id: ${recorded.position}\nevent: ${recorded.fact.type}\ndata: ${JSON.stringify(recorded)}\n\n`

/** What keeps proxies and readers from taking silence for death. */
const keepAlive = ": keep-alive\n\n"

const keepAliveEvery = "15 seconds"

/** Facts as the bytes of an event stream. A log that fails says so in a last event. */
export const frames = (facts: Stream.Stream<Recorded, Refusal>): Stream.Stream<Uint8Array> =>
  Stream.make(": horolog\n\n").pipe(
    Stream.concat(Stream.map(facts, frame)),
    Stream.catch((refusal) =>
      Stream.make(`event: error\ndata: ${JSON.stringify(refusalJson(refusal))}\n\n`),
    ),
    Stream.merge(
      Stream.map(Stream.fromSchedule(Schedule.spaced(keepAliveEvery)), () => keepAlive),
      {
        haltStrategy: "left",
      },
    ),
    Stream.encodeText,
  )

/** Where a reader wants to go on: `Last-Event-ID`, else `?after=`, else from the beginning. */
export const resumeAfter = (
  lastEventId: string | undefined,
  after: string | null,
): number | undefined => {
  const text = lastEventId ?? after ?? "0"
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
