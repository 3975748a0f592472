/** What a form edits: plain values by field name. */
export type Draft = Record<string, unknown>
export interface Option { value: string | number; label: string; help?: string }

export type FieldKind =
  | 'text' | 'email' | 'password' | 'number' | 'area' | 'code' | 'switch'
  | 'choice' | 'choices' | 'checks' | 'tags' | 'options' | 'order' | 'custom'

/** One field of a form, as data. Its label is `admin.field.KEY` and its choices are `admin.choice.KEY.VALUE` unless said otherwise. */
export interface FieldSpec {
  key: string
  kind: FieldKind
  label?: string
  /** Catalogue key of a line under the control, in `admin.help`. */
  help?: string
  required?: boolean | ((draft: Draft) => boolean)
  /** A closed list of values. */
  words?: readonly string[]
  /** Where the words of the values are, when not under the field's own key. */
  wordsOf?: string
  /** A list of records to choose from. */
  from?: string
  /** Whether nothing may be chosen. */
  none?: boolean
  /** Whether the field is there for what is in the form now. */
  when?: (draft: Draft) => boolean
  /** Whether it is chosen once, when the record is made. */
  fixed?: boolean
  min?: number
  max?: number
}

export type Problems = Record<string, string>
export interface Problem { field: string; code: 'blank' | 'email' | 'range' }

const isBlank = (v: unknown) => v === null || v === undefined || (typeof v === 'string' && !v.trim()) || (Array.isArray(v) && !v.length)
const isAddress = (v: unknown) => /^[^\s@]+@[^\s@]+$/.test(String(v).trim())

/** The fields that the form shows for this draft. */
export const shown = (fields: FieldSpec[], draft: Draft): FieldSpec[] => fields.filter((f) => f.when?.(draft) ?? true)

/** What is wrong with a draft before it is sent: empty, no address, out of range. Everything else is the server's to say. */
export function problemsOf(fields: FieldSpec[], draft: Draft): Problem[] {
  return shown(fields, draft).flatMap((f): Problem[] => {
    const value = draft[f.key]
    const required = typeof f.required === 'function' ? f.required(draft) : f.required
    if (isBlank(value)) return required ? [{ field: f.key, code: 'blank' }] : []
    if (f.kind === 'email' && !isAddress(value)) return [{ field: f.key, code: 'email' }]
    const outside = f.kind === 'number' && (Number.isNaN(Number(value)) || Number(value) < (f.min ?? -Infinity) || Number(value) > (f.max ?? Infinity))
    return outside ? [{ field: f.key, code: 'range' }] : []
  })
}

/** Sorts the server's field problems into those of shown fields and the rest. They may name a place within a field: `conditions.all.0.value`. */
export function placeErrors(keys: string[], errors: { name: string; message: string }[]): { fields: Problems; rest: string[] } {
  const fields: Problems = {}
  const rest: string[] = []
  for (const { name, message } of errors) {
    if (keys.some((k) => name === k || name.startsWith(`${k}.`))) fields[name] ??= message
    else rest.push(message)
  }
  return { fields, rest }
}

/** What is wrong at a place or within it. */
export function problemAt(errors: Problems, place: string): string | undefined {
  const key = Object.keys(errors).find((k) => k === place || k.startsWith(`${place}.`))
  return key ? errors[key] : undefined
}

/** What of a draft is sent: shown fields only; an empty password means "as it is"; text is trimmed. */
export function bodyOf(fields: FieldSpec[], draft: Draft): Draft {
  const body: Draft = {}
  for (const f of shown(fields, draft)) {
    const value = draft[f.key]
    if (f.kind === 'password' && !value) continue
    if (f.kind === 'number') body[f.key] = value === '' || value === null || value === undefined ? null : Number(value)
    else body[f.key] = typeof value === 'string' && f.kind !== 'code' && f.kind !== 'password' ? value.trim() : value ?? null
  }
  return body
}

/** A record's values for the form; a missing one begins as the kind's empty value. */
export function draftOf(fields: FieldSpec[], record: Draft): Draft {
  const empty = (f: FieldSpec): unknown => (f.kind === 'switch' ? false : ['choices', 'checks', 'tags', 'options', 'order'].includes(f.kind) ? [] : f.kind === 'choice' || f.kind === 'number' ? null : '')
  return Object.fromEntries(fields.map((f) => [f.key, structuredCopy(record[f.key] ?? empty(f))]))
}

const structuredCopy = <T>(value: T): T => (value && typeof value === 'object' ? JSON.parse(JSON.stringify(value)) as T : value)
