import type { PlaywrightTestConfig } from '@playwright/test'

const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']

/** The system's Chromium on a desktop screen. `TUGI_CHROMIUM` names another one. */
export const browser: PlaywrightTestConfig['use'] = {
  viewport: { width: 1440, height: 900 },
  locale: 'en-GB',
  timezoneId: 'Europe/Tallinn',
  colorScheme: 'light',
  actionTimeout: 15_000,
  trace: 'retain-on-failure',
  screenshot: 'only-on-failure',
  launchOptions: { executablePath: process.env.TUGI_CHROMIUM || '/usr/bin/chromium', args: flags },
}
