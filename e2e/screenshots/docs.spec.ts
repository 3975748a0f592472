import { fileURLToPath } from 'node:url'
import type { Agent } from '../desk/agent'
import { openDesk } from '../desk/desk'
import { expect, story } from '../desk/story'
import { settled } from '../desk/watch'

const desk = openDesk()

async function pictured(agent: Agent, name: string): Promise<void> {
  await agent.page.mouse.move(0, 0)
  await expect(agent.page.locator('[aria-busy=true]')).toHaveCount(0)
  await settled(agent.page)
  await agent.page.screenshot({ path: fileURLToPath(new URL(`../../docs/screenshots/${name}.png`, import.meta.url)) })
}

/** A ticket with some talk in it, in English. */
async function opensGoodTicket(agent: Agent): Promise<void> {
  const query = encodeURIComponent('type:ticket status<solved your')
  const { results } = await desk.ask<{ results: { id: number }[] }>(`/search?query=${query}&sort_by=updated_at&sort_order=desc`)
  const sizes = await Promise.all(results.slice(0, 20).map(async ({ id }) => ({ id, size: (await desk.ask<{ comments: unknown[] }>(`/tickets/${id}/comments`)).comments.length })))
  await agent.goesTo(`/tickets/${sizes.sort((a, b) => b.size - a.size)[0]!.id}`)
  await expect(agent.timeline.getByRole('article').first()).toBeVisible()
  await expect(agent.editor).toBeVisible()
}

story('list and ticket', async ({ room }) => {
  const mari = await room.agent(desk, 'agent1')
  await mari.opensView('All unsolved tickets')
  await expect(mari.page.getByRole('row').nth(5)).toBeVisible()
  await pictured(mari, 'list')
  await opensGoodTicket(mari)
  await pictured(mari, 'ticket')
})

story('dashboard', async ({ room }) => {
  const anneli = await room.agent(desk, 'admin')
  await anneli.goesTo('/dashboard')
  await expect(anneli.page.getByRole('img', { name: 'New and solved' }).locator('svg')).toBeVisible()
  await pictured(anneli, 'dashboard')
})

story('dark', async ({ room }) => {
  const mari = await room.agent(desk, 'agent1', { colorScheme: 'dark' })
  await opensGoodTicket(mari)
  await pictured(mari, 'dark')
})

story('phone', async ({ room }) => {
  const mari = await room.agent(desk, 'agent1', { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true })
  await mari.page.getByRole('button', { name: 'Views' }).click()
  await mari.page.getByRole('dialog', { name: 'Views' }).getByRole('link', { name: 'All unsolved tickets' }).click()
  await expect(mari.page.getByRole('dialog')).toBeHidden()
  await expect(mari.page.getByRole('row').nth(5)).toBeVisible()
  await pictured(mari, 'phone')
})
