import type { Id } from '@tugi/shared/api'

/**
 * Puts a newly read first page before the pages read earlier. When `n` tickets came in at the top, the last `n` of the
 * old first page were pushed down and stay; others of it that are missing have left the list.
 */
export function mergeFirstPage(old: Id[], pageSize: number, fresh: Id[], hasMore: boolean): Id[] {
  if (!hasMore) return fresh
  const known = new Set(old)
  const now = new Set(fresh)
  const added = fresh.filter((id) => !known.has(id)).length
  const first = old.slice(0, pageSize)
  const pushed = added ? first.filter((id) => !now.has(id)).slice(-added) : []
  return [...fresh, ...pushed, ...old.slice(pageSize).filter((id) => !now.has(id))]
}

/** How many of `fresh` are not in the list yet. */
export const countNew = (old: Id[], fresh: Id[]): number => { const known = new Set(old); return fresh.filter((id) => !known.has(id)).length }
