import { AxeBuilder } from '@axe-core/playwright'
import type { Agent } from '../desk/agent'
import { openDesk } from '../desk/desk'
import { expect, story } from '../desk/story'
import { settled } from '../desk/watch'

const desk = openDesk()

/** No violation that axe calls serious or critical; the mouse is out of the way, since hovering changes colours. */
async function isAccessible(agent: Agent, place: string, without: string[] = []): Promise<void> {
  await agent.page.mouse.move(0, 0)
  await settled(agent.page)
  const { violations } = await new AxeBuilder({ page: agent.page }).disableRules(without).analyze()
  const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
  expect.soft(serious.map((v) => `${place}: ${v.id} (${v.help}) at ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([])
}

const doors = ['/login', '/password', '/password/some-token']
const pages = ['/views', '/search', '/search?q=invoice', '/tickets/new', '/customers', '/organizations', '/dashboard', '/profile', '/nothing-here']

for (const colorScheme of ['light', 'dark'] as const) {
  story(`everybody can use the doors, ${colorScheme}`, async ({ room }) => {
    const visitor = await room.visitor(desk, { colorScheme })
    for (const path of doors) {
      await visitor.goesTo(path)
      await expect(visitor.page.getByRole('heading', { level: 1 })).toBeVisible()
      await isAccessible(visitor, path)
    }
  })

  story(`everybody can use the pages, ${colorScheme}`, async ({ room }) => {
    const anneli = await room.agent(desk, 'admin', { colorScheme })
    await isAccessible(anneli, 'the list')
    for (const path of pages) {
      await anneli.goesTo(path)
      await expect(anneli.page.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(anneli.page.locator('[aria-busy=true]')).toHaveCount(0)
      await isAccessible(anneli, path)
    }
  })

  story(`everybody can use a ticket, its customer and its organization, ${colorScheme}`, async ({ room }) => {
    const { tickets: [ticket] } = await desk.ask<{ tickets: { id: number; requester_id: number }[] }>('/tickets?page[size]=1&sort=-updated_at')
    const { organizations: [organization] } = await desk.ask<{ organizations: { id: number }[] }>('/organizations?page[size]=1')
    const anneli = await room.agent(desk, 'admin', { colorScheme })
    await anneli.goesTo(`/tickets/${ticket!.id}`)
    await expect(anneli.timeline.getByRole('article').first()).toBeVisible()
    await anneli.page.getByRole('button', { name: 'Show changes' }).click()
    await isAccessible(anneli, 'a ticket')
    for (const path of [`/customers/${ticket!.requester_id}`, `/organizations/${organization!.id}`]) {
      await anneli.goesTo(path)
      await expect(anneli.page.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(anneli.page.locator('[aria-busy=true]')).toHaveCount(0)
      await isAccessible(anneli, path)
    }
  })

  story(`everybody can use the admin pages, ${colorScheme}`, async ({ room }) => {
    story.setTimeout(300_000)
    const anneli = await room.agent(desk, 'admin', { colorScheme })
    await anneli.goesTo('/admin')
    const links = anneli.page.getByRole('navigation', { name: 'Admin' }).getByRole('link')
    await expect(links.first()).toBeVisible()
    for (const name of await links.allTextContents()) {
      await links.filter({ hasText: name }).first().click()
      await expect(anneli.page.getByRole('heading', { level: 1, name: name.trim() })).toBeVisible()
      await expect(anneli.page.locator('[aria-busy=true]')).toHaveCount(0)
      await isAccessible(anneli, `admin: ${name.trim()}`)
    }
  })

  story(`everybody can use the palette and the notifications, ${colorScheme}`, async ({ room }) => {
    const anneli = await room.agent(desk, 'admin', { colorScheme })
    await anneli.page.getByRole('button', { name: /otification/ }).click()
    await expect(anneli.page.getByRole('heading', { name: 'Notifications' })).toBeVisible()
    await isAccessible(anneli, 'notifications')
    await anneli.page.keyboard.press('Escape')
    await anneli.page.keyboard.press('Control+k')
    await expect(anneli.page.getByRole('dialog', { name: 'Command palette' })).toBeVisible()
    // the list is scrolled by the arrow keys, which move the choice
    await isAccessible(anneli, 'the palette', ['scrollable-region-focusable'])
  })
}
