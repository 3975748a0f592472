import type { Brand, CursorPage, CustomStatus, Field, Group, GroupMembership, Id, Macro, TicketForm, User, View } from '@tugi/shared/api'
import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { api, store } from '../app/desk'

/** Small lists that change seldom: read once, kept five minutes. */
function list<K extends string, T>(key: K, path: string, query: Record<string, string | number> = {}): () => ComputedRef<T[]> {
  return () => {
    const { data } = useQuery({ queryKey: [key, query], staleTime: 300_000, queryFn: async () => (await api.get<CursorPage<K, T>>(path, query))[key] })
    return computed(() => (data.value ?? []) as T[])
  }
}

const groupsRaw = list<'groups', Group>('groups', '/groups', { 'page[size]': 100 })
export const useGroups = (): ComputedRef<Group[]> => {
  const groups = groupsRaw()
  return computed(() => { groups.value.forEach((g) => store.groups.set(g.id, g)); return groups.value.filter((g) => !g.deleted) })
}
export const useViews = list<'views', View>('views', '/views/active', { 'page[size]': 100 })
export const useMacros = list<'macros', Macro>('macros', '/macros', { active: 'true', 'page[size]': 100 })
export const useTicketFields = list<'ticket_fields', Field>('ticket_fields', '/ticket_fields', { 'page[size]': 100 })
export const useTicketForms = list<'ticket_forms', TicketForm>('ticket_forms', '/ticket_forms', { 'page[size]': 100 })
export const useUserFields = list<'user_fields', Field>('user_fields', '/user_fields', { 'page[size]': 100 })
export const useOrganizationFields = list<'organization_fields', Field>('organization_fields', '/organization_fields', { 'page[size]': 100 })
export const useBrands = list<'brands', Brand>('brands', '/brands', { 'page[size]': 100 })
export const useCustomStatuses = list<'custom_statuses', CustomStatus>('custom_statuses', '/custom_statuses')
const memberships = list<'group_memberships', GroupMembership>('group_memberships', '/group_memberships', { 'page[size]': 100 })

/** Agents and admins, by name. */
export function useAgents(): ComputedRef<User[]> {
  const { data } = useQuery({
    queryKey: ['agents'], staleTime: 300_000,
    queryFn: async () => {
      const { users } = await api.get<CursorPage<'users', User>>('/users', { 'role[]': 'agent', 'page[size]': 100 })
      const { users: admins } = await api.get<CursorPage<'users', User>>('/users', { 'role[]': 'admin', 'page[size]': 100 })
      const all = new Map([...users, ...admins].filter((u) => u.role !== 'end-user').map((u) => [u.id, u]))
      all.forEach((u) => store.users.set(u.id, u))
      return [...all.values()].sort((a, b) => a.name.localeCompare(b.name))
    },
  })
  return computed(() => data.value ?? [])
}

/** Which agents are in which group. */
export function useMembers(): ComputedRef<Map<Id, Set<Id>>> {
  const all = memberships()
  return computed(() => {
    const map = new Map<Id, Set<Id>>()
    for (const m of all.value) map.set(m.group_id, (map.get(m.group_id) ?? new Set()).add(m.user_id))
    return map
  })
}
