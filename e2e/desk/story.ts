import { test as base, expect, type Browser, type BrowserContextOptions } from '@playwright/test'
import { Agent } from './agent'
import type { Desk } from './desk'
import { Watch } from './watch'

export const PASSWORD = 'tugi-demo'

/** The room in which a story's agents sit, each at a browser of their own. */
export class Room {
  readonly watch = new Watch()
  private readonly agents: Agent[] = []
  constructor(private readonly browser: Browser) {}

  /** Somebody with an empty browser. */
  async visitor(desk: Desk, options: BrowserContextOptions = {}): Promise<Agent> {
    const context = await this.browser.newContext(options)
    this.watch.over(context)
    const agent = new Agent(await context.newPage(), context, desk)
    this.agents.push(agent)
    return agent
  }
  /** An agent who has signed in, and sees the views. */
  async agent(desk: Desk, name: 'admin' | 'agent1' | 'agent2', options: BrowserContextOptions = {}): Promise<Agent> {
    const agent = await this.visitor(desk, options)
    const session = await agent.context.request.post(`${desk.url}/api/v2/sessions`, { data: { email: `${name}@tugi.test`, password: PASSWORD } })
    expect(session.status(), await session.text()).toBe(201)
    await agent.goesTo('/views')
    await expect(agent.page.getByRole('heading', { name: 'Your unsolved tickets' })).toBeVisible()
    return agent
  }
  async isLeft(): Promise<void> {
    for (const agent of this.agents) await agent.context.close()
  }
}

/** A story: at its end nothing may have left this machine, failed unforeseen or been said on the console. */
export const story = base.extend<{ room: Room }>({
  room: async ({ browser }, use) => {
    const room = new Room(browser)
    await use(room)
    await room.isLeft()
    expect(room.watch.problems).toEqual([])
  },
})
export { expect }
