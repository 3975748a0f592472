import type { Audit, Comment, CursorPage, Id, SideLoads, Ticket } from '@tugi/shared/api'
import { putComment, putSideLoads, putTicket } from '@tugi/shared/live'
import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, onScopeDispose, ref, watch, type Ref } from 'vue'
import { api, live, store } from '../app/desk'

const PAGE = 40

/** One ticket, read once and then kept by the live store. */
export function useTicket(id: Ref<Id>) {
  const query = useQuery({
    queryKey: ['ticket', id], staleTime: 5000,
    queryFn: async () => {
      const answer = await api.get<{ ticket: Ticket } & SideLoads>(`/tickets/${id.value}`, { include: 'users,groups,organizations' })
      putSideLoads(store, answer)
      putTicket(store, answer.ticket)
      return answer.ticket.id
    },
  })
  return { query, ticket: computed(() => store.tickets.get(id.value)) }
}

/** A ticket's comments, newest page first; older ones are read when asked for. */
export function useComments(id: Ref<Id>) {
  const after = ref<string | null>(null)
  const loadingOlder = ref(false)
  async function read(cursor: string | null) {
    const ticket = id.value
    const page = await api.get<CursorPage<'comments', Comment>>(`/tickets/${ticket}/comments`, { include: 'users', sort: '-created_at', 'page[size]': PAGE, 'page[after]': cursor })
    putSideLoads(store, page)
    page.comments.forEach((c) => putComment(store, ticket, c))
    if (ticket === id.value) after.value = page.meta.has_more ? page.meta.after_cursor : null
    return page.comments.length
  }
  const query = useQuery({ queryKey: ['comments', id], staleTime: 5000, queryFn: () => read(null) })
  async function loadOlder() {
    loadingOlder.value = true
    try { await read(after.value) } finally { loadingOlder.value = false }
  }
  const comments = computed(() => [...(store.comments.get(id.value)?.values() ?? [])].sort((a, b) => a.created_at.localeCompare(b.created_at) || a.id - b.id))
  return { query, comments, hasOlder: computed(() => after.value !== null), loadingOlder, loadOlder }
}

/** A ticket's audits, read only while they are shown, and again after each change. */
export function useAudits(id: Ref<Id>, shown: Ref<boolean>) {
  const client = useQueryClient()
  const { data } = useQuery({
    queryKey: ['audits', id], enabled: shown,
    queryFn: async () => {
      const page = await api.get<CursorPage<'audits', Audit>>(`/tickets/${id.value}/audits`, { include: 'users', sort: '-created_at', 'page[size]': 100 })
      putSideLoads(store, page)
      return page.audits
    },
  })
  onScopeDispose(live.on('ticket', (e) => { if (e.ticket.id === id.value && shown.value) void client.invalidateQueries({ queryKey: ['audits', id.value] }) }))
  return computed(() => (shown.value ? data.value ?? [] : []))
}

const BEAT = 20_000

/** Tells the others what this agent does here, while the page is open, and who else is here. */
export function usePresence(id: Ref<Id>, doing: Ref<'viewing' | 'answering'>, mine: () => Id | null | undefined) {
  const tell = (ticket: Id, what: string) => api.put(`/tickets/${ticket}/presence`, { doing: what }).catch(() => undefined)
  const timer = setInterval(() => void tell(id.value, doing.value), BEAT)
  watch([id, doing], ([ticket, what], [before]) => { if (before && before !== ticket) void tell(before, 'gone'); void tell(ticket, what) }, { immediate: true })
  watch(id, async (ticket) => {
    const answer = await api.get<{ presence: { user_id: Id; name: string; doing: 'viewing' | 'answering' }[] }>(`/tickets/${ticket}/presence`).catch(() => null)
    if (answer?.presence.length) store.presence.set(ticket, answer.presence)
  }, { immediate: true })
  onScopeDispose(() => { clearInterval(timer); void tell(id.value, 'gone') })
  return computed(() => (store.presence.get(id.value) ?? []).filter((p) => p.user_id !== mine()))
}
