import { describe, expect, it } from 'vitest'
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
    h.live.on('user', (e) => seen.push(h.store.users.get(e.user.id)!.name))
    h.live.start()
    const say = { data: JSON.stringify({ seq: 1, kind: 'user', user: { id: 1, name: 'Mari' } }) }
    h.last().onmessage!(say); h.last().onmessage!(say)
    expect(seen).toEqual(['Mari'])
  })
  it('a reset forgets the cursor', () => {
    const h = harness()
    h.live.start()
    h.last().onmessage!({ data: JSON.stringify({ kind: 'hello', cursor: 41 }) })
    h.last().onmessage!({ data: JSON.stringify({ kind: 'reset' }) })
    expect(h.store.cursor).toBe(0)
  })
  it('survives a line that is not JSON', () => {
    const h = harness()
    h.live.start()
    expect(() => h.last().onmessage!({ data: '{' })).not.toThrow()
  })
  it('never waits more than thirty seconds', () => expect(backOff(20, 0)).toBe(30_000))
})
