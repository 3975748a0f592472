import { createCatalogue, isLocale, pickLocale, type Locale } from '@tugi/shared/i18n'

const KEY = 'tugi.locale'
const catalogues: Record<Locale, () => Promise<{ default: object }>> = {
  en: () => import('../locales/en'), et: () => import('../locales/et'), fi: () => import('../locales/fi'), ru: () => import('../locales/ru'),
}

export const i18n = createCatalogue()

/** Loads a language's catalogue if needed and switches to it; the choice is kept in this browser. */
export async function setLocale(locale: Locale): Promise<void> {
  const { global } = i18n
  if (!global.availableLocales.includes(locale)) global.setLocaleMessage(locale, (await catalogues[locale]()).default as never)
  global.locale.value = locale
  document.documentElement.lang = locale
  try { localStorage.setItem(KEY, locale) } catch { /* private mode: the choice lasts until reload */ }
}

/** The language to begin with: the one chosen here before, else what the browser prefers. */
export async function startLocale(): Promise<void> {
  let kept: string | null = null
  try { kept = localStorage.getItem(KEY) } catch { /* private mode */ }
  await setLocale(isLocale(kept) ? kept : pickLocale(navigator.languages))
}
