import type { Comment, Delivery, Id, JobStatus, Notification, Presence, Ticket, User } from '../api/types'

/** One event of the live stream (`GET /api/v2/live`). */
export type LiveEvent = { seq?: number } & (
  | { kind: 'hello'; cursor: number }
  | { kind: 'reset' }
  | { kind: 'ticket'; ticket: Ticket }
  | { kind: 'comment'; ticket_id: Id; comment: Comment }
  | { kind: 'ticket_gone'; ticket_id: Id }
  | { kind: 'presence'; ticket_id: Id; presence: Presence[] }
  | { kind: 'notification'; notification: Notification }
  | { kind: 'job'; job_status: JobStatus }
  | { kind: 'delivery'; ticket_id: Id; comment_id: Id; delivery: Delivery }
  | { kind: 'views' }
  | { kind: 'alarm' }
  | { kind: 'user'; user: User }
)
export type LiveKind = LiveEvent['kind']
