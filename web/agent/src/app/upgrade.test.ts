import { beforeEach, expect, test, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { loadAnewAfterUpgrade } from './upgrade'

const page = { template: '<i/>' }

function workspace(fault: string) {
  const router = createRouter({
    history: createMemoryHistory('/agent/'),
    routes: [
      { path: '/', component: page },
      { path: '/people', component: () => Promise.reject(new TypeError(fault)) },
    ],
  })
  const load = vi.fn()
  loadAnewAfterUpgrade(router, load)
  return { router, load }
}

beforeEach(() => sessionStorage.clear())

test('a page whose parts are gone is loaded anew, once', async () => {
  const { router, load } = workspace('Failed to fetch dynamically imported module: /agent/assets/People-1.js')
  await expect(router.push('/people')).rejects.toThrow()
  expect(load.mock.calls).toEqual([['/agent/people']])
  await expect(router.push('/people')).rejects.toThrow()
  expect(load).toHaveBeenCalledTimes(1)
})

test('another fault stays a fault', async () => {
  const { router, load } = workspace('x is undefined')
  await expect(router.push('/people')).rejects.toThrow()
  expect(load).not.toHaveBeenCalled()
})
