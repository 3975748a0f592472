import { openDesk } from '../desk/desk'
import { expect, story } from '../desk/story'

const desk = openDesk()

story('two agents meet on one ticket', async ({ room }) => {
  const signe = desk.customer('Signe Saar', 'signe.saar@example.com')
  await signe.writes({ subject: 'Two of you, one of me', text: 'Who answers?' })
  const mari = await room.agent(desk, 'agent1')
  await mari.opensView('Unassigned tickets')
  await mari.opens('Two of you, one of me')
  const sergei = await room.agent(desk, 'agent2')
  await sergei.goesTo(new URL(mari.page.url()).pathname.replace('/agent', ''))

  await expect(mari.page.getByText('Sergei Orlov is looking')).toBeVisible()
  await sergei.composer.getByRole('button', { name: 'Internal note' }).click()
  await sergei.writes('I know her, she is patient.')
  await expect(mari.page.getByText('Sergei Orlov is answering')).toBeVisible()
  await sergei.submits('Open')
  await expect(mari.comment('I know her, she is patient.')).toBeVisible()
})

story('what two agents change at once is merged, and what clashes is asked', async ({ room }) => {
  const oskar = desk.customer('Oskar Oja', 'oskar.oja@example.com')
  await oskar.writes({ subject: 'Priorities of two people', text: 'Mine is urgent.' })
  const mari = await room.agent(desk, 'agent1')
  await mari.opensView('Unassigned tickets')
  await mari.opens('Priorities of two people')
  const sergei = await room.agent(desk, 'agent2')
  await sergei.goesTo(new URL(mari.page.url()).pathname.replace('/agent', ''))

  await mari.sets('Priority', 'Urgent')
  await mari.sets('Type', 'Task')
  await sergei.sets('Priority', 'Low')
  await sergei.properties.getByRole('button', { name: 'Save 1 change' }).click()
  await expect(sergei.page.getByText('Saved', { exact: true })).toBeVisible()

  room.watch.expects(409)
  await mari.properties.getByRole('button', { name: 'Save 2 changes' }).click()
  const dialog = mari.page.getByRole('dialog', { name: 'Sergei Orlov has changed this meanwhile' })
  await expect(dialog.getByRole('group', { name: 'Priority' })).toContainText('Urgent')
  await expect(dialog.getByRole('group', { name: 'Priority' })).toContainText('Low')
  await expect(dialog).toContainText('1 other change of yours is kept.')
  await dialog.getByRole('radio', { name: 'Sergei Orlov' }).check()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
  for (const agent of [mari, sergei]) {
    await expect(agent.property('Priority')).toHaveText('Low')
    await expect(agent.property('Type')).toHaveText('Task')
  }
})
