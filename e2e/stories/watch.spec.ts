import { expect, test } from '@playwright/test'
import { Watch } from '../desk/watch'

test('the watch sees requests to other machines, refusals and errors', async ({ context, page }) => {
  const watch = new Watch()
  watch.over(context)
  await context.route('**/*', (route) => route.fulfill({ status: route.request().url().includes('refused') ? 403 : 200, contentType: 'text/html', body: '' }))
  await page.goto('http://127.0.0.1:1/')
  await page.evaluate(async () => {
    await fetch('http://elsewhere.example/', { mode: 'no-cors' })
    await fetch('/refused')
    console.error('something is wrong')
    setTimeout(() => { throw new Error('broken') })
  })
  await expect.poll(() => watch.problems.map((problem) => problem.split('\n')[0])).toEqual([
    'GET http://elsewhere.example/ leaves this machine',
    'GET http://127.0.0.1:1/refused answered 403',
    'the console says on http://127.0.0.1:1/: something is wrong',
    'a script broke: Error: broken',
  ])
})
