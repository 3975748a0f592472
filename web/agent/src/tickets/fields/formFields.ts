import type { Field, Id, TicketForm } from '@tugi/shared/api'

const SYSTEM = new Set(['subject', 'description', 'status', 'tickettype', 'priority', 'group', 'assignee', 'custom_status', 'basic_priority', 'satisfaction_rating'])

/** The custom fields to draw for a form, in its order; without forms, all active ones by position. */
export function formFields(fields: Field[], forms: TicketForm[], formId: Id | null): Field[] {
  const custom = fields.filter((f) => f.active && !SYSTEM.has(f.type))
  const form = forms.find((f) => f.id === formId) ?? forms.find((f) => f.default)
  if (!form) return [...custom].sort((a, b) => (a.position ?? 0) - (b.position ?? 0))
  const place = new Map(form.ticket_field_ids.map((id, i) => [id, i]))
  return custom.filter((f) => place.has(f.id)).sort((a, b) => place.get(a.id)! - place.get(b.id)!)
}
