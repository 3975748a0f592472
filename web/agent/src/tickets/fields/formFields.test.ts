import type { Field, TicketForm } from '@tugi/shared/api'
import { describe, expect, it } from 'vitest'
import { formFields } from './formFields'

const field = (id: number, type = 'text', more: Partial<Field> = {}) => ({ id, type, title: `F${id}`, active: true, position: 100 - id, ...more }) as Field
const form = (id: number, ids: number[], isDefault = false) => ({ id, name: `${id}`, active: true, default: isDefault, ticket_field_ids: ids }) as TicketForm
const fields = [field(1, 'subject'), field(2), field(3, 'tagger'), field(4, 'text', { active: false })]

describe('fields of a form', () => {
  it('come in the order of the form, without system and inactive ones', () => expect(formFields(fields, [form(1, [3, 1, 4, 2])], 1).map((f) => f.id)).toEqual([3, 2]))
  it('fall back to the default form', () => expect(formFields(fields, [form(1, [2]), form(2, [3], true)], null).map((f) => f.id)).toEqual([3]))
  it('are all, by position, when there are no forms', () => expect(formFields(fields, [], null).map((f) => f.id)).toEqual([3, 2]))
})
