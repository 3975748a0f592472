import { createI18n } from 'vue-i18n'

/** The languages the product speaks, each with its own name for itself. */
export const LOCALES = { en: 'English', et: 'Eesti', fi: 'Suomi', ru: 'Русский' } as const
export type Locale = keyof typeof LOCALES
export const isLocale = (x: unknown): x is Locale => typeof x === 'string' && x in LOCALES

/** Picks the first language we speak from what the person or browser prefers ("et-EE" counts as "et"). */
export function pickLocale(preferred: readonly (string | null | undefined)[]): Locale {
  for (const tag of preferred) {
    const short = tag?.toLowerCase().split('-')[0]
    if (isLocale(short)) return short
  }
  return 'en'
}

/** Russian plural: "1 | 2-4 | 5+" forms, or "0 | 1 | 2-4 | 5+" when four are given. */
export function russianPlural(count: number, forms: number): number {
  const zero = forms > 3 ? 1 : 0
  if (count === 0 && zero) return 0
  const [ten, hundred] = [Math.abs(count) % 10, Math.abs(count) % 100]
  if (!Number.isInteger(count)) return zero + 1
  if (ten === 1 && hundred !== 11) return zero
  if (ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14)) return zero + 1
  return zero + 2
}

/** Makes the i18n plugin of an app; catalogues are loaded when their language is chosen. */
export function createCatalogue() {
  return createI18n({ legacy: false, locale: 'en' as string, fallbackLocale: 'en', messages: {} as never, pluralRules: { ru: russianPlural } })
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [['year', 31_536_000], ['month', 2_592_000], ['week', 604_800], ['day', 86_400], ['hour', 3600], ['minute', 60]]

/** "5 min ago" in the given language, short; under a minute is "now". */
export function relativeTime(locale: string, at: string | number | Date, now: number): string {
  const seconds = (new Date(at).getTime() - now) / 1000
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size)
  return unit ? format.format(Math.trunc(seconds / unit[1]), unit[0]) : format.format(0, 'second')
}

/** A length of time in its two largest units, e.g. "2 h 5 min". */
export function duration(locale: string, minutes: number): string {
  const all: [number, string][] = [[1440, 'day'], [60, 'hour'], [1, 'minute']]
  if (minutes < 1) return unitText(locale, Math.round(Math.max(0, minutes) * 60), 'second')
  let rest = Math.round(minutes)
  const parts: string[] = []
  for (const [size, unit] of all) {
    const n = Math.floor(rest / size)
    if (n > 0 && parts.length < 2) parts.push(unitText(locale, n, unit))
    else if (parts.length) break
    rest -= n * size
  }
  return parts.join(' ')
}

const unitText = (locale: string, n: number, unit: string) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(n)

/** File size with a unit, e.g. "1.2 MB". */
export function byteSize(locale: string, bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte']
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  return new Intl.NumberFormat(locale, { style: 'unit', unit: units[step], unitDisplay: 'short', maximumFractionDigits: step ? 1 : 0 }).format(bytes / 1000 ** step)
}
