import type { Comment, Delivery, Id, JobStatus, Notification, Presence, Ticket } from '../api/types'

/** One event of the live stream (`GET /api/v2/live`). */
export type LiveEvent = { seq?: number } & (
  | { kind: 'hello'; cursor: number }
  | { kind: 'reset'; cursor: number }
  | { kind: 'ticket'; ticket: Ticket }
  | { kind: 'comment'; ticket_id: Id; comment: Comment }
  | { kind: 'ticket_gone'; ticket_id: Id }
  | { kind: 'presence'; ticket_id: Id; presence: Presence[] }
  | { kind: 'notification'; notification: Notification }
  | { kind: 'job'; job_status: JobStatus }
  | { kind: 'delivery'; ticket_id: Id; comment_id: Id; delivery: Delivery }
  | { kind: 'views' }
  | { kind: 'alarm' }
  | { kind: 'user'; user_id: Id }
  | { kind: 'side_conversation'; ticket_id: Id }
  | { kind: 'display'; ticket_id?: Id; user_id?: Id }
)
/** Reads one event. A ticket that was deleted comes as a "ticket" that is "gone" and is told apart here; null for what can't be read. */
export function parseEvent(text: string): LiveEvent | null {
  let raw: { kind?: string; gone?: boolean } & object
  try { raw = JSON.parse(text) as typeof raw } catch { return null }
  if (typeof raw?.kind !== 'string') return null
  return (raw.kind === 'ticket' && raw.gone ? { ...raw, kind: 'ticket_gone' } : raw) as LiveEvent
}
export type LiveKind = LiveEvent['kind']
