import { useI18n } from 'vue-i18n'
import { store } from '../app/desk'
import { useFormat } from '../app/format'
import { personName } from '../people/names'
import type { FieldKey } from './edit'
import { useBrands, useTicketFields, useTicketForms } from './lookups'

/** What to call a ticket's fields and values on the screen. */
export function useFieldWords() {
  const { t, te } = useI18n()
  const { day } = useFormat()
  const fields = useTicketFields(), brands = useBrands(), forms = useTicketForms()
  const custom = (key: FieldKey) => { const id = /^(?:custom_)?(\d+)$/.exec(key)?.[1]; return id ? fields.value.find((f) => f.id === Number(id)) : undefined }

  const label = (key: FieldKey): string => (te(`field.${key}`) ? t(`field.${key}`) : custom(key)?.title ?? key)
  function show(key: FieldKey, value: unknown): string {
    if (value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)) return t('common.none')
    if (Array.isArray(value)) return value.map((v) => show(key, v)).join(', ')
    if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no')
    const text = String(value)
    if (/^(assignee|requester|submitter)_id$|(follower|cc|collaborator)_ids$/.test(key)) return personName(Number(text))
    if (key === 'group_id') return store.groups.get(Number(text))?.name ?? text
    if (key === 'brand_id') return brands.value.find((b) => b.id === Number(text))?.name ?? text
    if (key === 'ticket_form_id') return forms.value.find((f) => f.id === Number(text))?.name ?? text
    if (key === 'due_at') return day(text)
    for (const list of ['status', 'priority', 'type']) if (key === list && te(`${list}.${text}`)) return t(`${list}.${text}`)
    return custom(key)?.custom_field_options?.find((o) => o.value === text)?.name.replaceAll('::', ' › ') ?? text
  }
  return { label, show }
}
