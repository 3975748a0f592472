import { createLive, createStore, type Source } from '@tugi/shared/live'
import { describe, expect, it, vi } from 'vitest'
import { openDisplayed } from './display'

describe('what a call asks to see', () => {
  it('opens the ticket or the person, until it is stopped', () => {
    const source: Source = { onopen: null, onmessage: null, onerror: null, close: () => undefined }
    const live = createLive(createStore(), { open: () => source })
    const go = vi.fn()
    const stop = openDisplayed(live, go)
    live.start()
    const say = (event: object) => source.onmessage?.({ data: JSON.stringify(event) })
    say({ seq: 1, kind: 'display', ticket_id: 7 })
    say({ seq: 2, kind: 'display', user_id: 9 })
    say({ seq: 3, kind: 'side_conversation', ticket_id: 7 })
    expect(go.mock.calls).toEqual([[{ name: 'ticket', params: { id: 7 } }], [{ name: 'customer', params: { id: 9 } }]])
    stop()
    say({ seq: 4, kind: 'display', ticket_id: 8 })
    expect(go).toHaveBeenCalledTimes(2)
  })
})
