import { describe, expect, it } from 'vitest'
import { cleanMessage } from './clean'

const show = (html: string, remote = false) => { const div = document.createElement('div'); const out = cleanMessage(html, remote); div.append(...out.nodes); return { html: div.innerHTML, ...out } }

describe('message html', () => {
  it('runs nothing', () => expect(show('<p onclick="x()">a</p><script>x()</script><a href="javascript:x()">b</a>').html).not.toMatch(/script|onclick/))
  it('holds remote images back until they are allowed', () => {
    const html = '<img src="https://tracker.example/x.png"><img src="/api/v2/attachments/a/b.png">'
    expect(show(html).held).toBe(1)
    expect(show(html).html).not.toMatch(/ src="https:/)
    expect(show(html, true).html).toMatch(/src="https:\/\/tracker/)
    expect(show('<img data-remote-src="http://a.example/x.png">', true).html).toContain(' src="https://a.example/x.png"')
  })
  it('opens links in a new tab', () => expect(show('<a href="https://a.example">a</a>').html).toContain('noopener'))
  it('notices mails that bring their own colours', () => expect([show('<p>plain</p>').styled, show('<td bgcolor="#fff">x</td>').styled, show('<p style="color:#111">x</p>').styled]).toEqual([false, false, true]))
})
