import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api } from '../app/desk'

export type Metric = 'new' | 'open' | 'solved' | 'first_reply' | 'full_resolution'
export type Interval = 'day' | 'week' | 'month'
export type Hours = 'calendar' | 'business'
export type Statistic = 'mean' | 'median'

/** Minutes; null when nothing happened in the time. */
export interface TimeFigure { mean: number | null; median: number | null }
export interface TimeMetric { calendar: TimeFigure; business: TimeFigure; count: number }
/** The figures of one stretch of time; `from` is included, `to` is not. Days are the desk's. */
export interface Bucket { from: string; to: string; new: number; open: number; solved: number; first_reply: TimeMetric; full_resolution: TimeMetric }
export interface Summary { from: string; to: string; interval: Interval; total: Bucket; previous: Bucket | null; points: Bucket[] }
/** What the desk aims at on average, in minutes of one kind of hours. */
export interface Goals { first_reply_minutes: number | null; full_resolution_minutes: number | null; basis: Hours }

const isoDay = (d: Date) => `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`

/** The days from `days` ago up to and with today, as the half-open range that the server takes. */
export function lastDays(days: number, today = new Date()): { from: string; to: string } {
  const at = (offset: number) => isoDay(new Date(today.getFullYear(), today.getMonth(), today.getDate() + offset))
  return { from: at(1 - days), to: at(1) }
}

export function useSummary(range: Ref<{ from: string; to: string }>, interval: Ref<Interval>) {
  return useQuery({
    queryKey: ['insight', range, interval], placeholderData: (before: Summary | undefined) => before,
    queryFn: async () => (await api.get<{ summary: Summary }>('/insight/summary', { ...range.value, interval: interval.value })).summary,
  })
}
export function useGoals() {
  const { data } = useQuery({ queryKey: ['goals'], staleTime: 300_000, queryFn: async () => (await api.get<{ goals: Goals }>('/insight/goals')).goals })
  return computed(() => data.value ?? null)
}

/** Change against the time before in percent; null when there is nothing to compare with. */
export const changeOf = (now: number | null, before: number | null | undefined): number | null =>
  now === null || before === null || before === undefined || before === 0 ? null : Math.round(((now - before) / before) * 100)
