import { describe, expect, it } from 'vitest'
import { addable, fitValue, inputOf, isComplete, newAction, newCondition, withField, withOperator, type FieldDef } from './definitions'

const op = (value: string, more: object = {}) => ({ value, terminal: false, title: value, ...more })
const status: FieldDef = { subject: 'status', group: 'ticket', type: 'list', nullable: false, values_from: null, operators: [op('is'), op('less_than')], values: [{ value: 'new' }, { value: 'open' }] }
const group: FieldDef = { subject: 'group_id', group: 'ticket', type: 'autocomplete', nullable: true, values_from: 'groups', operators: [op('is'), op('includes', { format: 'multiselect' }), op('present', { terminal: true })], values: [{ value: '' }, { value: 'current_groups' }] }
const tags: FieldDef = { subject: 'current_tags', group: 'ticket', type: 'tags', nullable: false, values_from: 'tags', operators: [op('includes'), op('not_includes')], values: [] }
const created: FieldDef = { subject: 'exact_created_at', group: 'ticket', type: 'date', nullable: false, values_from: null, operators: [op('is'), op('within_previous_n_days', { format: 'days' })], values: [] }

describe('conditions', () => {
  it('begin with the first operator and a value that it can take', () => {
    expect(newCondition(status)).toEqual({ field: 'status', operator: 'is', value: 'new' })
    expect(newCondition(tags)).toEqual({ field: 'current_tags', operator: 'includes', value: [] })
  })
  it('are put in as the operator asks', () => {
    expect([inputOf(group, 'is'), inputOf(group, 'includes'), inputOf(group, 'present'), inputOf(created, 'within_previous_n_days')]).toEqual(['autocomplete', 'multiselect', null, 'days'])
  })
  it('keep the operator when the new field has it, and begin the value anew', () => {
    expect(withField(group, { field: 'status', operator: 'is', value: 'open' })).toEqual({ field: 'group_id', operator: 'is', value: '' })
    expect(withField(tags, { field: 'status', operator: 'is', value: 'open' })).toMatchObject({ operator: 'includes', value: [] })
  })
  it('carry the value over to another operator', () => {
    const one = { field: 'group_id', operator: 'is', value: '3' }
    const many = withOperator(group, one, 'includes')
    expect(many.value).toEqual(['3'])
    expect(withOperator(group, many, 'is').value).toBe('3')
    expect(withOperator(group, one, 'present').value).toBeNull()
  })
  it('drop a value that the list does not have', () => expect(fitValue(status, 'list', 'gone')).toBe('new'))
  it('split words into several', () => expect(fitValue(tags, 'tags', 'a, b c')).toEqual(['a', 'b', 'c']))
  it('are asked only when they say enough', () => {
    expect(isComplete(status, { field: 'status', operator: 'is', value: 'open' })).toBe(true)
    expect(isComplete(group, { field: 'group_id', operator: 'is', value: '' })).toBe(true)
    expect(isComplete(group, { field: 'group_id', operator: 'present', value: null })).toBe(true)
    expect(isComplete(tags, { field: 'current_tags', operator: 'includes', value: [] })).toBe(false)
    expect(isComplete(created, { field: 'exact_created_at', operator: 'is', value: '' })).toBe(false)
    expect(isComplete(undefined, { field: 'gone', operator: 'is', value: 'x' })).toBe(false)
  })
})

describe('actions', () => {
  it('are each there once, unless they can be repeated', () => {
    const follower: FieldDef = { ...group, subject: 'follower', repeatable: true }
    expect(addable([status, follower], [newAction(status), newAction(follower)]).map((d) => d.subject)).toEqual(['follower'])
  })
})
