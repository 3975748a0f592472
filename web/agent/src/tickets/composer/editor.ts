import type { EditorCustomHandlers, EditorSuggestionMenuItem, EditorToolbarItem } from '@nuxt/ui'
import type { Macro } from '@tugi/shared/api'
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'

export interface EditorHooks { submit: () => void; pickImage: () => void; macro: (macro: Macro) => void; files: (files: File[]) => void }

/** Toolbar, canned replies and file handling of the comment editor. */
export function useEditorParts(macros: ComputedRef<Macro[]>, hooks: EditorHooks) {
  const { t } = useI18n()
  const toolbar = computed<EditorToolbarItem[][]>(() => [
    [{ kind: 'mark', mark: 'bold', icon: 'i-lucide-bold', 'aria-label': t('composer.bold') }, { kind: 'mark', mark: 'italic', icon: 'i-lucide-italic', 'aria-label': t('composer.italic') }, { kind: 'mark', mark: 'code', icon: 'i-lucide-code', 'aria-label': t('composer.code') }],
    [{ kind: 'bulletList', icon: 'i-lucide-list', 'aria-label': t('composer.bullets') }, { kind: 'orderedList', icon: 'i-lucide-list-ordered', 'aria-label': t('composer.numbers') }, { kind: 'blockquote', icon: 'i-lucide-text-quote', 'aria-label': t('composer.quote') }, { kind: 'codeBlock', icon: 'i-lucide-square-code', 'aria-label': t('composer.codeBlock') }],
    [{ kind: 'link', icon: 'i-lucide-link', 'aria-label': t('composer.link') }, { kind: 'picture' as never, icon: 'i-lucide-image', 'aria-label': t('composer.image') }],
  ])
  const always = { canExecute: () => true, isActive: () => false }
  const handlers = {
    picture: { ...always, execute: (editor) => { hooks.pickImage(); return editor.chain() } },
    macro: { ...always, execute: (editor, item) => { hooks.macro((item as { macro: Macro }).macro); return editor.chain().focus() } },
  } satisfies EditorCustomHandlers
  const replies = computed(() => [macros.value.filter((m) => m.active).map((macro) => ({ kind: 'macro', icon: 'i-lucide-message-square-quote', label: macro.title.replaceAll('::', ' › '), macro }))] as unknown as EditorSuggestionMenuItem[][])
  function take(list: FileList | undefined | null): boolean {
    const files = [...(list ?? [])]
    if (files.length) hooks.files(files)
    return files.length > 0
  }
  const editorProps = {
    attributes: { 'aria-label': t('composer.text'), role: 'textbox', 'aria-multiline': 'true' },
    // the editor itself would make a line break of it
    handleKeyDown: (_: unknown, e: KeyboardEvent) => { const send = e.key === 'Enter' && (e.ctrlKey || e.metaKey); if (send) hooks.submit(); return send },
    handlePaste: (_: unknown, e: ClipboardEvent) => take(e.clipboardData?.files),
    handleDrop: (_: unknown, e: DragEvent) => { const taken = take(e.dataTransfer?.files); if (taken) e.preventDefault(); return taken },
  }
  return { toolbar, handlers, replies, editorProps }
}
