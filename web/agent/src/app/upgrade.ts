import type { Router } from 'vue-router'

/** Under this key the address is kept that was loaded anew, so that it is tried once only. */
const TRIED = 'tugi.loaded-anew'

/** What browsers say when a page's part is gone from the server. */
const GONE = /dynamically imported module|importing a module script failed|unable to preload/i

/**
 * After an upgrade an open workspace asks for parts that the server no longer has: the address is then loaded anew, with
 * the new parts.
 */
export function loadAnewAfterUpgrade(router: Router, load: (href: string) => void, storage: Storage = sessionStorage) {
  router.onError((cause, to) => {
    if (!GONE.test(String(cause)) || storage.getItem(TRIED) === to.fullPath) return
    storage.setItem(TRIED, to.fullPath)
    load(router.resolve(to).href)
  })
  router.afterEach((_to, _from, failure) => {
    if (!failure) storage.removeItem(TRIED)
  })
}
