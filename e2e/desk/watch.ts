import type { BrowserContext, Page, Request } from '@playwright/test'

const HERE = /^(https?|wss?):\/\/127\.0\.0\.1(:\d+)?\//
const INSIDE = /^(data|blob|about|chrome-error):/

/** Notes what no story may do: ask another machine, fail a request that was not meant to fail, write an error to the console. */
export class Watch {
  readonly problems: string[] = []
  private readonly expected = new Map<number, number>()

  over(context: BrowserContext): void {
    context.on('request', (request) => this.asked(request))
    context.on('response', (response) => {
      if (response.status() < 400) return
      const left = this.expected.get(response.status()) ?? 0
      if (left > 0) this.expected.set(response.status(), left - 1)
      else this.problems.push(`${response.request().method()} ${response.url()} answered ${response.status()}`)
    })
    context.on('console', (message) => {
      // what was refused is noted above with its address
      if (message.type() !== 'error' || message.text().startsWith('Failed to load resource: the server responded')) return
      this.problems.push(`the console says on ${message.page()?.url()}: ${message.text()}`)
    })
    context.on('weberror', (failure) => this.problems.push(`a script broke: ${failure.error().stack ?? failure.error().message}`))
  }
  /** One answer with this status is a part of the story. */
  expects(status: number): void { this.expected.set(status, (this.expected.get(status) ?? 0) + 1) }

  private asked(request: Request): void {
    const url = request.url()
    if (!HERE.test(url) && !INSIDE.test(url)) this.problems.push(`${request.method()} ${url} leaves this machine`)
  }
}

/** Waits until no picture, font or animation is under way, so that pictures of the page are alike. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('load')
  await page.evaluate(async () => {
    await document.fonts.ready
    await Promise.all(document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations !== Infinity).map((a) => a.finished.catch(() => undefined)))
  })
}
