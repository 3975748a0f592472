import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { api } from '../../app/desk'

/** The vocabulary of rules as the server describes it: the editor holds no list of its own. */
export type Input = 'list' | 'multiselect' | 'autocomplete' | 'tags' | 'text' | 'textarea' | 'rich_text' | 'integer' | 'decimal' | 'hours' | 'days' | 'date'
export interface Titled { title?: string; title_key?: string }
export interface OperatorDef extends Titled { value: string; terminal: boolean; format?: Input }
export interface ValueDef extends Titled { value: string; enabled?: boolean }
export interface FieldDef extends Titled {
  subject: string; group: string; type: Input; nullable: boolean; repeatable?: boolean
  operators?: OperatorDef[]; values: ValueDef[]; values_from: string | null
}
export interface Definitions { conditions_all: FieldDef[]; conditions_any: FieldDef[]; actions: FieldDef[] }

export type RuleValue = string | string[] | null
export interface Condition { field: string; operator: string; value: RuleValue }
export interface Action { field: string; value: RuleValue }

/** Reads the vocabulary for views or macros. */
export function useDefinitions(purpose: 'view' | 'macro') {
  return useQuery({
    queryKey: ['definitions', purpose], staleTime: 60_000,
    queryFn: async () => { const answer = await api.get<{ definitions?: Definitions } & Definitions>('/rules/definitions', { for: purpose }); return answer.definitions ?? answer },
  })
}

/** What to call a field, an operator or a value. */
export function useRuleWords() {
  const { t, te } = useI18n()
  const title = (x: Titled, otherwise = '') => { const key = `admin.${x.title_key}`; return x.title ?? (x.title_key && te(key) ? t(key) : otherwise) }
  const items = (defs: FieldDef[]) => defs.map((d) => ({ value: d.subject, label: title(d, d.subject) }))
  return computed(() => ({ title, items }))
}

const takesMany = (input: Input) => input === 'multiselect' || input === 'tags'

/** How the value of a condition is put in: its operator may ask for another way than the field's. */
export function inputOf(def: FieldDef, operator?: string): Input | null {
  const op = def.operators?.find((o) => o.value === operator)
  return op?.terminal ? null : op?.format ?? def.type
}

/** The value to begin with. */
export function blankValue(def: FieldDef, input: Input | null): RuleValue {
  if (input === null) return null
  if (takesMany(input)) return []
  const first = def.values.find((v) => v.enabled !== false)
  return input === 'list' && first ? first.value : ''
}

/** The value as the given input needs it: one of several, or several from one. */
export function fitValue(def: FieldDef, input: Input | null, value: RuleValue): RuleValue {
  if (input === null) return null
  if (takesMany(input)) return Array.isArray(value) ? value : value ? String(value).split(/[\s,]+/).filter(Boolean) : []
  const one = Array.isArray(value) ? value[0] ?? '' : value ?? ''
  const known = input !== 'list' || !def.values.length || def.values.some((v) => v.value === one)
  return known ? one : blankValue(def, input)
}

export function newCondition(def: FieldDef): Condition {
  const operator = def.operators?.[0]?.value ?? 'is'
  return { field: def.subject, operator, value: blankValue(def, inputOf(def, operator)) }
}

/** The condition about another field: the operator stays if that field has it, the value begins anew. */
export function withField(def: FieldDef, condition: Condition): Condition {
  const operator = def.operators?.some((o) => o.value === condition.operator) ? condition.operator : def.operators?.[0]?.value ?? 'is'
  return { field: def.subject, operator, value: blankValue(def, inputOf(def, operator)) }
}

export function withOperator(def: FieldDef, condition: Condition, operator: string): Condition {
  return { ...condition, operator, value: fitValue(def, inputOf(def, operator), condition.value) }
}

/** Whether the condition says enough to be asked. An empty value is one where the field may have none. */
export function isComplete(def: FieldDef | undefined, c: Condition): boolean {
  if (!def) return false
  const input = inputOf(def, c.operator)
  if (input === null) return true
  if (Array.isArray(c.value)) return c.value.length > 0
  return String(c.value ?? '').trim() !== '' || (def.nullable && input !== 'text')
}

export const newAction = (def: FieldDef): Action => ({ field: def.subject, value: blankValue(def, def.type) })

/** The actions that may still be added: each once, unless it can be repeated. */
export const addable = (defs: FieldDef[], actions: Action[]): FieldDef[] => defs.filter((d) => d.repeatable || !actions.some((a) => a.field === d.subject))
