/** Working hours of one day in minutes from its midnight. */
export interface Span { start: number; end: number }
/** Seven days from Monday. */
export type Week = Span[][]
export const DAY = 24 * 60

/** As the API has it (Zendesk's schedules): minutes from Sunday 00:00. */
export interface Interval { start_time: number; end_time: number }

/** The server's list as seven days from Monday. What runs over midnight is cut there. */
export function weekOf(intervals: readonly Interval[]): Week {
  const week: Week = Array.from({ length: 7 }, () => [])
  for (const { start_time, end_time } of intervals) {
    for (let start = start_time; start < end_time;) {
      const day = Math.floor(start / DAY), end = Math.min(end_time, (day + 1) * DAY)
      week[(day + 6) % 7]!.push({ start: start - day * DAY, end: end - day * DAY })
      start = end
    }
  }
  return week.map((spans) => spans.sort((a, b) => a.start - b.start))
}

/** Seven days as the server's list; spans of a day that touch or overlap become one. */
export function intervalsOf(week: Week): Interval[] {
  return week.flatMap((spans, index) => {
    const merged: Span[] = []
    const midnight = ((index + 1) % 7) * DAY
    for (const s of [...spans].filter((x) => x.end > x.start).sort((a, b) => a.start - b.start)) {
      const last = merged.at(-1)
      if (last && s.start <= last.end) last.end = Math.max(last.end, s.end)
      else merged.push({ ...s })
    }
    return merged.map((s) => ({ start_time: midnight + s.start, end_time: midnight + s.end }))
  }).sort((a, b) => a.start_time - b.start_time)
}

/** "09:30" and 570, both ways; midnight at the end of the day is 24:00, which time inputs show as 00:00. */
export const clock = (minutes: number): string => `${String(Math.floor((minutes % DAY) / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
export function minutesOf(text: string, isEnd = false): number {
  const [h, m] = text.split(':').map(Number)
  const minutes = (h ?? 0) * 60 + (m ?? 0)
  return isEnd && minutes === 0 ? DAY : minutes
}
export const weekMinutes = (week: Week): number => intervalsOf(week).reduce((sum, i) => sum + i.end_time - i.start_time, 0)
