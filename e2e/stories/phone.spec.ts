import type { Page } from '@playwright/test'
import { openDesk } from '../desk/desk'
import { expect, story } from '../desk/story'

const desk = openDesk()
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

/** Nothing is cut off at the right. */
const fits = async (page: Page) => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)

story('an agent answers on a phone', async ({ room }) => {
  const kaisa = desk.customer('Kaisa Kuusk', 'kaisa.kuusk@example.com')
  await kaisa.writes({ subject: 'I write from a tram', text: 'Short answer, please.' })
  const mari = await room.agent(desk, 'agent1', phone)
  await mari.page.getByRole('button', { name: 'Views' }).click()
  await mari.page.getByRole('dialog', { name: 'Views' }).getByRole('link', { name: 'Unassigned tickets' }).click()
  await fits(mari.page)
  await mari.opens('I write from a tram')
  await fits(mari.page)

  await mari.page.getByRole('button', { name: 'Details' }).click()
  await expect(mari.property('Priority')).toBeVisible()
  await fits(mari.page)
  await mari.page.getByRole('button', { name: 'Customer' }).click()
  await expect(mari.page.getByRole('complementary', { name: 'Customer' })).toContainText('kaisa.kuusk@example.com')
  await mari.page.getByRole('button', { name: 'Conversation' }).click()

  await mari.writes('Yes.')
  await mari.submits('Solved')
  await expect(mari.comment('Yes.')).toBeVisible()
  await expect(mari.status('Solved')).toBeVisible()
})

story('every main page fits a phone', async ({ room }) => {
  const anneli = await room.agent(desk, 'admin', phone)
  for (const path of ['/views', '/search?q=invoice', '/customers', '/organizations', '/dashboard', '/profile', '/tickets/new', '/admin']) {
    await anneli.goesTo(path)
    await expect(anneli.page.getByRole('heading', { level: 1 })).toBeVisible()
    await fits(anneli.page)
  }
})
