import { createApi } from '@tugi/shared/api'
import { createLive, createStore } from '@tugi/shared/live'
import { QueryClient } from '@tanstack/vue-query'
import { ref } from 'vue'

/** Set when the server says that the session has ended; the shell then sends the agent to the sign-in page. */
export const signedOut = ref(false)

export const api = createApi({ onUnauthenticated: () => { signedOut.value = true } })
export const store = createStore()
export const live = createLive(store)
export const queryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: 30_000, retry: 1, refetchOnWindowFocus: false } },
})
