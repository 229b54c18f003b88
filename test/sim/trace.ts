/** What happened last, for whoever has to find out why. */
export interface Trace {
  readonly note: (line: string) => void
  readonly lines: () => ReadonlyArray<string>
}

const linesMax = 160

export const makeTrace = (now: () => number): Trace => {
  let lines: Array<readonly [at: number, line: string]> = []
  return {
    note: (line) => {
      lines.push([now(), line])
      if (lines.length > 2 * linesMax) lines = lines.slice(-linesMax)
    },
    lines: () =>
      lines.slice(-linesMax).map(([at, line]) => `${new Date(at).toISOString()} ${line}`),
  }
}
