import { ApiError, type ConflictBody, type Id, type Ticket } from '@tugi/shared/api'
import { putTicket } from '@tugi/shared/live'
import { ref, type Ref } from 'vue'
import { api, queryClient, store } from '../app/desk'
import type { Written } from './composer/Composer.vue'
import { clashes, resolve, type Conflict, type FieldKey, type TicketEdit } from './edit'

type Ask = Written | null

function body(edit: TicketEdit, written: Ask): Record<string, unknown> {
  const ticket: Record<string, unknown> = edit.body()
  if (written && (written.html || written.uploads.length)) {
    ticket.comment = { html_body: written.html, public: written.public, uploads: written.uploads, ...(written.sendAt ? { send_at: written.sendAt } : {}) }
  }
  return ticket
}

/** The refused save with the ticket as it is now, so that both values can be shown. */
async function newest(refusal: ConflictBody): Promise<Conflict> {
  const { ticket } = await api.get<{ ticket: Ticket }>(`/tickets/${refusal.ticket_id}`)
  putTicket(store, ticket)
  return { ...refusal, ticket }
}

/** How often a save is tried again over somebody's newer changes before it counts as failed. */
const TRIES = 3

/** Saves a ticket's changes together with what was written; when somebody else's change is in the way, `conflict` is set until it is resolved. */
export function useSaving(id: Ref<Id>, edit: TicketEdit) {
  const conflict = ref<Conflict | null>(null)
  const busy = ref(false)
  let waiting: Ask = null

  /** True when saved, false when there is a conflict to resolve first. Throws what else goes wrong. */
  async function save(written: Ask, tries = TRIES): Promise<boolean> {
    busy.value = true
    const ticket = id.value
    // a status chosen with the submit button is a change like the others: somebody may have changed it too
    if (written?.status) edit.set('status', written.status)
    try {
      const answer = await api.put<{ ticket: Ticket }>(`/tickets/${ticket}`, { ticket: body(edit, written) })
      putTicket(store, answer.ticket)
      if (ticket === id.value) edit.reset()
      if (written) void queryClient.invalidateQueries({ queryKey: ['comments', ticket] })
      return true
    } catch (e) {
      if (!(e instanceof ApiError && e.conflict) || !tries) throw e
      const found = await newest(e.conflict)
      waiting = written && { ...written, status: null }
      if (clashes(edit.changes.value, found).length) { conflict.value = found; return false }
      edit.reset(resolve(edit.changes.value, found, {}), found.ticket.updated_stamp)
      return await save(written && { ...written, status: null }, tries - 1)
    } finally { busy.value = false }
  }
  async function settle(keep: Record<FieldKey, 'mine' | 'theirs'>): Promise<boolean> {
    const found = conflict.value
    if (!found) return false
    conflict.value = null
    edit.reset(resolve(edit.changes.value, found, keep), found.ticket.updated_stamp)
    return await save(waiting)
  }
  return { conflict, busy, save, settle, waiting: () => waiting }
}
