import type { Draft, Id } from '@tugi/shared/api'
import { useDebounceFn } from '@vueuse/core'
import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { api } from '../../app/desk'

/** True when an editor's HTML holds nothing that could be sent. */
export const isBlank = (html: string): boolean => !/<(img|hr)\b/i.test(html) && html.replace(/<[^>]*>/g, '').replace(/&nbsp;|\s/g, '') === ''

const words = (html: string) => html.replace(/<[^>]*>|&nbsp;|\s/g, '')
/** A text taken back together with what has been written since, unless the server has joined them already. */
export const joined = (back: string, now: string): string => (isBlank(now) || words(back).includes(words(now)) ? back : back + now)

/** Keeps what is being written on the server, per ticket (0 is the new-ticket form), so that it survives a reload and follows the agent. */
export function useDraft(id: Ref<Id>, html: Ref<string>, isPublic: Ref<boolean>) {
  const state = ref<'none' | 'saving' | 'saved'>('none')
  let loadedFor: Id | null = null
  let saved = ''
  const shape = () => JSON.stringify([html.value, isPublic.value])

  async function save(ticket: Id) {
    if (loadedFor !== ticket || shape() === saved) return
    saved = shape()
    const blank = isBlank(html.value)
    state.value = 'saving'
    await (blank ? api.delete(`/tickets/${ticket}/draft`) : api.put(`/tickets/${ticket}/draft`, { draft: { html_body: html.value, public: isPublic.value } })).catch(() => undefined)
    state.value = blank ? 'none' : 'saved'
  }
  const later = useDebounceFn((ticket: Id) => save(ticket), 1000, { maxWait: 5000 })

  watch(id, async (ticket, before) => {
    if (before !== undefined) void save(before)
    loadedFor = null
    html.value = ''
    const answer = await api.get<{ draft: Draft | null }>(`/tickets/${ticket}/draft`).catch(() => null)
    if (ticket !== id.value) return
    if (answer?.draft && isBlank(html.value)) show(answer.draft)
    saved = shape()
    loadedFor = ticket
  }, { immediate: true })
  watch([html, isPublic], () => void later(id.value))
  onScopeDispose(() => void save(id.value))

  function show(draft: Draft): void {
    html.value = draft.html_body
    isPublic.value = draft.public
    state.value = 'saved'
  }
  /** Forgets the draft once it has been sent. */
  function drop(): void {
    html.value = ''
    saved = shape()
    state.value = 'none'
    void api.delete(`/tickets/${id.value}/draft`).catch(() => undefined)
  }
  return { state, show, drop }
}
