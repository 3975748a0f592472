import type { Attachment, ConflictBody } from './types'

export type QueryValue = string | number | boolean | null | undefined
export type Query = Record<string, QueryValue>
export interface FieldProblem { description: string; error: string }

/** A refused or failed request. `code` is the API's machine-readable name; texts for people come from the catalogues. */
export class ApiError extends Error {
  constructor(
    readonly status: number, readonly code: string, readonly description: string,
    readonly fields: Record<string, FieldProblem[]> = {}, readonly conflict: ConflictBody | null = null, readonly retryAfter: number | null = null,
  ) { super(`${status} ${code}`) }
}

interface ErrorBody { error?: string | { title: string; message: string }; description?: string; details?: Record<string, FieldProblem[]>; conflict?: ConflictBody; errors?: { code: string; title: string; detail?: string }[] }

/** Turns any of the API's four error envelopes into one shape. */
export function parseError(status: number, body: ErrorBody | null, retryAfter: string | null): ApiError {
  const first = body?.errors?.[0]
  const code = first?.code ?? (typeof body?.error === 'object' ? body.error.title : body?.error) ?? `Http${status}`
  const text = first?.detail ?? first?.title ?? (typeof body?.error === 'object' ? body.error.message : body?.description) ?? ''
  return new ApiError(status, code, text, body?.details ?? {}, body?.conflict ?? null, retryAfter ? Number(retryAfter) : null)
}

export interface Upload { token: string; attachment: Attachment }
export interface Api {
  get<T>(path: string, query?: Query): Promise<T>
  post<T>(path: string, body?: unknown, query?: Query): Promise<T>
  put<T>(path: string, body?: unknown, query?: Query): Promise<T>
  delete<T>(path: string, body?: unknown, query?: Query): Promise<T>
  /** Sends a file as a raw body; `onProgress` gets 0..1. */
  upload(file: File, onProgress?: (done: number) => void, signal?: AbortSignal): Promise<Upload>
}

export interface ApiOptions { base?: string; fetch?: typeof fetch; onUnauthenticated?: () => void }

/** Builds a query string; null and undefined are left out. */
export function queryString(query?: Query): string {
  const parts = Object.entries(query ?? {}).filter(([, v]) => v !== null && v !== undefined && v !== '')
  return parts.length ? '?' + parts.map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(String(v))}`).join('&') : ''
}

/** A thin typed client of the public API by session cookie. */
export function createApi(options: ApiOptions = {}): Api {
  const base = options.base ?? '/api/v2'
  const send = options.fetch ?? ((...a: Parameters<typeof fetch>) => globalThis.fetch(...a))
  function refuse(error: ApiError): never {
    if (error.status === 401) options.onUnauthenticated?.()
    throw error
  }
  async function call<T>(method: string, path: string, body?: unknown, query?: Query): Promise<T> {
    let answer: Response
    try {
      answer = await send(base + path + queryString(query), {
        method, credentials: 'same-origin',
        headers: body === undefined ? { accept: 'application/json' } : { accept: 'application/json', 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      })
    } catch { throw new ApiError(0, 'NetworkError', '') }
    const text = await answer.text()
    const json = parseJson(text)
    if (!answer.ok) refuse(parseError(answer.status, json as ErrorBody | null, answer.headers.get('retry-after')))
    return json as T
  }
  function upload(file: File, onProgress?: (done: number) => void, signal?: AbortSignal) {
    return new Promise<Upload>((resolve, reject) => {
      const request = new XMLHttpRequest()
      request.open('POST', `${base}/uploads${queryString({ filename: file.name })}`)
      request.setRequestHeader('content-type', file.type || 'application/octet-stream')
      request.upload.onprogress = (e) => e.lengthComputable && onProgress?.(e.loaded / e.total)
      request.onerror = () => reject(new ApiError(0, 'NetworkError', ''))
      request.onabort = () => reject(new ApiError(0, 'Aborted', ''))
      request.onload = () => {
        const json = parseJson(request.responseText)
        if (request.status < 300) resolve((json as { upload: Upload }).upload)
        else reject(parseError(request.status, json as ErrorBody | null, null))
      }
      signal?.addEventListener('abort', () => request.abort())
      request.send(file)
    })
  }
  return {
    get: (path, query) => call('GET', path, undefined, query),
    post: (path, body, query) => call('POST', path, body ?? {}, query),
    put: (path, body, query) => call('PUT', path, body ?? {}, query),
    delete: (path, body, query) => call('DELETE', path, body, query),
    upload,
  }
}

function parseJson(text: string): unknown {
  if (!text) return null
  try { return JSON.parse(text) } catch { return null }
}
