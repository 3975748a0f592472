import type { CursorPage, Id, OffsetPage, SearchHit, Ticket } from '@tugi/shared/api'
import { putSideLoads, putTicket } from '@tugi/shared/live'
import { useDebounceFn } from '@vueuse/core'
import { computed, onScopeDispose, reactive, shallowRef, watch, type Ref } from 'vue'
import { api, live, store } from '../../app/desk'
import { countNew, mergeFirstPage } from './merge'

const PAGE = 60
const INCLUDE = 'users,groups,organizations'

interface Page { ids: Id[]; after: string | null; count: number | null }
/** Reads one page of a list; `after` is what the page before it gave. */
export interface Source { key: string; read(after: string | null): Promise<Page> }
export interface TicketList { key: string; ids: Id[]; after: string | null; count: number | null; state: 'idle' | 'loading' | 'ready' | 'failed'; error: unknown; fresh: number; scroll: number; pending: Page | null }

function take(answer: { tickets: Ticket[] } & Partial<CursorPage<'tickets', Ticket>>): Page {
  putSideLoads(store, answer)
  answer.tickets.forEach((t) => putTicket(store, t))
  return { ids: answer.tickets.map((t) => t.id), after: answer.meta?.has_more ? answer.meta.after_cursor : null, count: answer.count ?? null }
}

/** Any list of tickets that pages by cursor. */
export const cursorSource = (path: string, query: Record<string, string | null> = {}): Source => ({
  key: path + JSON.stringify(query),
  read: async (after) => take(await api.get<CursorPage<'tickets', Ticket>>(path, { ...query, include: INCLUDE, 'page[size]': PAGE, 'page[after]': after })),
})

/** Search results; search pages by number. */
export const searchSource = (text: string, sort: string): Source => ({
  key: `search ${text} ${sort}`,
  read: async (after) => {
    const page = Number(after ?? 1)
    const query = /(^|\s)type:/.test(text) ? text : `type:ticket ${text}`
    const answer = await api.get<OffsetPage<'results', SearchHit>>('/search', { query, page, per_page: PAGE, include: 'tickets(users)', ...(sort === 'relevance' ? {} : { sort_by: sort, sort_order: 'desc' }) })
    const tickets = answer.results.filter((h) => h.result_type === 'ticket') as Ticket[]
    return { ...take({ ...answer, tickets }), after: answer.next_page ? String(page + 1) : null, count: answer.count }
  },
})

const kept = new Map<string, TicketList>()
/** The list that the agent came to a ticket from; previous and next go along it. */
export const currentList = shallowRef<TicketList | null>(null)

function keptList(key: string): TicketList {
  const known = kept.get(key)
  if (known) return known
  if (kept.size > 12) kept.delete(kept.keys().next().value!)
  const made = reactive<TicketList>({ key, ids: [], after: null, count: null, state: 'idle', error: null, fresh: 0, scroll: 0, pending: null })
  kept.set(key, made)
  return made
}

/** A list that loads by pages, keeps its place when one comes back to it, and takes live changes in. */
export function useTicketList(source: Ref<Source>, atTop: () => boolean) {
  const list = computed(() => keptList(source.value.key))

  async function load() {
    const [target, read] = [list.value, source.value.read]
    target.state = target.ids.length ? 'ready' : 'loading'
    try {
      const page = await read(null)
      Object.assign(target, { ids: page.ids, after: page.after, count: page.count, state: 'ready', fresh: 0, pending: null })
    } catch (error) { Object.assign(target, { state: 'failed', error }) }
  }
  let loading = false
  async function loadMore() {
    const target = list.value
    if (loading || !target.after) return
    loading = true
    try {
      const page = await source.value.read(target.after)
      const known = new Set(target.ids)
      target.ids = [...target.ids, ...page.ids.filter((id) => !known.has(id))]
      target.after = page.after
    } catch { /* the next scroll tries again */ } finally { loading = false }
  }
  function show() {
    const target = list.value
    if (!target.pending) return
    target.ids = mergeFirstPage(target.ids, PAGE, target.pending.ids, target.pending.after !== null)
    if (target.pending.after === null) target.after = null
    Object.assign(target, { pending: null, fresh: 0 })
  }
  const refresh = useDebounceFn(async () => {
    const target = list.value
    if (target.state !== 'ready') return
    const page = await source.value.read(null).catch(() => null)
    if (!page) return
    if (target.ids.length <= PAGE) target.after = page.after
    target.count = page.count ?? target.count
    target.pending = page
    target.fresh = countNew(target.ids, page.ids)
    if (atTop()) show()
  }, 400, { maxWait: 2000 })

  watch(source, () => { currentList.value = list.value; void load() }, { immediate: true })
  const stops = [live.on('ticket', () => void refresh()), live.on('ticket_gone', () => void refresh()), live.on('reset', () => void load())]
  onScopeDispose(() => stops.forEach((stop) => stop()))
  const ids = computed(() => list.value.ids.filter((id) => store.tickets.has(id)))
  return { list, ids, load, loadMore, show }
}
