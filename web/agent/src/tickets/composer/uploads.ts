import { ApiError, type Attachment } from '@tugi/shared/api'
import { computed, ref } from 'vue'
import { api } from '../../app/desk'
import { errorText } from '../../app/errors'

export interface Sending { key: number; name: string; size: number; done: number; inline: boolean; token: string | null; attachment: Attachment | null; problem: string; stop: () => void }
let keys = 0

/** Files on their way to the server, with progress; finished ones have a token that goes with the comment. */
export function useUploads() {
  const files = ref<Sending[]>([])
  async function add(file: File, inline = false): Promise<Attachment | null> {
    const abort = new AbortController()
    files.value.push({ key: ++keys, name: file.name, size: file.size, done: 0, inline, token: null, attachment: null, problem: '', stop: () => abort.abort() })
    const entry = files.value.at(-1)!
    try {
      const { token, attachment } = await api.upload(file, (done) => { entry.done = done }, abort.signal)
      Object.assign(entry, { token, attachment, done: 1 })
      return attachment
    } catch (e) {
      if (e instanceof ApiError && e.code === 'Aborted') remove(entry.key)
      else entry.problem = errorText(e)
      return null
    }
  }
  function remove(key: number): void {
    files.value = files.value.filter((f) => f.key !== key)
  }
  return {
    files, add, remove,
    busy: computed(() => files.value.some((f) => !f.token && !f.problem)),
    tokens: () => files.value.flatMap((f) => (f.token ? [f.token] : [])),
    clear: () => { files.value = [] },
  }
}
export type Uploads = ReturnType<typeof useUploads>
