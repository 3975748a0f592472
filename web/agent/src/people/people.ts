import type { Id, Organization, User } from '@tugi/shared/api'
import { api, store } from '../app/desk'

/** Saves a part of a person and shows it everywhere at once. */
export async function savePerson(id: Id, change: Partial<User>): Promise<void> {
  const { user } = await api.put<{ user: User }>(`/users/${id}`, { user: change })
  store.users.set(id, user)
}

export async function saveOrganization(id: Id, change: Partial<Organization>): Promise<void> {
  const { organization } = await api.put<{ organization: Organization }>(`/organizations/${id}`, { organization: change })
  store.organizations.set(id, organization)
}
