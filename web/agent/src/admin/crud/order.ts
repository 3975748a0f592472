import { ref } from 'vue'

/** The list with the item at `from` moved to `to`. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list]
  if (from < 0 || from >= next.length || to < 0 || to >= next.length) return next
  next.splice(to, 0, ...next.splice(from, 1))
  return next
}

/** Reordering by mouse: attributes for each row, and which row is being dragged. The same is done by buttons for keyboards and touch. */
export function useDragOrder(move: (from: number, to: number) => void) {
  const dragged = ref<number | null>(null)
  const over = ref<number | null>(null)
  const rowProps = (index: number) => ({
    onDragover: (e: DragEvent) => { if (dragged.value !== null) { e.preventDefault(); over.value = index } },
    onDrop: (e: DragEvent) => { e.preventDefault(); if (dragged.value !== null && dragged.value !== index) move(dragged.value, index); dragged.value = over.value = null },
  })
  const handleProps = (index: number) => ({
    draggable: true,
    onDragstart: (e: DragEvent) => { dragged.value = index; e.dataTransfer?.setData('text/plain', String(index)) },
    onDragend: () => { dragged.value = over.value = null },
  })
  return { dragged, over, rowProps, handleProps }
}
