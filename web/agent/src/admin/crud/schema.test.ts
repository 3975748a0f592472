import { describe, expect, it } from 'vitest'
import { moved } from './order'
import { bodyOf, draftOf, placeErrors, problemAt, problemsOf, shown, type FieldSpec } from './schema'

const fields: FieldSpec[] = [
  { key: 'name', kind: 'text', required: true },
  { key: 'email', kind: 'email' },
  { key: 'port', kind: 'number', min: 1, max: 65535 },
  { key: 'auth', kind: 'choice', words: ['password', 'xoauth2'] },
  { key: 'password', kind: 'password', when: (d) => d.auth === 'password', required: true },
  { key: 'token', kind: 'password', when: (d) => d.auth === 'xoauth2' },
  { key: 'groups', kind: 'choices' },
]

describe('form schema', () => {
  it('shows only the fields that the draft calls for', () => {
    expect(shown(fields, { auth: 'xoauth2' }).map((f) => f.key)).toEqual(['name', 'email', 'port', 'auth', 'token', 'groups'])
  })
  it('finds what is empty, no address or out of range, and not in hidden fields', () => {
    const codes = (draft: object) => problemsOf(fields, draft as never).map((p) => `${p.field}:${p.code}`)
    expect(codes({ name: ' ', email: 'x', port: '70000', auth: 'password' })).toEqual(['name:blank', 'email:email', 'port:range', 'password:blank'])
    expect(codes({ name: 'A', email: 'a@b', port: 993, auth: 'xoauth2' })).toEqual([])
  })
  it('sends shown fields, trimmed, with numbers as numbers and without empty passwords', () => {
    expect(bodyOf(fields, { name: ' A ', port: '993', auth: 'password', password: '', token: 'secret', groups: [1] })).toEqual({ name: 'A', email: null, port: 993, auth: 'password', groups: [1] })
  })
  it('keeps spaces of a password', () => expect(bodyOf(fields, { auth: 'password', password: ' a ' }).password).toBe(' a '))
  it('makes a draft that shares nothing with the record', () => {
    const record = { name: 'A', groups: [1] }
    const draft = draftOf(fields, record)
    ;(draft.groups as number[]).push(2)
    expect(record.groups).toEqual([1])
    expect(draftOf(fields, {})).toMatchObject({ name: '', port: null, groups: [] })
  })
  it('puts the server’s problems at their fields, also those of a place within a field', () => {
    const placed = placeErrors(['name', 'conditions'], [{ name: 'name', message: 'taken' }, { name: 'conditions.all.1.value', message: 'bad' }, { name: 'base', message: 'odd' }])
    expect(placed).toEqual({ fields: { name: 'taken', 'conditions.all.1.value': 'bad' }, rest: ['odd'] })
    expect(problemAt(placed.fields, 'conditions.all.1')).toBe('bad')
    expect(problemAt(placed.fields, 'conditions.all.10')).toBeUndefined()
  })
})

describe('order', () => {
  it('moves one item and leaves the list alone when there is no such place', () => {
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a'])
    expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'c', 'b'])
    expect(moved(['a'], 0, 1)).toEqual(['a'])
  })
})
