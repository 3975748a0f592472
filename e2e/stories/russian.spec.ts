import { russian } from '../desk/agent'
import { openDesk } from '../desk/desk'
import { expect, story } from '../desk/story'

const desk = openDesk()

story('a Russian-speaking agent works in Russian', async ({ room }) => {
  const oleg = desk.customer('Олег Петров', 'oleg.petrov@example.com')
  await oleg.writes({ subject: 'Не приходит почта', text: 'Здравствуйте!\n\nСо вчерашнего дня не приходят письма.\n\nОлег' })
  const sergei = await room.visitor(desk, { locale: 'ru-RU' })
  sergei.words = russian
  await sergei.signsIn('agent2@tugi.test')
  await sergei.page.getByRole('button', { name: 'Your account' }).click()
  await sergei.page.getByRole('menuitem', { name: 'Language' }).hover()
  await sergei.page.getByRole('menuitemcheckbox', { name: 'Русский' }).click()
  await expect(sergei.page.locator('html')).toHaveAttribute('lang', 'ru')
  await sergei.page.reload()
  await expect(sergei.page.locator('html'), 'the choice is kept').toHaveAttribute('lang', 'ru')
  await expect(sergei.page.getByRole('navigation', { name: 'Главное меню' }).getByRole('link', { name: 'Обращения' })).toBeVisible()

  await sergei.page.getByPlaceholder('Поиск обращений').fill('письмо почта')
  await sergei.page.keyboard.press('Enter')
  await expect(sergei.row('Не приходит почта'), 'words are found in other forms too').toBeVisible()
  await sergei.opens('Не приходит почта')
  await expect(sergei.comment('Со вчерашнего дня')).toContainText('Олег Петров')
  await sergei.writes('Уже смотрим.')
  await sergei.submits('В ожидании')
  await expect(sergei.comment('Уже смотрим.').getByRole('status')).toContainText(/Отправка через \d+ с/)
  await expect(sergei.status('В ожидании')).toBeVisible()
  await expect(sergei.page.locator('body')).not.toContainText(/\b[a-z]+\.[a-z_]+\.[a-z_]+\b/)
})
