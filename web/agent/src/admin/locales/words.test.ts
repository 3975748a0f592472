import { describe, expect, it } from 'vitest'
import { adminPages } from '../routes'
import { organizationFields, ticketFields, userFields } from '../tickets/fieldKinds'
import en from './en'

const sources = Object.values(import.meta.glob(['../**/*.{vue,ts}', '!../**/*.test.ts'], { query: '?raw', import: 'default', eager: true }) as Record<string, string>).join('\n')
const all = (pattern: RegExp) => [...new Set([...sources.matchAll(pattern)].map((m) => m[1]!))]
const missing = (keys: string[], tree: object) => keys.filter((k) => !(k in tree))

describe('admin words', () => {
  it('are there for every page', () => expect(missing(adminPages.map((p) => p.name), en.pages)).toEqual([]))
  it('are there for every form field and its help', () => {
    const specs = [...sources.matchAll(/\{ key: '(\w+)',([^}]*?)kind: '([^}]*)/g)]
    expect(specs.length).toBeGreaterThan(80)
    expect(missing(specs.map((m) => /label: '(\w+)'/.exec(m[2]! + m[3]!)?.[1] ?? m[1]!), en.field)).toEqual([])
    const helps = sources.split('\n').filter((l) => l.includes('{ key: ')).flatMap((l) => [...l.matchAll(/help: [^,}]*/g)].flatMap((m) => [...m[0].matchAll(/'(\w+)'/g)].map((x) => x[1]!)))
    expect(helps.length).toBeGreaterThan(30)
    expect(missing(helps, en.help)).toEqual([])
  })
  it('are there for every kind of record', () => {
    const names = [...all(/name: '(\w+)', one: '/g), ticketFields.name, userFields.name, organizationFields.name]
    const groups = en as unknown as Record<string, Record<string, string> | undefined>
    expect(names.flatMap((n) => ['lead', 'add', 'none', 'removeText'].filter((w) => groups[n]?.[w] === undefined).map((w) => `${n}.${w}`))).toEqual([])
  })
})
