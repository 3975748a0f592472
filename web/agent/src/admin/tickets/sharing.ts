import { me } from '../../app/session'
import type { Draft, FieldSpec } from '../crud/schema'

/** Who sees a view or a macro: everybody, some groups, or oneself. Zendesk's `restriction`. */
export const sharingFields: FieldSpec[] = [
  { key: 'sharing', kind: 'choice', words: ['all', 'groups', 'me'], required: true },
  { key: 'group_ids', label: 'groups', kind: 'choices', from: 'groups', when: (d) => d.sharing === 'groups', required: true },
]
interface Restriction { type: string; id?: number; ids?: number[] }

export function sharingOf(restriction: unknown): Draft {
  const r = restriction as Restriction | null | undefined
  if (!r) return { sharing: 'all', group_ids: [] }
  if (r.type === 'User') return { sharing: 'me', group_ids: [] }
  return { sharing: 'groups', group_ids: r.ids ?? (r.id ? [r.id] : []) }
}

export function restrictionOf(body: Draft): Restriction | null {
  if (body.sharing === 'me') return { type: 'User', id: me.value?.id ?? 0 }
  const ids = (body.group_ids ?? []) as number[]
  return body.sharing === 'groups' && ids.length ? { type: 'Group', id: ids[0]!, ids } : null
}
