const FORBIDDEN = 'script,iframe,frame,object,embed,form,input,button,textarea,select,link,meta,base,svg use'

const isRemote = (url: string) => /^(https?:)?\/\//i.test(url.trim()) && !url.trim().startsWith(location.origin)

/** Readies message HTML for showing. The server has cleaned it already; this is the second lock, and it holds remote images back. */
export function cleanMessage(html: string, remoteImages: boolean): { nodes: Node[]; styled: boolean; held: number } {
  const doc = new DOMParser().parseFromString(html, 'text/html')
  doc.querySelectorAll(FORBIDDEN).forEach((e) => e.remove())
  let held = 0
  for (const e of doc.body.querySelectorAll<HTMLElement>('*')) {
    for (const { name, value } of [...e.attributes]) {
      if (name.startsWith('on') || /^\s*(javascript|vbscript|data:text)/i.test(value) || name === 'srcset') e.removeAttribute(name)
    }
    if (e instanceof HTMLAnchorElement) { e.target = '_blank'; e.rel = 'noopener noreferrer' }
    if (e instanceof HTMLImageElement) {
      const source = e.getAttribute('src') || e.dataset.remoteSrc || e.dataset.src || ''
      if (isRemote(source) && !remoteImages) { e.removeAttribute('src'); e.dataset.remoteSrc = source; held++ }
      else if (source) e.setAttribute('src', source.replace(/^(http:)?\/\//i, 'https://')) // the page loads pictures over https only
      e.loading = 'lazy'
    }
    if (!remoteImages && /url\s*\(/i.test(e.getAttribute('style') ?? '')) { e.style.removeProperty('background'); e.style.removeProperty('background-image'); held++ }
  }
  if (!remoteImages) doc.querySelectorAll('style').forEach((s) => { s.textContent = (s.textContent ?? '').replace(/url\s*\([^)]*\)/gi, 'none').replace(/@import[^;]*;/gi, '') })
  const styled = doc.querySelector('[bgcolor],[style*="background"],[style*="color"],font[color],style') !== null
  return { nodes: [...doc.head.querySelectorAll('style'), ...doc.body.childNodes], styled, held }
}
