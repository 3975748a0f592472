import { describe, expect, it } from 'vitest'
import { clock, DAY, intervalsOf, minutesOf, weekMinutes, weekOf } from './week'

describe('business hours', () => {
  const workdays: [number, number][] = [0, 1, 2, 3, 4].map((d) => [d * DAY + 540, d * DAY + 1020])
  it('are read and written back as they were', () => {
    expect(weekOf(workdays).map((d) => d.length)).toEqual([1, 1, 1, 1, 1, 0, 0])
    expect(intervalsOf(weekOf(workdays))).toEqual(workdays)
    expect(weekMinutes(weekOf(workdays))).toBe(5 * 8 * 60)
  })
  it('are cut at midnight', () => expect(weekOf([[DAY - 60, DAY + 120]]).slice(0, 2)).toEqual([[{ start: DAY - 60, end: DAY }], [{ start: 0, end: 120 }]]))
  it('are joined where they touch, and dropped where they end before they begin', () => {
    const week = weekOf([])
    week[0] = [{ start: 600, end: 720 }, { start: 540, end: 600 }, { start: 900, end: 800 }]
    expect(intervalsOf(week)).toEqual([[540, 720]])
  })
  it('end at midnight when the clock says so', () => {
    expect([minutesOf('09:30'), minutesOf('00:00'), minutesOf('00:00', true), clock(DAY), clock(570)]).toEqual([570, 0, DAY, '00:00', '09:30'])
  })
})
