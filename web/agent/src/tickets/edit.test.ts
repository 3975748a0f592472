import type { Ticket } from '@tugi/shared/api'
import { describe, expect, it } from 'vitest'
import { ref } from 'vue'
import { changesBody, clashes, fieldKey, resolve, useTicketEdit, type Conflict } from './edit'

const ticket = (more: Partial<Ticket> = {}) => ({ id: 1, subject: 'Printer', status: 'open', priority: null, tags: ['a', 'b'], assignee_id: 2, updated_stamp: 5, custom_fields: [{ id: 9, value: 'x' }], ...more }) as Ticket
const conflict = (fields: string[], theirs: Partial<Ticket>): Conflict => ({ fields, ticket: ticket({ updated_stamp: 8, ...theirs }), ticket_id: 1, updated_stamp: 8, by: [] })

describe('unsaved changes', () => {
  it('lie over the ticket and go when set back', () => {
    const edit = useTicketEdit(ref(ticket()))
    edit.set('priority', 'high'); edit.set('custom_9', 'y')
    expect([edit.value('priority'), edit.value('custom_9'), edit.dirty.value]).toEqual(['high', 'y', 2])
    edit.set('priority', null); edit.set('custom_9', 'x'); edit.set('tags', ['b', 'a'])
    expect(edit.dirty.value).toBe(0)
  })
  it('are sent with the stamp at which the agent began', () => {
    const live = ref(ticket())
    const edit = useTicketEdit(live)
    edit.set('status', 'pending')
    live.value = ticket({ updated_stamp: 9, assignee_id: 3 })
    expect(edit.body()).toEqual({ status: 'pending', safe_update: true, updated_stamp: 5 })
    expect(edit.value('assignee_id')).toBe(3)
  })
  it('send people as entries, with those who were taken off', () => {
    expect(changesBody({ email_cc_ids: [7, 8], follower_ids: [] }, ticket({ email_cc_ids: [7, 9], follower_ids: [3] }))).toEqual({
      email_ccs: [{ user_id: 7, action: 'put' }, { user_id: 8, action: 'put' }, { user_id: 9, action: 'delete' }], followers: [{ user_id: 3, action: 'delete' }],
    })
  })
  it('send custom fields as a list', () => expect(changesBody({ custom_9: true, subject: 'S' })).toEqual({ subject: 'S', custom_fields: [{ id: 9, value: true }] }))
})

describe('conflict', () => {
  it('is only what both changed differently', () => {
    const mine = { priority: 'high', status: 'solved', custom_9: 'm' }
    expect(clashes(mine, conflict(['priority', 'status', 'custom_fields.9', 'assignee_id'], { priority: 'low', status: 'solved', custom_fields: [{ id: 9, value: 't' }] }))).toEqual(['priority', 'custom_9'])
  })
  it('keeps the chosen side and merges the rest', () => {
    const mine = { priority: 'high', subject: 'Mine', status: 'solved', tags: ['a'] }
    const theirs = conflict(['priority', 'subject'], { priority: 'low', subject: 'Theirs', status: 'solved' })
    expect(resolve(mine, theirs, { priority: 'theirs', subject: 'mine' })).toEqual({ subject: 'Mine', tags: ['a'] })
  })
  it('knows custom fields in any spelling', () => expect(['custom_fields.12', 'custom_12', '12', 'status'].map(fieldKey)).toEqual(['custom_12', 'custom_12', 'custom_12', 'status']))
})
