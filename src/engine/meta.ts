import type { Actor, Meta } from "../../events/envelope.ts"

/** Which release and which boot records. */
export interface Stamp {
  readonly app: string
  readonly instance: string
}

/** By whom, through which command and because of what: what every fact is recorded with. */
export const metaOf = (
  command: { readonly id: string; readonly name: string },
  { by, correlationId }: { readonly by: Actor; readonly correlationId?: string },
  stamp: Stamp,
): Meta => ({
  actor: by,
  command,
  correlationId: correlationId ?? command.id,
  ...(by.runId !== undefined && { causationId: by.runId }),
  ...stamp,
})
