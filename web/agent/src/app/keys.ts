import { onBeforeUnmount, onMounted } from 'vue'

export type KeyMap = Record<string, (e: KeyboardEvent) => void>

/** True where letters are text, not commands. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.closest('[contenteditable="true"]') !== null || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && (target as HTMLInputElement).type !== 'checkbox'
}

/** The name of a pressed key as used in key maps: "j", "shift+x", "ctrl+enter" (ctrl stands for cmd too), "?". */
export function keyName(e: KeyboardEvent): string {
  const key = e.key.toLowerCase()
  const letter = key.length > 1 || /[a-z]/.test(key)
  return `${e.ctrlKey || e.metaKey ? 'ctrl+' : ''}${e.altKey ? 'alt+' : ''}${e.shiftKey && letter ? 'shift+' : ''}${key}`
}

/** Finds what a key does: two-key sequences ("g v") come first. Latin names also work on a Russian layout, by key position. */
export function createKeyReader(map: KeyMap, now: () => number = () => Date.now()) {
  let before = { key: '', at: 0 }
  return (e: KeyboardEvent): boolean => {
    const plain = keyName(e)
    const byPlace = /^Key[A-Z]$/.test(e.code ?? '') && !/[a-z]/.test(e.key.toLowerCase()) ? plain.replace(e.key.toLowerCase(), e.code.slice(3).toLowerCase()) : plain
    for (const name of new Set([plain, byPlace])) {
      const run = (now() - before.at < 1200 ? map[`${before.key} ${name}`] : undefined) ?? map[name]
      if (!run) continue
      before = { key: '', at: 0 }
      if (isTyping(e.target) && !name.startsWith('ctrl+')) return false
      e.preventDefault(); run(e)
      return true
    }
    before = { key: byPlace, at: now() }
    return false
  }
}

const dialogOpen = () => document.querySelector('[role=dialog][data-state=open], [role=menu][data-state=open], [role=listbox][data-state=open]') !== null

/** Keys that work while the component is on screen, and not under an open dialog or menu. */
export function useKeys(map: KeyMap): void {
  const read = createKeyReader(map)
  const listen = (e: KeyboardEvent) => { if (!e.defaultPrevented && (!dialogOpen() || e.ctrlKey || e.metaKey)) read(e) }
  onMounted(() => document.addEventListener('keydown', listen))
  onBeforeUnmount(() => document.removeEventListener('keydown', listen))
}
