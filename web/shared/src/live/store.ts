import { shallowReactive } from 'vue'
import type { Comment, Group, Id, JobStatus, Notification, Organization, Presence, SideLoads, Ticket, User } from '../api/types'
import type { LiveEvent } from './events'

/** Everything the workspace knows, once per entity. Lists hold ids and read from here, so a change shows everywhere. */
export interface DeskStore {
  cursor: number
  tickets: Map<Id, Ticket>
  comments: Map<Id, Map<Id, Comment>>
  users: Map<Id, User>
  organizations: Map<Id, Organization>
  groups: Map<Id, Group>
  presence: Map<Id, Presence[]>
  jobs: Map<string, JobStatus>
  notifications: Map<Id, Notification>
  gone: Set<Id>
}

/** An empty store whose maps are reactive one level deep (entities are replaced, never mutated). */
export function createStore(): DeskStore {
  return {
    cursor: 0, tickets: shallowReactive(new Map()), comments: shallowReactive(new Map()), users: shallowReactive(new Map()),
    organizations: shallowReactive(new Map()), groups: shallowReactive(new Map()), presence: shallowReactive(new Map()),
    jobs: shallowReactive(new Map()), notifications: shallowReactive(new Map()), gone: shallowReactive(new Set()),
  }
}

/** True when stamp `a` is at least as new as `b`; stamps are numbers or sortable texts. */
export function atLeastAsNew(a: string | number, b: string | number): boolean {
  const [x, y] = [Number(a), Number(b)]
  return Number.isNaN(x) || Number.isNaN(y) ? String(a) >= String(b) : x >= y
}

/** Puts a ticket read from the server in, unless a newer one is there or it has been deleted since. */
export function putTicket(store: DeskStore, ticket: Ticket): void {
  if (store.gone.has(ticket.id)) return
  const known = store.tickets.get(ticket.id)
  if (!known || atLeastAsNew(ticket.updated_stamp, known.updated_stamp)) store.tickets.set(ticket.id, ticket)
}

/** Puts a comment in; a second copy replaces the first. */
export function putComment(store: DeskStore, ticketId: Id, comment: Comment): void {
  let list = store.comments.get(ticketId)
  if (!list) store.comments.set(ticketId, (list = shallowReactive(new Map<Id, Comment>())))
  list.set(comment.id, comment)
}

/** Puts the side-loaded people, groups and organizations of any answer in. */
export function putSideLoads(store: DeskStore, answer: SideLoads): void {
  answer.users?.forEach((u) => store.users.set(u.id, u))
  answer.organizations?.forEach((o) => store.organizations.set(o.id, o))
  answer.groups?.forEach((g) => store.groups.set(g.id, g))
}

const UNNUMBERED = new Set(['hello', 'reset', 'presence'])

/** Applies one event. Applying the same events again changes nothing. Returns false when it was old news. */
export function applyEvent(store: DeskStore, event: LiveEvent): boolean {
  if (event.seq !== undefined && !UNNUMBERED.has(event.kind)) {
    if (event.seq <= store.cursor) return false
    store.cursor = event.seq
  }
  switch (event.kind) {
    case 'hello': store.cursor = Math.max(store.cursor, event.cursor); break
    case 'ticket': store.gone.delete(event.ticket.id); putTicket(store, event.ticket); break
    case 'comment': putComment(store, event.ticket_id, event.comment); break
    case 'ticket_gone':
      store.gone.add(event.ticket_id)
      for (const map of [store.tickets, store.comments, store.presence]) map.delete(event.ticket_id)
      break
    case 'presence':
      if (event.presence.length) store.presence.set(event.ticket_id, event.presence)
      else store.presence.delete(event.ticket_id)
      break
    case 'notification': store.notifications.set(event.notification.id, event.notification); break
    case 'job': store.jobs.set(event.job_status.id, event.job_status); break
    case 'delivery': {
      const comment = store.comments.get(event.ticket_id)?.get(event.comment_id)
      if (comment) putComment(store, event.ticket_id, { ...comment, delivery: event.delivery })
      break
    }
    case 'reset': store.cursor = event.cursor; break
    case 'user': case 'views': case 'alarm': case 'side_conversation': case 'display': break // whoever shows them reads them again
  }
  return true
}
