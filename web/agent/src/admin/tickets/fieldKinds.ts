import { SYSTEM_FIELDS } from '../crud/lookups'
import type { FieldSpec } from '../crud/schema'
import type { Item, Resource } from '../crud/resource'

/** Zendesk's types of custom ticket fields. */
export const TICKET_KINDS = ['text', 'textarea', 'checkbox', 'date', 'integer', 'decimal', 'regexp', 'partialcreditcard', 'tagger', 'multiselect', 'lookup'] as const
/** And of fields of people and organizations. */
export const PEOPLE_KINDS = ['text', 'textarea', 'checkbox', 'date', 'integer', 'decimal', 'regexp', 'dropdown', 'multiselect', 'lookup'] as const

/** Whether it is one of the ticket's own columns: these can be neither deleted nor switched off. */
export const isSystem = (f: Item | null): boolean => !!f && (f.removable === false || SYSTEM_FIELDS.includes(String(f.type)))
const hasOptions = (d: Record<string, unknown>) => ['tagger', 'dropdown', 'multiselect'].includes(String(d.type))

const detail: FieldSpec[] = [
  { key: 'custom_field_options', kind: 'options', when: hasOptions, required: true },
  { key: 'regexp_for_validation', kind: 'text', when: (d) => d.type === 'regexp', required: true, help: 'regexp' },
  { key: 'tag', kind: 'text', when: (d) => d.type === 'checkbox', help: 'tag' },
]

export const ticketFields: Resource = {
  name: 'ticket_fields', one: 'ticket_field', icon: 'i-lucide-text-cursor-input', ordered: true, orderMany: 'reorder',
  fields: (f) => [
    { key: 'title', kind: 'text', required: true },
    ...(isSystem(f) ? [] : [{ key: 'type', kind: 'choice', words: TICKET_KINDS, wordsOf: 'field_type', fixed: true, required: true } as FieldSpec]),
    { key: 'agent_description', kind: 'area' },
    ...(isSystem(f) ? [] : detail),
    { key: 'required', kind: 'switch', label: 'required_to_solve' },
    { key: 'visible_in_portal', kind: 'switch' },
    { key: 'editable_in_portal', kind: 'switch', when: (d) => d.visible_in_portal === true },
    { key: 'required_in_portal', kind: 'switch', when: (d) => d.editable_in_portal === true && d.visible_in_portal === true },
    { key: 'title_in_portal', kind: 'text', when: (d) => d.visible_in_portal === true },
    { key: 'description', label: 'description_in_portal', kind: 'area', when: (d) => d.visible_in_portal === true },
    ...(isSystem(f) ? [] : [{ key: 'active', kind: 'switch' } as FieldSpec]),
  ],
  blank: { type: 'text', active: true },
  title: (f) => String(f.title), words: (f) => `${f.type} ${f.agent_description ?? ''}`,
  toBody: (body) => (body.title_in_portal ? body : { ...body, title_in_portal: body.title }),
  canDelete: (f) => !isSystem(f), remake: true,
}

const ofPeople = (name: string, one: string, icon: string): Resource => ({
  name, one, icon, ordered: true, remake: true,
  fields: [
    { key: 'title', kind: 'text', required: true },
    { key: 'key', kind: 'text', required: true, fixed: true, help: 'fieldKey' },
    { key: 'type', kind: 'choice', words: PEOPLE_KINDS, wordsOf: 'field_type', fixed: true, required: true },
    { key: 'relationship_target_type', kind: 'choice', words: ['zen:user', 'zen:organization', 'zen:ticket'], wordsOf: 'target', when: (d) => d.type === 'lookup', required: true, fixed: true },
    ...detail,
    { key: 'description', kind: 'area' },
    { key: 'active', kind: 'switch' },
  ],
  blank: { type: 'text', active: true },
  title: (f) => String(f.title), words: (f) => `${f.key} ${f.description ?? ''}`,
})
export const userFields = ofPeople('user_fields', 'user_field', 'i-lucide-user-pen')
export const organizationFields = ofPeople('organization_fields', 'organization_field', 'i-lucide-building-2')
