import { describe, expect, it } from 'vitest'
import type { Ticket } from '../api/types'
import { createStore } from './store'
import { backOff, createLive, type Source } from './stream'

function harness() {
  const sources: (Source & { url: string; closed: boolean })[] = []
  const waits: { ms: number; run: () => void }[] = []
  const store = createStore()
  const live = createLive(store, {
    open: (url) => { const s = { url, closed: false, onopen: null, onmessage: null, onerror: null, close() { this.closed = true } }; sources.push(s); return s },
    later: (ms, run) => { waits.push({ ms, run }); return () => {} }, random: () => 0,
  })
  return { store, live, sources, waits, last: () => sources.at(-1)! }
}

describe('live stream', () => {
  it('reconnects from the last cursor with growing pauses, and starts small again after success', () => {
    const h = harness()
    h.live.start()
    h.last().onopen!()
    h.last().onmessage!({ data: JSON.stringify({ kind: 'hello', cursor: 41 }) })
    h.last().onmessage!({ data: JSON.stringify({ seq: 42, kind: 'views' }) })
    h.last().onerror!()
    expect(h.live.state.value).toBe('waiting')
    h.waits[0]!.run()
    expect(h.last().url).toBe('/api/v2/live?cursor=42')
    h.last().onerror!()
    expect(h.waits.map((w) => w.ms)).toEqual([500, 1000])
    h.waits[1]!.run(); h.last().onopen!(); h.last().onerror!()
    expect(h.waits[2]!.ms).toBe(500)
  })
  it('tells listeners after the store has changed, and not about old news', () => {
    const h = harness()
    const seen: string[] = []
    h.live.on('job', (e) => seen.push(h.store.jobs.get(e.job_status.id)!.status))
    h.live.start()
    const say = { data: JSON.stringify({ seq: 1, kind: 'job', job_status: { id: 'V3-1', status: 'queued' } }) }
    h.last().onmessage!(say); h.last().onmessage!(say)
    expect(seen).toEqual(['queued'])
  })
  it('tells a deleted ticket from a changed one', () => {
    const h = harness()
    h.store.tickets.set(1, { id: 1 } as Ticket)
    h.live.start()
    h.last().onmessage!({ data: JSON.stringify({ seq: 3, kind: 'ticket', ticket_id: 1, gone: true }) })
    expect(h.store.tickets.has(1)).toBe(false)
  })
  it('a reset moves the cursor to where the server is', () => {
    const h = harness()
    h.live.start()
    h.last().onmessage!({ data: JSON.stringify({ kind: 'hello', cursor: 41 }) })
    h.last().onmessage!({ data: JSON.stringify({ kind: 'reset', seq: 90, cursor: 90 }) })
    expect(h.store.cursor).toBe(90)
  })
  it('survives a line that is not JSON', () => {
    const h = harness()
    h.live.start()
    expect(() => h.last().onmessage!({ data: '{' })).not.toThrow()
  })
  it('never waits more than thirty seconds', () => expect(backOff(20, 0)).toBe(30_000))
})
