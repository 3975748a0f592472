import { createCatalogue } from '@tugi/shared/i18n'
import { describe, expect, it } from 'vitest'
import en from './en'
import et from './et'
import fi from './fi'
import ru from './ru'

type Tree = { [key: string]: string | Tree }
const all = { en, et, fi, ru } as unknown as Record<string, Tree>
const sources = import.meta.glob('../**/*.{vue,ts}', { query: '?raw', import: 'default', eager: true }) as Record<string, string>

function flat(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([k, v]) => (typeof v === 'string' ? [[path + k, v] as [string, string]] : flat(v, `${path}${k}.`)))
}
const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!))].sort()

describe('catalogues', () => {
  it('hold every text that the source asks for by name', () => {
    const known = new Set(flat(all.en!).map(([k]) => k))
    const asked = Object.entries(sources).filter(([file]) => !file.includes('.test.')).flatMap(([, text]) => [...text.matchAll(/\bt\('([\w.]+)'/g)].map((m) => m[1]!))
    expect(asked.length).toBeGreaterThan(200)
    expect(asked.filter((k) => !known.has(k))).toEqual([])
  })
  it('have the same placeholders in every language', () => {
    const english = new Map(flat(all.en!))
    for (const [locale, tree] of Object.entries(all)) for (const [key, text] of flat(tree)) {
      const extra = names(text).filter((n) => !names(english.get(key)!).includes(n) && n !== 'count')
      expect([locale, key, extra]).toEqual([locale, key, []])
    }
  })
  it('have three plural forms in Russian wherever English has two', () => {
    const russian = new Map(flat(all.ru!))
    expect(flat(all.en!).filter(([k, v]) => v.includes(' | ') && russian.get(k)!.split(' | ').length !== 3).map(([k]) => k)).toEqual([])
  })
  it('choose Russian forms through the plugin', () => {
    const global = createCatalogue().global as unknown as { setLocaleMessage(l: string, m: object): void; locale: { value: string }; t(key: string, count: number): string }
    global.setLocaleMessage('ru', ru)
    global.locale.value = 'ru'
    expect([1, 3, 11, 21].map((n) => global.t('search.count', n))).toEqual(['1 обращение', '3 обращения', '11 обращений', '21 обращение'])
  })
})
