/** Working hours of one day in minutes from its midnight. */
export interface Span { start: number; end: number }
/** Seven days from Monday. */
export type Week = Span[][]
export const DAY = 24 * 60

/** The server's list (minutes from Monday 00:00) as seven days. What runs over midnight is cut there. */
export function weekOf(intervals: readonly (readonly [number, number])[]): Week {
  const week: Week = Array.from({ length: 7 }, () => [])
  for (const [from, to] of intervals) {
    for (let start = from; start < to;) {
      const day = Math.floor(start / DAY), end = Math.min(to, (day + 1) * DAY)
      week[day % 7]!.push({ start: start - day * DAY, end: end - day * DAY })
      start = end
    }
  }
  return week.map((spans) => spans.sort((a, b) => a.start - b.start))
}

/** Seven days as the server's list; spans of a day that touch or overlap become one. */
export function intervalsOf(week: Week): [number, number][] {
  return week.flatMap((spans, day) => {
    const merged: Span[] = []
    for (const s of [...spans].filter((x) => x.end > x.start).sort((a, b) => a.start - b.start)) {
      const last = merged.at(-1)
      if (last && s.start <= last.end) last.end = Math.max(last.end, s.end)
      else merged.push({ ...s })
    }
    return merged.map((s): [number, number] => [day * DAY + s.start, day * DAY + s.end])
  })
}

/** "09:30" and 570, both ways; midnight at the end of the day is 24:00, which time inputs show as 00:00. */
export const clock = (minutes: number): string => `${String(Math.floor((minutes % DAY) / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
export function minutesOf(text: string, isEnd = false): number {
  const [h, m] = text.split(':').map(Number)
  const minutes = (h ?? 0) * 60 + (m ?? 0)
  return isEnd && minutes === 0 ? DAY : minutes
}
export const weekMinutes = (week: Week): number => intervalsOf(week).reduce((sum, [a, b]) => sum + b - a, 0)
