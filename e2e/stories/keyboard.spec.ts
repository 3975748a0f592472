import { openDesk } from '../desk/desk'
import { expect, story } from '../desk/story'

const desk = openDesk()

story('an agent works with the keyboard only', async ({ room }) => {
  const mari = await room.visitor(desk)
  const { keyboard } = mari.page
  const focused = mari.page.locator(':focus')

  await mari.goesTo('/')
  await expect(mari.page.getByLabel('E-mail')).toBeFocused()
  await keyboard.type('agent1@tugi.test')
  await keyboard.press('Tab')
  await expect(mari.page.getByLabel('Password')).toBeFocused()
  await keyboard.type('tugi-demo')
  await keyboard.press('Enter')
  await expect(mari.page.getByRole('heading', { name: 'Your unsolved tickets' })).toBeVisible()

  await keyboard.press('Control+k')
  await expect(mari.page.getByRole('dialog', { name: 'Command palette' }).getByRole('textbox')).toBeFocused()
  await keyboard.type('all unsolved')
  await expect(mari.page.getByRole('option', { name: 'All unsolved tickets', exact: true })).toHaveAttribute('data-highlighted', '')
  await keyboard.press('Enter')
  await expect(mari.page.getByRole('heading', { name: 'All unsolved tickets' })).toBeVisible()
  await expect(mari.page.getByRole('row').nth(3)).toBeVisible()

  await keyboard.press('j')
  const first = await focused.getAttribute('data-ticket')
  await keyboard.press('j')
  await expect(focused).not.toHaveAttribute('data-ticket', first!)
  await keyboard.press('k')
  await expect(focused).toHaveAttribute('data-ticket', first!)
  await keyboard.press('x')
  await expect(mari.page.getByRole('region', { name: 'Change selected tickets' })).toContainText('1 selected')
  await keyboard.press('Escape')
  await expect(mari.page.getByRole('region', { name: 'Change selected tickets' })).toBeHidden()
  await keyboard.press('Enter')
  await expect(mari.page).toHaveURL(`${desk.url}/agent/tickets/${first}`)

  await expect(mari.timeline.getByRole('article').first()).toBeVisible()
  await expect(mari.editor).toBeVisible()
  await keyboard.press('n')
  await expect(mari.editor).toBeFocused()
  await keyboard.type('Written without a mouse.')
  await keyboard.press('Control+Enter')
  await expect(mari.comment('Written without a mouse.')).toContainText('Internal note')
  await expect(mari.editor).toHaveText('')

  await keyboard.press('Control+k')
  await keyboard.type('dashboard')
  await expect(mari.page.getByRole('option', { name: 'Dashboard', exact: true })).toHaveAttribute('data-highlighted', '')
  await keyboard.press('Enter')
  await expect(mari.page.getByRole('heading', { name: 'Dashboard' })).toBeVisible()
})

story('a reply is sent by Ctrl+Enter, and the shortcuts are told by a question mark', async ({ room }) => {
  const mari = await room.agent(desk, 'agent1')
  const { keyboard } = mari.page
  await keyboard.press('?')
  await expect(mari.page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
  await keyboard.press('Escape')
  await expect(mari.page.getByRole('dialog')).toBeHidden()
  await keyboard.press('j')
  await keyboard.press('Enter')
  await expect(mari.editor).toBeVisible()
  await keyboard.press('r')
  await expect(mari.editor).toBeFocused()
  await keyboard.type('A public answer by keyboard.')
  await keyboard.press('Control+Enter')
  await expect(mari.comment('A public answer by keyboard.').getByRole('status')).toContainText('Sending in')
})
