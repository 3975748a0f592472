export interface ChartSeries { name: string; values: (number | null)[]; color: string; kind: 'bar' | 'line' }
export interface ChartInput { labels: string[]; series: ChartSeries[]; goal: { value: number; name: string } | null; dark: boolean; format: (n: number) => string }

const escape = (s: string) => s.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)

/** The chart description for a trend: bars or lines over time, with the goal as a dashed line. */
export function trendOption(input: ChartInput) {
  const text = input.dark ? '#a1a1aa' : '#52525b'
  const grid = input.dark ? '#3f3f46' : '#e4e4e7'
  const axis = { axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: text, fontSize: 11 }, splitLine: { lineStyle: { color: grid } } }
  return {
    animationDuration: 300, textStyle: { fontFamily: 'Inter Variable, sans-serif' }, grid: { left: 56, right: 12, top: 28, bottom: 24 },
    tooltip: { trigger: 'axis' as const, confine: true, backgroundColor: input.dark ? '#18181b' : '#fff', borderColor: grid, textStyle: { color: input.dark ? '#fafafa' : '#18181b', fontSize: 12 },
      formatter: (items: { axisValueLabel?: string; marker?: string; seriesName?: string; value?: unknown }[]) => [escape(items[0]?.axisValueLabel ?? ''), ...items.map((i) => `${i.marker ?? ''}${escape(i.seriesName ?? '')}: <b>${i.value === null || i.value === undefined ? '–' : escape(input.format(Number(i.value)))}</b>`)].join('<br>') },
    legend: { show: input.series.length > 1, top: 0, right: 0, icon: 'circle', itemWidth: 8, itemHeight: 8, textStyle: { color: text, fontSize: 11 } },
    xAxis: { type: 'category' as const, data: input.labels, ...axis, splitLine: { show: false } },
    yAxis: { type: 'value' as const, ...axis, axisLabel: { ...axis.axisLabel, formatter: input.format } },
    series: input.series.map((s, i) => ({
      name: s.name, type: s.kind, data: s.values, color: s.color, cursor: 'pointer', barMaxWidth: 18, itemStyle: s.kind === 'bar' ? { borderRadius: [3, 3, 0, 0] } : undefined,
      showSymbol: true, symbolSize: 7, lineStyle: { width: 2 }, connectNulls: false, triggerLineEvent: true,
      markLine: i === 0 && input.goal ? { silent: true, symbol: 'none', data: [{ yAxis: input.goal.value }], lineStyle: { type: 'dashed' as const, color: input.dark ? '#6cc48f' : '#2f7d4f' }, label: { formatter: input.goal.name, position: 'insideEndTop' as const, color: input.dark ? '#6cc48f' : '#2f7d4f', fontSize: 11 } } : undefined,
    })),
  }
}
