import type { CursorPage, Query } from '@tugi/shared/api'
import { useInfiniteQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api } from '../app/desk'

/** A list that pages by cursor and loads on; `query` changes start it anew. */
export function usePages<K extends string, T>(key: K, path: Ref<string>, query: Ref<Query>) {
  const pages = useInfiniteQuery({
    queryKey: [key, path, query], initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => api.get<CursorPage<K, T>>(path.value, { ...query.value, 'page[size]': 60, 'page[after]': pageParam }),
    getNextPageParam: (last: CursorPage<K, T>) => (last.meta?.has_more ? last.meta.after_cursor : null),
  })
  const items = computed(() => (pages.data.value?.pages.flatMap((p) => p[key] as T[]) ?? []))
  return { ...pages, items, first: computed(() => pages.data.value?.pages[0]) }
}
