import type { Id } from '@tugi/shared/api'
import { computed, ref, type Ref } from 'vue'

/** Which row the keyboard is on and which are chosen, over a list of ids that may change under it. */
export function useSelection(ids: Ref<Id[]>) {
  const cursor = ref<Id | null>(null)
  const chosen = ref<Set<Id>>(new Set())
  let anchor: Id | null = null

  function move(by: number): Id | null {
    const at = cursor.value === null ? -1 : ids.value.indexOf(cursor.value)
    const next = ids.value[at < 0 ? (by > 0 ? 0 : ids.value.length - 1) : Math.min(ids.value.length - 1, Math.max(0, at + by))]
    cursor.value = next ?? null
    return cursor.value
  }
  function toggle(id: Id): void {
    const next = new Set(chosen.value)
    if (!next.delete(id)) next.add(id)
    chosen.value = next
    anchor = cursor.value = id
  }
  /** Chooses everything between the last toggled row and this one. */
  function range(id: Id): void {
    const [a, b] = [anchor === null ? -1 : ids.value.indexOf(anchor), ids.value.indexOf(id)]
    if (a < 0 || b < 0) { toggle(id); return }
    chosen.value = new Set([...chosen.value, ...ids.value.slice(Math.min(a, b), Math.max(a, b) + 1)])
    cursor.value = id
  }
  const selected = computed(() => ids.value.filter((id) => chosen.value.has(id)))
  return {
    cursor, selected, move, toggle, range,
    has: (id: Id) => chosen.value.has(id),
    clear: () => { chosen.value = new Set(); anchor = null },
    all: () => { chosen.value = new Set(ids.value) },
  }
}
export type Selection = ReturnType<typeof useSelection>
