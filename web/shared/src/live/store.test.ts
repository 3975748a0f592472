import { describe, expect, it } from 'vitest'
import type { Comment, Delivery, JobStatus, Ticket } from '../api/types'
import type { LiveEvent } from './events'
import { applyEvent, createStore, putComment, putTicket, type DeskStore } from './store'

const ticket = (id: number, stamp: number, more: Partial<Ticket> = {}) => ({ id, updated_stamp: stamp, subject: `T${id}`, status: 'open', tags: [], ...more }) as Ticket
const comment = (id: number, delivery: Delivery | null = null) => ({ id, body: `C${id}`, delivery }) as Comment
const sent: Delivery = { state: 'sent', at: '2026-11-22T07:00:00Z', error: null, outbound_id: 9 }

/** What a client sees that reads everything from the server at once. */
function fresh(tickets: Ticket[], comments: [number, Comment][], job: JobStatus): DeskStore {
  const store = createStore()
  tickets.forEach((t) => putTicket(store, t))
  comments.forEach(([id, c]) => putComment(store, id, c))
  store.jobs.set(job.id, job)
  return store
}
const shape = (s: DeskStore) => ({ tickets: new Map(s.tickets), comments: [...s.comments].map(([k, v]) => [k, new Map(v)]), users: new Map(s.users), presence: new Map(s.presence), jobs: new Map(s.jobs) })

const history: LiveEvent[] = [
  { seq: 1, kind: 'ticket', ticket: ticket(1, 1) },
  { seq: 2, kind: 'comment', ticket_id: 1, comment: comment(11) },
  { seq: 3, kind: 'ticket', ticket: ticket(2, 1) },
  { seq: 4, kind: 'ticket', ticket: ticket(1, 2, { status: 'pending' }) },
  { seq: 5, kind: 'delivery', ticket_id: 1, comment_id: 11, delivery: sent },
  { seq: 6, kind: 'job', job_status: { id: 'V3-1', status: 'completed' } as JobStatus },
  { seq: 7, kind: 'ticket_gone', ticket_id: 2 },
]
const end = () => fresh([ticket(1, 2, { status: 'pending' })], [[1, comment(11, sent)]], { id: 'V3-1', status: 'completed' } as JobStatus)

describe('live store', () => {
  it('state before and the events after it give the fresh state, from every point in the history', () => {
    for (let from = 0; from <= history.length; from++) {
      const store = createStore()
      history.slice(0, from).forEach((e) => applyEvent(store, e))
      history.slice(from).forEach((e) => applyEvent(store, e))
      expect(shape(store)).toEqual(shape(end()))
    }
  })
  it('applying events twice changes nothing', () => {
    const store = createStore()
    for (const e of [...history, ...history]) applyEvent(store, e)
    expect(shape(store)).toEqual(shape(end()))
    expect(applyEvent(store, history[3]!)).toBe(false)
  })
  it('an answer that is older than an event does not win', () => {
    const store = createStore()
    applyEvent(store, { seq: 4, kind: 'ticket', ticket: ticket(1, 10, { subject: 'new' }) })
    putTicket(store, ticket(1, 9, { subject: 'old' }))
    expect(store.tickets.get(1)!.subject).toBe('new')
  })
  it('a late answer does not bring a deleted ticket back, a restore does', () => {
    const store = createStore()
    applyEvent(store, { seq: 1, kind: 'ticket_gone', ticket_id: 1 })
    putTicket(store, ticket(1, 1))
    expect(store.tickets.has(1)).toBe(false)
    applyEvent(store, { seq: 2, kind: 'ticket', ticket: ticket(1, 2) })
    expect(store.tickets.has(1)).toBe(true)
  })
  it('presence replaces what was known and goes when empty', () => {
    const store = createStore()
    applyEvent(store, { kind: 'presence', ticket_id: 1, presence: [{ user_id: 7, name: 'Mari', doing: 'answering' }] })
    expect(store.presence.get(1)![0]!.doing).toBe('answering')
    applyEvent(store, { kind: 'presence', ticket_id: 1, presence: [] })
    expect(store.presence.has(1)).toBe(false)
  })
})
