import { byteSize, duration, relativeTime } from '@tugi/shared/i18n'
import { useNow } from '@vueuse/core'
import { useI18n } from 'vue-i18n'

/** The current minute, shared by all relative times on the screen. */
const now = useNow({ interval: 30_000 })

/** Dates, numbers and sizes in the chosen language. Times are shown in the browser's time zone. */
export function useFormat() {
  const { locale } = useI18n()
  const date = (options: Intl.DateTimeFormatOptions) => (at: string | number | Date) => new Intl.DateTimeFormat(locale.value, options).format(new Date(at))
  return {
    ago: (at: string) => relativeTime(locale.value, at, Math.max(now.value.getTime(), Date.parse(at))),
    dateTime: date({ dateStyle: 'medium', timeStyle: 'short' }),
    day: date({ dateStyle: 'medium' }),
    shortDay: date({ day: 'numeric', month: 'short' }),
    month: date({ month: 'short', year: 'numeric' }),
    number: (n: number, options?: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale.value, options).format(n),
    size: (bytes: number) => byteSize(locale.value, bytes),
    duration: (minutes: number) => duration(locale.value, minutes),
  }
}
