import type { Query } from '@tugi/shared/api'
import { computed, type Ref } from 'vue'
import { usePages } from '../../people/pages'
import type { Item } from './resource'

/** A long list that is read page by page, in the shape that ListPage shows. */
export function usePaged(name: string, path: string, query: Ref<Query>) {
  const pages = usePages<string, Item>(name, computed(() => path), query)
  const list = { isPending: pages.isPending, isError: pages.isError, error: pages.error, refetch: pages.refetch }
  return { list, items: pages.items, hasNextPage: pages.hasNextPage, fetchNextPage: pages.fetchNextPage, isFetchingNextPage: pages.isFetchingNextPage, refetch: pages.refetch }
}
