import type { Ticket } from '@tugi/shared/api'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { computed, ref } from 'vue'
import { store } from '../app/desk'
import { useTicketEdit } from './edit'
import { useSaving } from './saving'

const ticket = (more: Partial<Ticket>) => ({ id: 1, subject: 'S', status: 'open', priority: null, tags: [], custom_fields: [], updated_stamp: 1, ...more }) as Ticket

/** A server that answers one after the other, and remembers what it was sent. */
function server(...answers: [number, unknown][]) {
  const sent: { ticket: Record<string, unknown> }[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
    if (init?.body) sent.push(JSON.parse(String(init.body)))
    const [status, body] = answers.shift()!
    return new Response(JSON.stringify(body), { status })
  })
  return sent
}
function page() {
  store.gone.clear()
  store.tickets.set(1, ticket({}))
  const edit = useTicketEdit(computed(() => store.tickets.get(1)))
  return { edit, saving: useSaving(ref(1), edit) }
}
const written = { html: '<p>Hi</p>', public: true, uploads: ['tok'], status: 'solved' as const, sendAt: null }
const refusal = (fields: string[], theirs: Ticket): [number, unknown][] => [
  [409, { error: 'UpdateConflict', description: '', conflict: { fields, ticket_id: 1, updated_stamp: theirs.updated_stamp, by: [{ author_id: 2, created_at: '2026-11-22T07:00:00Z' }] } }], [200, { ticket: theirs }],
]

describe('saving a ticket', () => {
  afterEach(() => { vi.restoreAllMocks(); store.tickets.clear() })

  it('sends changes, comment and status in one request', async () => {
    const sent = server([200, { ticket: ticket({ updated_stamp: 2, status: 'solved', priority: 'high' }) }])
    const { edit, saving } = page()
    edit.set('priority', 'high')
    expect(await saving.save(written)).toBe(true)
    expect(sent).toEqual([{ ticket: { priority: 'high', safe_update: true, updated_stamp: 1, status: 'solved', comment: { html_body: '<p>Hi</p>', public: true, uploads: ['tok'] } } }])
    expect([edit.dirty.value, store.tickets.get(1)!.status]).toEqual([0, 'solved'])
  })
  it('asks when both changed the same field, then saves the chosen side with the comment', async () => {
    const theirs = ticket({ updated_stamp: 5, priority: 'low' })
    const sent = server(...refusal(['priority'], theirs), [200, { ticket: ticket({ updated_stamp: 6, priority: 'high' }) }])
    const { edit, saving } = page()
    edit.set('priority', 'high')
    expect(await saving.save(written)).toBe(false)
    expect(saving.conflict.value?.ticket.priority).toBe('low')
    expect(await saving.settle({ priority: 'mine' })).toBe(true)
    expect(sent[1]!.ticket).toMatchObject({ priority: 'high', updated_stamp: 5, comment: { html_body: '<p>Hi</p>' } })
  })
  it('does not ask when the other side made the same change', async () => {
    const sent = server(...refusal(['priority'], ticket({ updated_stamp: 5, priority: 'high' })), [200, { ticket: ticket({ updated_stamp: 6, priority: 'high', subject: 'T' }) }])
    const { edit, saving } = page()
    edit.set('priority', 'high'); edit.set('subject', 'T')
    expect(await saving.save(null)).toBe(true)
    expect(sent[1]!.ticket).toEqual({ subject: 'T', safe_update: true, updated_stamp: 5 })
  })
  it('asks about the status that was chosen with the submit button too', async () => {
    const sent = server(...refusal(['status'], ticket({ updated_stamp: 5, status: 'hold' })), [200, { ticket: ticket({ updated_stamp: 6, status: 'hold' }) }])
    const { saving } = page()
    expect(await saving.save(written)).toBe(false)
    expect(await saving.settle({ status: 'theirs' })).toBe(true)
    expect(sent[1]!.ticket).toEqual({ safe_update: true, updated_stamp: 5, comment: { html_body: '<p>Hi</p>', public: true, uploads: ['tok'] } })
  })
  it('gives up when the server refuses again and again', async () => {
    const again = () => refusal(['subject'], ticket({ updated_stamp: 5 }))
    const sent = server(...again(), ...again(), ...again(), ...again())
    const { edit, saving } = page()
    edit.set('priority', 'high')
    await expect(saving.save(written)).rejects.toMatchObject({ status: 409 })
    expect([sent.length, saving.busy.value]).toEqual([4, false])
  })
  it('keeps the changes when the server refuses them', async () => {
    server([422, { error: 'RecordInvalid', details: {} }])
    const { edit, saving } = page()
    edit.set('subject', '')
    await expect(saving.save(null)).rejects.toMatchObject({ status: 422 })
    expect([edit.dirty.value, saving.busy.value]).toEqual([1, false])
  })
})
