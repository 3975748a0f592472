import type { Brand, CustomStatus, Field, Group, Id, TicketForm, User } from '@tugi/shared/api'
import { LOCALES } from '@tugi/shared/i18n'
import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { useAgents, useBrands, useCustomStatuses, useGroups, useTicketFields, useTicketForms } from '../../tickets/lookups'
import { readAll } from './resource'
import type { FieldSpec, Option } from './schema'

interface Named { id: Id; name: string }
const byName = (list: Named[]): Option[] => list.map((x) => ({ value: x.id, label: x.name }))

function listed<T>(name: string, path: string, show: (x: T) => Option): () => ComputedRef<Option[]> {
  return () => {
    const { data } = useQuery({ queryKey: [name, 'options'], staleTime: 60_000, queryFn: () => readAll<T>(path, name) })
    return computed(() => (data.value ?? []).map(show))
  }
}
/** Ticket fields that are columns of their own already. */
export const SYSTEM_FIELDS = ['subject', 'description', 'status', 'custom_status', 'tickettype', 'priority', 'group', 'assignee']
const zones = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])]

/** The lists of records that form fields and rules choose from, by name. */
const SOURCES: Record<string, () => ComputedRef<Option[]>> = {
  groups: () => { const all = useGroups(); return computed(() => byName(all.value as Group[])) },
  agents: () => { const all = useAgents(); return computed(() => byName(all.value as User[])) },
  brands: () => { const all = useBrands(); return computed(() => byName(all.value as Brand[])) },
  ticket_forms: () => { const all = useTicketForms(); return computed(() => byName(all.value as TicketForm[])) },
  ticket_fields: () => { const all = useTicketFields(); return computed(() => (all.value as Field[]).filter((f) => f.active).map((f) => ({ value: f.id, label: f.title }))) },
  custom_columns: () => { const all = useTicketFields(); return computed(() => (all.value as Field[]).filter((f) => f.active && f.removable !== false && !SYSTEM_FIELDS.includes(f.type)).map((f) => ({ value: String(f.id), label: f.title }))) },
  custom_statuses: () => { const all = useCustomStatuses(); return computed(() => (all.value as CustomStatus[]).filter((s) => s.active).map((s) => ({ value: s.id, label: s.agent_label }))) },
  custom_roles: listed<Named>('custom_roles', '/custom_roles', (r) => ({ value: r.id, label: r.name })),
  addresses: listed<{ id: Id; email: string }>('recipient_addresses', '/recipient_addresses', (a) => ({ value: a.id, label: a.email })),
  locales: () => computed(() => Object.entries(LOCALES).map(([value, label]) => ({ value, label }))),
  time_zones: () => computed(() => zones.map((value) => ({ value, label: value.replaceAll('_', ' ') }))),
}

/** The records of a source, or none when there is no such source. */
export const useSource = (name: string | null | undefined): ComputedRef<Option[]> => (name && SOURCES[name] ? SOURCES[name]() : computed(() => []))

/** What a field may be set to. */
export function useOptions(field: FieldSpec): ComputedRef<Option[]> {
  const { t, te } = useI18n()
  const source = useSource(field.from)
  const word = (value: string): Option => {
    const key = `admin.choice.${field.wordsOf ?? field.key}.${value}`
    return { value, label: te(key) ? t(key) : value, help: te(`${key}_help`) ? t(`${key}_help`) : undefined }
  }
  return computed(() => [...(field.words ?? []).map(word), ...source.value])
}
