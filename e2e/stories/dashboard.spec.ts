import { openDesk } from '../desk/desk'
import { expect, story } from '../desk/story'

const desk = openDesk()

for (const metric of ['New tickets', 'Open now', 'Solved', 'First reply time', 'Full resolution time']) {
  story(`the number of "${metric}" opens the tickets behind it`, async ({ room }) => {
    const anneli = await room.agent(desk, 'admin')
    await anneli.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Dashboard' }).click()
    const card = anneli.page.getByRole('link', { name: new RegExp(`^${metric}`) }).first()
    await expect(card).toBeVisible()
    const count = Number((await card.textContent())!.replace(metric, '').trim().match(/^[\d,. \u00a0]+/)?.[0].replace(/\D/g, '') ?? 0)
    await card.click()
    await expect(anneli.page.getByRole('heading', { name: new RegExp(`^${metric}`) })).toBeVisible()
    const rows = anneli.page.getByRole('row').filter({ has: anneli.page.getByRole('link') })
    await expect(rows.first()).toBeVisible()
    if (!metric.includes('time')) {
      await expect.poll(async () => { await rows.last().scrollIntoViewIfNeeded(); return rows.count() }).toBe(count)
    }
    await rows.first().getByRole('link').click()
    await expect(anneli.timeline.getByRole('article').first()).toBeVisible()
  })
}

story('the numbers can be read as a table, by week and as a median', async ({ room }) => {
  const anneli = await room.agent(desk, 'admin')
  await anneli.goesTo('/dashboard')
  await anneli.page.getByRole('combobox', { name: 'By' }).click()
  await anneli.page.getByRole('option', { name: 'By week' }).click()
  await anneli.page.getByRole('combobox', { name: 'Statistic' }).click()
  await anneli.page.getByRole('option', { name: 'Median' }).click()
  await anneli.page.getByText('Numbers', { exact: true }).click()
  const rows = anneli.page.getByRole('table').getByRole('row')
  await expect.poll(() => rows.count()).toBeGreaterThan(4)
  await rows.nth(2).getByRole('link').first().click()
  await expect(anneli.page).toHaveURL(/metric=new/)
})
