import { describe, expect, it } from 'vitest'
import { trendOption } from './option'
import { changeOf, lastDays } from './summary'

describe('dashboard', () => {
  it('asks for whole days up to and with today', () => expect(lastDays(7, new Date(2026, 2, 3, 23, 59))).toEqual({ from: '2026-02-25', to: '2026-03-04' }))
  it('compares only what can be compared', () => expect([changeOf(12, 10), changeOf(5, 0), changeOf(null, 3), changeOf(3, null)]).toEqual([20, null, null, null]))
  it('escapes names in tooltips', () => {
    const option = trendOption({ labels: [], series: [], goal: null, dark: false, format: String })
    expect(option.tooltip.formatter([{ axisValueLabel: '<img>', seriesName: 'a&b', value: 1 }])).not.toMatch(/<img>|a&b/)
  })
})
