import type { Id } from '@tugi/shared/api'
import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api } from '../../app/desk'
import { readAll } from '../crud/resource'

interface Membership { id: Id; user_id: Id; group_id: Id; default: boolean }

/** Who is in which group, and how to change that. */
export function useMemberships() {
  const client = useQueryClient()
  const { data } = useQuery({ queryKey: ['group_memberships', 'admin'], queryFn: () => readAll<Membership>('/group_memberships', 'group_memberships') })
  const all = computed(() => data.value ?? [])
  const groupsOf = (user: unknown): Id[] => all.value.filter((m) => m.user_id === user).map((m) => m.group_id)
  const membersOf = (group: unknown): Id[] => all.value.filter((m) => m.group_id === group).map((m) => m.user_id)

  async function write(now: Membership[], wanted: Id[], other: 'user_id' | 'group_id', make: (id: Id) => object) {
    for (const id of wanted) if (!now.some((m) => m[other] === id)) await api.post('/group_memberships', { group_membership: make(id) })
    for (const m of now) if (!wanted.includes(m[other])) await api.delete(`/group_memberships/${m.id}`)
    await client.invalidateQueries({ queryKey: ['group_memberships'] })
  }
  const setGroups = (user: Id, groups: Id[]) => write(all.value.filter((m) => m.user_id === user), groups, 'group_id', (id) => ({ user_id: user, group_id: id }))
  const setMembers = (group: Id, users: Id[]) => write(all.value.filter((m) => m.group_id === group), users, 'user_id', (id) => ({ user_id: id, group_id: group }))
  return { groupsOf, membersOf, setGroups, setMembers }
}
