/** A night on which the clocks of a zone are set, written down by hand. */
export interface Change {
  /** The local day, and what the clocks show before and after. */
  readonly day: string
  readonly from: string
  readonly to: string
  /** The instant of the change. */
  readonly at: string
  /** A local time within the hour that is skipped, or shown twice. */
  readonly within: string
}

/** A zone with its two changes of 2026: forward, and back. */
export interface DstCase {
  readonly zone: string
  readonly gap: Change
  readonly overlap: Change
}

const change = (hours: string, at: string, within: string): Change => {
  const [day = "", from = "", , to = ""] = hours.split(" ")
  return { day, from, to, at: `2026-${at}`, within }
}

/** Whole hours and half ones, changes at midnight, both halves of the year, east and west. */
export const dstCases: ReadonlyArray<DstCase> = [
  {
    zone: "America/New_York",
    gap: change("2026-03-08 02:00 to 03:00", "03-08T07:00Z", "02:30"),
    overlap: change("2026-11-01 02:00 to 01:00", "11-01T06:00Z", "01:30"),
  },
  {
    zone: "America/Chicago",
    gap: change("2026-03-08 02:00 to 03:00", "03-08T08:00Z", "02:30"),
    overlap: change("2026-11-01 02:00 to 01:00", "11-01T07:00Z", "01:30"),
  },
  {
    zone: "America/Los_Angeles",
    gap: change("2026-03-08 02:00 to 03:00", "03-08T10:00Z", "02:30"),
    overlap: change("2026-11-01 02:00 to 01:00", "11-01T09:00Z", "01:30"),
  },
  {
    zone: "America/St_Johns",
    gap: change("2026-03-08 02:00 to 03:00", "03-08T05:30Z", "02:30"),
    overlap: change("2026-11-01 02:00 to 01:00", "11-01T04:30Z", "01:30"),
  },
  {
    zone: "America/Havana",
    gap: change("2026-03-08 00:00 to 01:00", "03-08T05:00Z", "00:30"),
    overlap: change("2026-11-01 01:00 to 00:00", "11-01T05:00Z", "00:30"),
  },
  {
    zone: "America/Santiago",
    gap: change("2026-09-06 00:00 to 01:00", "09-06T04:00Z", "00:30"),
    overlap: change("2026-04-04 24:00 to 23:00", "04-05T03:00Z", "23:30"),
  },
  {
    zone: "Atlantic/Azores",
    gap: change("2026-03-29 00:00 to 01:00", "03-29T01:00Z", "00:30"),
    overlap: change("2026-10-25 01:00 to 00:00", "10-25T01:00Z", "00:30"),
  },
  {
    zone: "Europe/London",
    gap: change("2026-03-29 01:00 to 02:00", "03-29T01:00Z", "01:30"),
    overlap: change("2026-10-25 02:00 to 01:00", "10-25T01:00Z", "01:30"),
  },
  {
    zone: "Europe/Vienna",
    gap: change("2026-03-29 02:00 to 03:00", "03-29T01:00Z", "02:30"),
    overlap: change("2026-10-25 03:00 to 02:00", "10-25T01:00Z", "02:30"),
  },
  {
    zone: "Europe/Athens",
    gap: change("2026-03-29 03:00 to 04:00", "03-29T01:00Z", "03:30"),
    overlap: change("2026-10-25 04:00 to 03:00", "10-25T01:00Z", "03:30"),
  },
  {
    zone: "Asia/Jerusalem",
    gap: change("2026-03-27 02:00 to 03:00", "03-27T00:00Z", "02:30"),
    overlap: change("2026-10-25 02:00 to 01:00", "10-24T23:00Z", "01:30"),
  },
  {
    zone: "Australia/Adelaide",
    gap: change("2026-10-04 02:00 to 03:00", "10-03T16:30Z", "02:30"),
    overlap: change("2026-04-05 03:00 to 02:00", "04-04T16:30Z", "02:30"),
  },
  {
    zone: "Australia/Sydney",
    gap: change("2026-10-04 02:00 to 03:00", "10-03T16:00Z", "02:30"),
    overlap: change("2026-04-05 03:00 to 02:00", "04-04T16:00Z", "02:30"),
  },
  {
    zone: "Australia/Lord_Howe",
    gap: change("2026-10-04 02:00 to 02:30", "10-03T15:30Z", "02:15"),
    overlap: change("2026-04-05 02:00 to 01:30", "04-04T15:00Z", "01:45"),
  },
  {
    zone: "Pacific/Auckland",
    gap: change("2026-09-27 02:00 to 03:00", "09-26T14:00Z", "02:30"),
    overlap: change("2026-04-05 03:00 to 02:00", "04-04T14:00Z", "02:30"),
  },
]

const minute = 60_000

export const instantOf = ({ at }: Change): number => Date.parse(at)

/** `30 2 * * *` for 02:30. */
export const fixedCron = ({ within }: Change): string => {
  const [hour = 0, minutes = 0] = within.split(":").map(Number)
  return `${minutes} ${hour} * * *`
}

const minutesOf = (time: string): number => {
  const [hour = 0, minutes = 0] = time.split(":").map(Number)
  return hour * 60 + minutes
}

/** A time that does not exist runs at the first instant after it. */
export const runInGap = ({ gap }: DstCase): number => instantOf(gap)

/** A time that comes twice runs at the first of the two. */
export const runInOverlap = ({ overlap }: DstCase): number =>
  instantOf(overlap) - (minutesOf(overlap.from) - minutesOf(overlap.within)) * minute

const utc = (at: number): string => new Date(at).toISOString().slice(0, 16).replace("T", " ")

/** The rows of the published table, as its page has them. */
export const dstRows = (): ReadonlyArray<string> =>
  dstCases.flatMap((one) => {
    const { zone, gap, overlap } = one
    return [
      `| ${zone} | ${gap.day}, ${gap.from} to ${gap.to} | \`${fixedCron(gap)}\` | ${utc(runInGap(one))} | the first instant after the gap |`,
      `| ${zone} | ${overlap.day}, ${overlap.from} back to ${overlap.to} | \`${fixedCron(overlap)}\` | ${utc(runInOverlap(one))} | once, at the first of the two |`,
    ]
  })
