import { shallowRef } from 'vue'

export interface Ask { title: string; text?: string; action: string; harmless?: boolean }

/** The question that is open, with what answers it. */
export const open = shallowRef<(Ask & { answer: (yes: boolean) => void }) | null>(null)

/** Asks before something that can't be taken back easily. */
export function ask(question: Ask): Promise<boolean> {
  open.value?.answer(false)
  return new Promise((resolve) => { open.value = { ...question, answer: (yes) => { open.value = null; resolve(yes) } } })
}
