import { ApiError } from '@tugi/shared/api'
import { i18n } from './i18n'

const KNOWN: Record<string, string> = {
  NetworkError: 'errors.network', "Couldn't authenticate you": 'errors.credentials', Forbidden: 'errors.forbidden', RecordNotFound: 'errors.notFound',
  RecordInvalid: 'errors.invalid', UpdateConflict: 'errors.conflict', TooManyValues: 'errors.tooMany', APIRateLimitExceeded: 'errors.slowDown',
}
const BY_STATUS: Record<number, string> = { 401: 'errors.signedOut', 403: 'errors.forbidden', 404: 'errors.notFound', 409: 'errors.conflict', 413: 'errors.tooLarge', 422: 'errors.invalid', 429: 'errors.slowDown' }
const BY_FIELD: Record<string, string> = { BlankValue: 'errors.field.blank', InvalidValue: 'errors.field.invalid', DuplicateValue: 'errors.field.duplicate', TooShort: 'errors.field.short', TooLong: 'errors.field.long' }

const { te: has, t: say } = i18n.global as unknown as { te(key: string): boolean; t(key: string): string }

/** What to tell a person about a failure, in their language. */
export function errorText(error: unknown): string {
  if (!(error instanceof ApiError)) return say('errors.unknown')
  const fields = Object.values(error.fields).flat()
  if (fields.length) return fields.map(fieldText).join(' ')
  const key = KNOWN[error.code] ?? BY_STATUS[error.status]
  return key && has(key) ? say(key) : error.description || say('errors.unknown')
}

const fieldText = (p: { description: string; error: string }) => {
  const key = BY_FIELD[p.error]
  return key && has(key) ? say(key) : p.description
}

/** Field problems in the shape that a form's `setErrors` takes. */
export function formErrors(error: unknown): { name: string; message: string }[] {
  if (!(error instanceof ApiError)) return []
  return Object.entries(error.fields).map(([name, problems]) => ({ name, message: problems.map(fieldText).join(' ') }))
}
