import { describe, expect, it } from 'vitest'
import { isBlank, joined } from './draft'

describe('what is written', () => {
  it('is blank without text or pictures', () => expect(['', '<p></p>', '<p>&nbsp; <br></p>', '<p>a</p>', '<p><img src="/x"></p>'].map(isBlank)).toEqual([true, true, true, false, false]))
  it('is kept when a sent text is taken back, and not doubled', () => {
    expect(joined('<p>Back</p>', '<p>New</p>')).toBe('<p>Back</p><p>New</p>')
    expect(joined('<p>Back</p><p>New</p>', '<p>New </p>')).toBe('<p>Back</p><p>New</p>')
    expect(joined('<p>Back</p>', '<p></p>')).toBe('<p>Back</p>')
  })
})
