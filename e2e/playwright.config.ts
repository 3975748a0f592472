import { defineConfig } from '@playwright/test'
import { browser } from './desk/browser'

/** The stories. One after the other: each file has a desk of its own, and two cores are soon busy. */
export default defineConfig({
  testDir: 'stories',
  globalSetup: './desk/template.ts',
  workers: 1,
  retries: 0,
  forbidOnly: !!process.env.CI,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: browser,
})
