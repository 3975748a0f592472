import { live, queryClient, store } from './desk'
import { readAgain } from '../people/names'

/** Keeps cached answers honest while the workspace is open: what the live store doesn't hold is read again when told. */
export function keepFresh(): () => void {
  const stops = [
    live.on('reset', () => void queryClient.invalidateQueries()),
    live.on('views', () => { void queryClient.invalidateQueries({ queryKey: ['views'] }) }),
    live.on('user', (e) => { if (store.users.has(e.user_id)) readAgain(e.user_id) }),
    live.on('alarm', () => { void queryClient.invalidateQueries({ queryKey: ['alarms'] }) }),
  ]
  const retry = () => live.retry()
  window.addEventListener('online', retry)
  document.addEventListener('visibilitychange', retry)
  return () => {
    stops.forEach((stop) => stop())
    window.removeEventListener('online', retry)
    document.removeEventListener('visibilitychange', retry)
  }
}
