import { describe, expect, it, vi } from 'vitest'
import { createKeyReader, isTyping, keyName } from './keys'

const press = (key: string, more: KeyboardEventInit = {}) => new KeyboardEvent('keydown', { key, ...more })

describe('keys', () => {
  it('names keys with their modifiers', () => {
    expect(keyName(press('X', { shiftKey: true }))).toBe('shift+x')
    expect(keyName(press('Enter', { metaKey: true }))).toBe('ctrl+enter')
    expect(keyName(press('?', { shiftKey: true }))).toBe('?')
  })
  it('runs two-key sequences, but not after a long pause', () => {
    let time = 0
    const go = vi.fn(), v = vi.fn()
    const read = createKeyReader({ 'g v': go, v }, () => time)
    read(press('g')); time = 500; read(press('v'))
    expect([go.mock.calls.length, v.mock.calls.length]).toEqual([1, 0])
    read(press('g')); time = 5000; read(press('v'))
    expect([go.mock.calls.length, v.mock.calls.length]).toEqual([1, 1])
  })
  it('works by key position on a Russian layout', () => {
    const j = vi.fn()
    createKeyReader({ j })(press('о', { code: 'KeyJ' }))
    expect(j).toHaveBeenCalledOnce()
  })
  it('leaves letters to text fields, and lets ctrl+enter through', () => {
    const j = vi.fn(), submit = vi.fn()
    const input = document.body.appendChild(document.createElement('input'))
    const read = createKeyReader({ j, 'ctrl+enter': submit })
    input.addEventListener('keydown', read)
    input.dispatchEvent(press('j')); input.dispatchEvent(press('Enter', { ctrlKey: true }))
    expect([j.mock.calls.length, submit.mock.calls.length]).toEqual([0, 1])
    expect(isTyping(document.body)).toBe(false)
  })
})
