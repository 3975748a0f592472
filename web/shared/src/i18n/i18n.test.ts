import { describe, expect, it } from 'vitest'
import { byteSize, duration, pickLocale, relativeTime, russianPlural } from './index'

describe('i18n', () => {
  it('chooses Russian plural forms', () => {
    const form = (n: number) => ['билет', 'билета', 'билетов'][russianPlural(n, 3)]
    expect([1, 2, 5, 11, 12, 21, 22, 25, 111, 101].map(form)).toEqual(['билет', 'билета', 'билетов', 'билетов', 'билетов', 'билет', 'билета', 'билетов', 'билетов', 'билет'])
    expect([0, 1, 3, 7].map((n) => russianPlural(n, 4))).toEqual([0, 1, 2, 3])
  })
  it('picks a language we speak from what is preferred', () => {
    expect(pickLocale(['de-DE', 'et-EE', 'en'])).toBe('et')
    expect(pickLocale([null, 'sv'])).toBe('en')
  })
  it('tells relative time in the language', () => {
    const now = Date.parse('2026-11-22T12:00:00Z')
    expect(relativeTime('en', '2026-11-22T11:55:00Z', now)).toBe('5 min. ago')
    expect(relativeTime('et', '2026-11-21T11:00:00Z', now)).toBe('eile')
    expect(relativeTime('en', '2026-11-22T11:59:40Z', now)).toBe('now')
  })
  it('tells durations by their two largest units', () => {
    expect(duration('en', 125)).toBe('2 hr 5 min')
    expect(duration('en', 1440 * 2 + 61)).toBe('2 days 1 hr')
    expect(duration('en', 0.5)).toBe('30 sec')
  })
  it('tells file sizes', () => expect(byteSize('en', 1_234_567)).toBe('1.2 MB'))
})
