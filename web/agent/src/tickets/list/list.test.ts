import { describe, expect, it } from 'vitest'
import { ref } from 'vue'
import { countNew, mergeFirstPage } from './merge'
import { useSelection } from './selection'

describe('first page refresh', () => {
  it('keeps what new tickets push down', () => expect(mergeFirstPage([5, 4, 3, 2, 1], 3, [7, 6, 5], true)).toEqual([7, 6, 5, 4, 3, 2, 1]))
  it('drops what has left the list', () => expect(mergeFirstPage([5, 4, 3, 2, 1], 3, [5, 3, 2], true)).toEqual([5, 3, 2, 1]))
  it('is the whole list when there is no more', () => expect(mergeFirstPage([5, 4, 3], 3, [6, 5], false)).toEqual([6, 5]))
  it('moves a ticket to the top only once', () => expect(mergeFirstPage([5, 4, 3, 2, 1], 3, [1, 5, 4], true)).toEqual([1, 5, 4, 2]))
  it('counts what is new', () => expect(countNew([3, 2, 1], [5, 4, 3])).toBe(2))
})

describe('selection', () => {
  const make = () => { const ids = ref([10, 20, 30, 40]); return { ids, s: useSelection(ids) } }
  it('moves within the list and stops at its ends', () => {
    const { s } = make()
    expect([s.move(1), s.move(1), s.move(-1), s.move(-1)]).toEqual([10, 20, 10, 10])
    expect(s.move(99)).toBe(40)
  })
  it('chooses a range in either direction', () => {
    const { s } = make()
    s.toggle(30); s.range(10)
    expect(s.selected.value).toEqual([10, 20, 30])
  })
  it('keeps the order of the list and forgets rows that left', () => {
    const { ids, s } = make()
    s.toggle(40); s.toggle(10)
    ids.value = [10, 20]
    expect(s.selected.value).toEqual([10])
  })
})
