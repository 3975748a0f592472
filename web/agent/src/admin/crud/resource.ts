import type { CursorMeta, Id, Query } from '@tugi/shared/api'
import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api } from '../../app/desk'
import { bodyOf, draftOf, type Draft, type FieldSpec } from './schema'

export type Item = Draft & { id: Id }

/** A kind of record that admins list and edit, as data. Its words are in `admin.NAME`. */
export interface Resource {
  /** The plural name: key of words and lists, and path, unless `key` and `path` say otherwise. */
  name: string
  /** The key of lists. */
  key?: string
  /** The singular name: key of single records. */
  one: string
  path?: string
  query?: Query
  icon: string
  fields: FieldSpec[] | ((item: Item | null) => FieldSpec[])
  /** What a new one begins with. */
  blank?: Draft
  title: (item: Item) => string
  /** More words that the search box looks into. */
  words?: (item: Item) => string
  toDraft?: (item: Item) => Draft
  toBody?: (body: Draft, draft: Draft, item: Item | null) => Draft
  /** What is saved beside the record itself. */
  afterSave?: (saved: Item, draft: Draft, item: Item | null) => Promise<void>
  /** What of the list is shown. */
  only?: (item: Item) => boolean
  canEdit?: (item: Item) => boolean
  canDelete?: (item: Item) => boolean
  /** Whether a deleted one can be made again as it was. */
  remake?: boolean
  /** Whether the order matters, and is kept in `position`. */
  ordered?: boolean
  /** How positions are written in one request; without it, one by one. */
  orderMany?: 'update_many' | 'reorder'
  /** Whether there is no making of new ones. */
  noAdd?: boolean
  wide?: boolean
}

/** Reads a whole list that pages by cursor; at most 2 000 records. */
export async function readAll<T>(path: string, key: string, query: Query = {}): Promise<T[]> {
  const all: T[] = []
  let after: string | null = null
  for (let pages = 0; pages < 20; pages++) {
    const answer: Record<string, T[]> & { meta?: CursorMeta } = await api.get(path, { ...query, 'page[size]': 100, 'page[after]': after })
    all.push(...(answer[key] ?? []))
    after = answer.meta?.has_more ? answer.meta.after_cursor : null
    if (!after) break
  }
  return all
}

export const fieldsOf = (r: Resource, item: Item | null): FieldSpec[] => (typeof r.fields === 'function' ? r.fields(item) : r.fields)

/** The draft for a record, or for a new one. */
export const draftFor = (r: Resource, item: Item | null): Draft =>
  draftOf(fieldsOf(r, item), item ? { ...item, ...r.toDraft?.(item) } : r.blank ?? {})

/** The records of a kind, and what can be done with them. */
export function useResource(r: Resource) {
  const client = useQueryClient()
  const path = r.path ?? `/${r.name}`
  const list = useQuery({ queryKey: [r.name, 'admin', path], queryFn: () => readAll<Item>(path, r.key ?? r.name, r.query) })
  const items = computed(() => {
    const all = (list.data.value ?? []).filter((i) => r.only?.(i) ?? true)
    return r.ordered ? [...all].sort((a, b) => Number(a.position ?? 0) - Number(b.position ?? 0)) : all
  })
  const changed = async () => { await Promise.all([r.name, ...(r.key ? [r.key] : [])].map((key) => client.invalidateQueries({ queryKey: [key] }))) }
  async function write(item: Item | null, body: Draft): Promise<Item> {
    const answer = await (item ? api.put<Record<string, Item>>(`${path}/${item.id}`, { [r.one]: body }) : api.post<Record<string, Item>>(path, { [r.one]: body }))
    return answer[r.one]!
  }
  const save = useMutation({
    mutationFn: async ({ item, draft }: { item: Item | null; draft: Draft }) => {
      const fields = fieldsOf(r, item).filter((f) => !(item && f.fixed))
      const plain = bodyOf(fields, draft)
      const saved = await write(item, r.toBody ? r.toBody(plain, draft, item) : plain)
      await r.afterSave?.(saved, draft, item)
      return saved
    },
    onSuccess: changed,
  })
  const patch = (item: Item, body: Draft) => write(item, body).finally(changed)
  const remove = (item: Item) => api.delete(`${path}/${item.id}`).finally(changed)
  const remake = (item: Item) => {
    const draft = draftFor(r, item)
    const plain = bodyOf(fieldsOf(r, item), draft)
    return write(null, r.toBody ? r.toBody(plain, draft, null) : plain).finally(changed)
  }
  /** Numbers the list anew in this order; only what moved is written. */
  async function reorder(next: Item[]) {
    client.setQueryData([r.name, 'admin', path], next.map((item, position) => ({ ...item, position })))
    const changes = next.flatMap((item, position) => (item.position === position ? [] : [{ id: item.id, position }]))
    try {
      if (r.orderMany === 'update_many') await api.put(`${path}/update_many`, { [r.name]: changes })
      else if (r.orderMany === 'reorder') await api.put(`${path}/reorder`, { [`${r.one}_ids`]: next.map((i) => i.id) })
      else for (const { id, position } of changes) await api.put(`${path}/${id}`, { [r.one]: { position } })
    } finally { await changed() }
  }
  return { list, items, save, patch, remove, remake, reorder, changed }
}
