import { openDesk } from '../desk/desk'
import { expect, story } from '../desk/story'

const desk = openDesk('new')

story('the first visitor of a new desk becomes its owner', async ({ room }) => {
  const owner = await room.visitor(desk)
  await owner.goesTo('/')
  await expect(owner.page.getByRole('heading', { name: 'Welcome to Tugi' })).toBeVisible()
  await owner.page.getByLabel('Name of the desk').fill('Lamp repair')
  await owner.page.getByLabel('Your name').fill('Helve Hein')
  await owner.page.getByLabel('E-mail').fill('helve@lamps.example')
  await owner.page.getByLabel('Password').fill('short')
  await owner.page.getByRole('button', { name: 'Start' }).click()
  await expect(owner.page.getByText('Use at least 8 characters.')).toBeVisible()
  await owner.page.getByLabel('Password').fill('four unrelated words')
  await owner.page.getByRole('button', { name: 'Start' }).click()
  await expect(owner.page.getByText('Nothing to do here')).toBeVisible()
  await expect(owner.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Admin' })).toBeVisible()

  const visitor = await room.visitor(desk)
  await visitor.goesTo('/')
  await expect(visitor.page.getByRole('heading', { name: 'Sign in' }), 'a desk that has an owner asks who comes').toBeVisible()
  await visitor.page.getByLabel('E-mail').fill('helve@lamps.example')
  await visitor.page.getByLabel('Password').fill('four unrelated wards')
  room.watch.expects(401)
  await visitor.page.getByRole('button', { name: 'Sign in' }).click()
  await expect(visitor.page.getByRole('alert')).toContainText('The e-mail or the password is not right.')
  await visitor.signsIn('helve@lamps.example', 'four unrelated words')
})
