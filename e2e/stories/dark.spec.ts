import type { Page } from '@playwright/test'
import { openDesk } from '../desk/desk'
import { expect, story } from '../desk/story'

const desk = openDesk()

/** How bright the page's background is: 0 is black, 1 is white. */
const brightness = (page: Page) => page.evaluate(() => {
  const canvas = document.createElement('canvas').getContext('2d')!
  canvas.fillStyle = getComputedStyle(document.querySelector('#app > *')!).backgroundColor
  canvas.fillRect(0, 0, 1, 1)
  const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data
  return (r! + g! + b!) / 765
})

story('the workspace is dark where the device is', async ({ room }) => {
  const mari = await room.agent(desk, 'agent1', { colorScheme: 'dark' })
  expect(await brightness(mari.page)).toBeLessThan(0.2)
})

story('an agent chooses dark, and finds it again', async ({ room }) => {
  const mari = await room.agent(desk, 'agent1')
  expect(await brightness(mari.page)).toBeGreaterThan(0.9)
  await mari.page.getByRole('button', { name: 'Your account' }).click()
  await mari.page.getByRole('menuitem', { name: 'Theme' }).hover()
  await mari.page.getByRole('menuitemcheckbox', { name: 'Dark' }).click()
  await expect.poll(() => brightness(mari.page)).toBeLessThan(0.2)
  await mari.page.reload()
  await expect(mari.page.getByRole('heading', { level: 1 })).toBeVisible()
  expect(await brightness(mari.page)).toBeLessThan(0.2)
})
