import { describe, expect, it } from 'vitest'
import { isBlank } from './draft'

describe('what is written', () => {
  it('is blank without text or pictures', () => expect(['', '<p></p>', '<p>&nbsp; <br></p>', '<p>a</p>', '<p><img src="/x"></p>'].map(isBlank)).toEqual([true, true, true, false, false]))
})
