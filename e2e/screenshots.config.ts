import { defineConfig } from '@playwright/test'
import { browser } from './desk/browser'

/** The pictures of the README: `npm run screenshots` writes docs/screenshots/. */
export default defineConfig({
  testDir: 'screenshots',
  globalSetup: './desk/template.ts',
  workers: 1,
  timeout: 90_000,
  reporter: [['list']],
  use: browser,
})
