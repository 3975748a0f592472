import { addressOf, openDesk } from '../desk/desk'
import { expect, story } from '../desk/story'

const desk = openDesk()

story('a customer writes, an agent answers, the customer writes back', async ({ room }) => {
  const juhan = desk.customer('Juhan Juurikas', 'juhan.juurikas@example.com')
  const mari = await room.agent(desk, 'agent1')
  await mari.opensView('Unassigned tickets')

  await juhan.writes({ subject: 'The lamp in the mailbox blinks', text: 'Good day!\n\nIt blinks since Monday. What shall I do?\n\nJuhan' })
  await expect(mari.row('The lamp in the mailbox blinks')).toBeVisible()
  await mari.opens('The lamp in the mailbox blinks')
  await expect(mari.comment('It blinks since Monday.')).toContainText('Juhan Juurikas')

  await mari.writes('Please ')
  await mari.writesBold('unplug it')
  await mari.page.keyboard.type(' for a minute. The leaflet is attached.')
  await mari.attaches('leaflet.txt', 'Unplug. Wait. Plug in.')
  await mari.submits('Pending')
  const answer = mari.comment('for a minute')
  await expect(answer.locator('strong')).toHaveText('unplug it')
  await expect(answer).toContainText('leaflet.txt')
  await expect(answer.getByRole('status')).toContainText('Sending in')
  await expect(mari.status('Pending')).toBeVisible()
  await expect(answer.getByRole('status')).toContainText('In the outbox', { timeout: 40_000 })

  const mail = await juhan.gets()
  expect(addressOf(mail.headers.get('from')!)).toBe('support@tugi.test')
  expect(addressOf(mail.headers.get('reply-to')!)).toMatch(/^support\+\d+-[a-z2-7]{16}@tugi\.test$/)
  expect(mail.headers.get('subject')).toContain('The lamp in the mailbox blinks')
  expect(mail.parts.find((part) => part.type === 'text/html')?.text).toMatch(/<(strong|b)[^>]*>unplug it<\/(strong|b)>/)
  expect(mail.parts.find((part) => part.name === 'leaflet.txt')?.text).toBe('Unplug. Wait. Plug in.')

  await juhan.answers(mail, 'It blinks no more. Thank you!')
  await expect(mari.comment('It blinks no more.')).toBeVisible()
  await expect(mari.comment('It blinks no more.'), 'what was said before is folded away').not.toContainText('The leaflet is attached')
  await expect(mari.status('Open')).toBeVisible()
})

story('the answer refers to the mail that it answers', async ({ room }) => {
  const liina = desk.customer('Liina Lepik', 'liina.lepik@example.org')
  const written = await liina.writes({ subject: 'Where is my invoice for May?', text: 'I did not get it.' })
  const mari = await room.agent(desk, 'agent1')
  await mari.opensView('Unassigned tickets')
  await mari.opens('Where is my invoice for May?')
  await mari.writes('It is on its way.')
  await mari.page.keyboard.press('Control+Enter')
  await expect(mari.comment('It is on its way.')).toBeVisible()
  await expect(mari.status('Open')).toBeVisible()
  const mail = await liina.gets()
  expect(mail.headers.get('in-reply-to')).toBe(written)
  expect(mail.headers.get('references')).toContain(written)
})

story('an answer can be taken back while it waits', async ({ room }) => {
  const toomas = desk.customer('Toomas Tamm', 'toomas.tamm@example.net')
  await toomas.writes({ subject: 'Please close my account', text: 'All of it.' })
  const mari = await room.agent(desk, 'agent1')
  await mari.opensView('Unassigned tickets')
  await mari.opens('Please close my account')
  await mari.writes('It is closed for ever.')
  await mari.submits('Solved')
  await mari.comment('It is closed for ever.').getByRole('button', { name: 'Undo' }).click()
  await expect(mari.comment('It is closed for ever.').getByRole('status')).toContainText('Sending cancelled')
  await expect(mari.editor, 'the text is there to be changed').toContainText('It is closed for ever.')
})
