import type { ConflictBody, Id, Ticket } from '@tugi/shared/api'
import { computed, ref, type Ref } from 'vue'

/** The name of an editable part of a ticket: a property, or "custom_123" for a custom field. */
export type FieldKey = string
export type Changes = Record<FieldKey, unknown>

export const customKey = (id: Id): FieldKey => `custom_${id}`
/** One spelling for a custom field, however the server writes it ("12", "custom_fields.12"). */
export const fieldKey = (name: string): FieldKey => { const id = /^(?:custom_?(?:fields?)?[._])?(\d+)$/.exec(name)?.[1]; return id ? `custom_${id}` : name }

/** The value that a ticket has for a field. */
export function valueOf(ticket: Ticket | undefined, key: FieldKey): unknown {
  const id = /^custom_(\d+)$/.exec(key)?.[1]
  if (id) return ticket?.custom_fields.find((f) => f.id === Number(id))?.value ?? null
  return ticket ? (ticket as unknown as Record<string, unknown>)[key] ?? null : null
}

const plain = (v: unknown) => (v === '' || v === undefined ? null : v)
const asSet = (v: unknown[]) => JSON.stringify([...v].map(String).sort())
/** Equality as a person sees it: empty is empty, and the order of tags or people doesn't matter. */
export const same = (a: unknown, b: unknown): boolean =>
  Array.isArray(a) && Array.isArray(b) ? asSet(a) === asSet(b) : plain(a) === plain(b) || JSON.stringify(plain(a)) === JSON.stringify(plain(b)) || (Array.isArray(a) && !a.length && plain(b) === null) || (a === false && plain(b) === null)

/** The API reads lists of people under other names than it shows them by, entry by entry. */
const PEOPLE: Record<FieldKey, string> = { email_cc_ids: 'email_ccs', follower_ids: 'followers' }
const entries = (now: Id[], before: Id[]) => [...now.map((id) => ({ user_id: id, action: 'put' })), ...before.filter((id) => !now.includes(id)).map((id) => ({ user_id: id, action: 'delete' }))]

/** The part of a request body that carries the changes. */
export function changesBody(changes: Changes, ticket?: Ticket): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  const custom: { id: Id; value: unknown }[] = []
  for (const [key, value] of Object.entries(changes)) {
    const id = /^custom_(\d+)$/.exec(key)?.[1]
    if (PEOPLE[key]) body[PEOPLE[key]] = entries(value as Id[], (valueOf(ticket, key) as Id[] | null) ?? [])
    else if (id) custom.push({ id: Number(id), value })
    else body[key] = value
  }
  if (custom.length) body.custom_fields = custom
  return body
}

/** A refused save together with the ticket as it is now. */
export interface Conflict extends ConflictBody { ticket: Ticket }

/** The fields that both sides changed to different values; equal changes are no conflict. */
export const clashes = (changes: Changes, conflict: Conflict): FieldKey[] =>
  [...new Set(conflict.fields.map(fieldKey))].filter((key) => key in changes && !same(changes[key], valueOf(conflict.ticket, key)))

/** What is left to save after the agent has chosen, field by field, whose value stays; the rest is merged. */
export function resolve(changes: Changes, conflict: Conflict, keep: Record<FieldKey, 'mine' | 'theirs'>): Changes {
  const left: Changes = {}
  for (const [key, value] of Object.entries(changes)) {
    if (keep[key] === 'theirs' || same(value, valueOf(conflict.ticket, key))) continue
    left[key] = value
  }
  return left
}

/** Changes that are not saved yet, laid over a ticket that may change underneath. */
export function useTicketEdit(ticket: Ref<Ticket | undefined>) {
  const changes = ref<Changes>({})
  /** The ticket's stamp when the first change was made: the server compares it. */
  const base = ref<string | number | null>(null)
  const dirty = computed(() => Object.keys(changes.value).length)
  function set(key: FieldKey, value: unknown): void {
    const next = { ...changes.value }
    if (same(value, valueOf(ticket.value, key))) delete next[key]
    else next[key] = value
    if (base.value === null) base.value = ticket.value?.updated_stamp ?? null
    changes.value = next
    if (!Object.keys(next).length) base.value = null
  }
  function reset(next: Changes = {}, stamp: string | number | null = null): void {
    changes.value = next
    base.value = stamp
  }
  return {
    changes, dirty, set, reset,
    value: <T>(key: FieldKey): T => (key in changes.value ? changes.value[key] : valueOf(ticket.value, key)) as T,
    isChanged: (key: FieldKey) => key in changes.value,
    body: () => ({ ...changesBody(changes.value, ticket.value), safe_update: true, updated_stamp: base.value ?? ticket.value?.updated_stamp }),
  }
}
export type TicketEdit = ReturnType<typeof useTicketEdit>
