import type { Me } from '@tugi/shared/api'
import { isLocale } from '@tugi/shared/i18n'
import { computed, shallowRef } from 'vue'
import { api, live, queryClient, signedOut } from './desk'
import { setLocale } from './i18n'

export const me = shallowRef<Me | null>(null)
export const isSignedIn = computed(() => me.value?.id != null)
export const isAdmin = computed(() => me.value?.role === 'admin' || me.value?.role === 'owner')
/** Light agents may only write internal notes. */
export const isLight = computed(() => me.value?.role === 'light_agent' || me.value?.role_type === 1)

/** Learns from the server who is signed in. */
export async function loadMe(): Promise<void> {
  const { user } = await api.get<{ user: Me }>('/users/me')
  me.value = user
  if (user.id == null) return
  signedOut.value = false
  if (isLocale(user.locale)) await setLocale(user.locale)
  live.start()
}

export async function signIn(input: { email: string; password: string; totp?: string }): Promise<void> {
  await api.post('/sessions', input)
  queryClient.clear()
  await loadMe()
}

/** Ends the session here and on the server. */
export async function signOut(): Promise<void> {
  await api.delete('/users/me/logout').catch(() => undefined)
  forget()
}

/** Drops everything that belongs to the session that has ended. */
export function forget(): void {
  live.stop()
  queryClient.clear()
  me.value = null
}
