import { ref, type Ref } from 'vue'
import { parseEvent, type LiveEvent, type LiveKind } from './events'
import { applyEvent, type DeskStore } from './store'

export type LiveState = 'off' | 'connecting' | 'open' | 'waiting'
/** The parts of EventSource that are used, so that a test can bring its own. */
export interface Source { onopen: (() => void) | null; onmessage: ((e: { data: string }) => void) | null; onerror: (() => void) | null; close(): void }
export interface LiveOptions { url?: string; open?: (url: string) => Source; later?: (ms: number, run: () => void) => () => void; random?: () => number }

type Listener<K extends LiveKind> = (event: Extract<LiveEvent, { kind: K }>) => void
export interface Live {
  state: Ref<LiveState>
  start(): void
  stop(): void
  /** Connects at once, without waiting for the back-off to end. */
  retry(): void
  /** Calls `run` after each event of this kind has been applied; returns the way to stop it. */
  on<K extends LiveKind>(kind: K, run: Listener<K>): () => void
}

/** Delay before attempt `n` (0-based): half a second doubling to thirty, less up to a half by chance. */
export const backOff = (n: number, random: number) => Math.min(30_000, 500 * 2 ** n) * (1 - random / 2)

/** One live stream feeding one store: applies events in order, reconnects from the last cursor. */
export function createLive(store: DeskStore, options: LiveOptions = {}): Live {
  const open = options.open ?? ((url) => new EventSource(url) as unknown as Source)
  const later = options.later ?? ((ms, run) => { const id = setTimeout(run, ms); return () => clearTimeout(id) })
  const random = options.random ?? Math.random
  const state = ref<LiveState>('off')
  const listeners = new Map<LiveKind, Set<(e: never) => void>>()
  let source: Source | null = null
  let cancel: (() => void) | null = null
  let attempt = 0

  function receive(text: string) {
    const event = parseEvent(text)
    if (event && applyEvent(store, event)) listeners.get(event.kind)?.forEach((run) => run(event as never))
  }
  function connect() {
    cancel?.(); cancel = null; source?.close()
    state.value = 'connecting'
    source = open(`${options.url ?? '/api/v2/live'}${store.cursor ? `?cursor=${store.cursor}` : ''}`)
    source.onopen = () => { attempt = 0; state.value = 'open' }
    source.onmessage = (e) => receive(e.data)
    source.onerror = () => {
      source?.close(); source = null
      state.value = 'waiting'
      cancel = later(backOff(attempt++, random()), connect)
    }
  }
  return {
    state,
    start() { if (state.value === 'off') connect() },
    stop() { cancel?.(); cancel = null; source?.close(); source = null; state.value = 'off' },
    retry() { if (state.value === 'waiting') { attempt = 0; connect() } },
    on(kind, run) {
      const set = listeners.get(kind) ?? new Set()
      listeners.set(kind, set)
      set.add(run as (e: never) => void)
      return () => set.delete(run as (e: never) => void)
    },
  }
}
