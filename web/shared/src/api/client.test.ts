import { describe, expect, it, vi } from 'vitest'
import { ApiError, createApi, queryString } from './client'

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => vi.fn(async () => new Response(body === null ? null : JSON.stringify(body), { status, headers })) as unknown as typeof fetch
async function refused(status: number, body: unknown, headers = {}): Promise<ApiError> {
  try { await createApi({ fetch: answer(status, body, headers) }).get('/x') } catch (e) { return e as ApiError }
  throw new Error('was not refused')
}

describe('api client', () => {
  it('reads every error envelope', async () => {
    expect((await refused(404, { error: 'RecordNotFound', description: 'Not found' })).code).toBe('RecordNotFound')
    expect((await refused(403, { error: { title: 'Forbidden', message: 'No' } })).description).toBe('No')
    expect((await refused(422, { error: 'RecordInvalid', details: { subject: [{ description: 'x', error: 'BlankValue' }] } })).fields.subject![0]!.error).toBe('BlankValue')
    expect((await refused(400, { errors: [{ code: 'InvalidPaginationDepth', title: 't' }] })).code).toBe('InvalidPaginationDepth')
    expect((await refused(429, {}, { 'retry-after': '7' })).retryAfter).toBe(7)
    expect((await refused(502, null)).code).toBe('Http502')
  })
  it('tells when nobody is signed in', async () => {
    const onUnauthenticated = vi.fn()
    await expect(createApi({ fetch: answer(401, { error: "Couldn't authenticate you" }), onUnauthenticated }).get('/x')).rejects.toBeInstanceOf(ApiError)
    expect(onUnauthenticated).toHaveBeenCalledOnce()
  })
  it('turns a dead line into an error of its own', async () => {
    const dead = (async () => { throw new TypeError('failed') }) as typeof fetch
    await expect(createApi({ fetch: dead }).get('/x')).rejects.toMatchObject({ status: 0, code: 'NetworkError' })
  })
  it('accepts an empty answer', async () => expect(await createApi({ fetch: answer(204, null) }).delete('/x')).toBeNull())
  it('encodes queries and leaves empty values out', () => expect(queryString({ 'page[size]': 50, q: 'a b', no: null, un: undefined })).toBe('?page%5Bsize%5D=50&q=a%20b'))
})
