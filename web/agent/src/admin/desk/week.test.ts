import { describe, expect, it } from 'vitest'
import { clock, DAY, intervalsOf, minutesOf, weekMinutes, weekOf } from './week'

describe('business hours', () => {
  // minutes from Sunday: Monday is day 1
  const workdays = [1, 2, 3, 4, 5].map((d) => ({ start_time: d * DAY + 540, end_time: d * DAY + 1020 }))
  it('are read and written back as they were', () => {
    expect(weekOf(workdays).map((d) => d.length)).toEqual([1, 1, 1, 1, 1, 0, 0])
    expect(intervalsOf(weekOf(workdays))).toEqual(workdays)
    expect(weekMinutes(weekOf(workdays))).toBe(5 * 8 * 60)
  })
  it('are cut at midnight', () => expect(weekOf([{ start_time: 2 * DAY - 60, end_time: 2 * DAY + 120 }]).slice(0, 2)).toEqual([[{ start: DAY - 60, end: DAY }], [{ start: 0, end: 120 }]]))
  it('are joined where they touch, and dropped where they end before they begin', () => {
    const week = weekOf([])
    week[0] = [{ start: 600, end: 720 }, { start: 540, end: 600 }, { start: 900, end: 800 }]
    expect(intervalsOf(week)).toEqual([{ start_time: DAY + 540, end_time: DAY + 720 }])
  })
  it('put Sunday first in the API and last on the screen', () => {
    const sunday = [{ start_time: 600, end_time: 900 }]
    expect(weekOf(sunday)[6]).toEqual([{ start: 600, end: 900 }])
    expect(intervalsOf(weekOf(sunday))).toEqual(sunday)
  })
  it('end at midnight when the clock says so', () => {
    expect([minutesOf('09:30'), minutesOf('00:00'), minutesOf('00:00', true), clock(DAY), clock(570)]).toEqual([570, 0, DAY, '00:00', '09:30'])
  })
})
