import type { Id, User } from '@tugi/shared/api'
import { api, store } from '../app/desk'

const wanted = new Set<Id>()
const asked = new Set<Id>()
let planned = false

/** Reads the people that the screen names but the store doesn't have, a hundred at a time. */
async function readWanted(): Promise<void> {
  planned = false
  const ids = [...wanted].slice(0, 100)
  ids.forEach((id) => { wanted.delete(id); asked.add(id) })
  const { users } = await api.get<{ users: User[] }>('/users/show_many', { ids: ids.join(',') }).catch(() => ({ users: [] as User[] }))
  users.forEach((u) => store.users.set(u.id, u))
  if (wanted.size) { planned = true; void readWanted() }
}

/** Reads a person soon, together with others that are wanted; what is known stays on screen until then. */
export function readAgain(id: Id): void {
  wanted.add(id)
  if (!planned) { planned = true; setTimeout(() => void readWanted(), 20) }
}

/** A person by id; unknown ones are read soon and appear by themselves. */
export function person(id: Id | null | undefined): User | undefined {
  if (!id) return undefined
  const known = store.users.get(id)
  if (!known && !asked.has(id)) readAgain(id)
  return known
}

/** Name to show for a person; a dash while it is not known. */
export const personName = (id: Id | null | undefined): string => person(id)?.name ?? '–'
