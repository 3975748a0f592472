import { expect, test } from '@playwright/test'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { read, send, type Mail, type Person } from './mail'
import { serve, type Program } from './program'

interface Outbound { id: number; state: string; subject: string; recipients: string[] }

/** A desk of its own: the real program with its own data, for the stories of one file. */
export class Desk {
  private program: Program | null = null
  private folder = ''

  constructor(private readonly kind: 'demo' | 'new') {}

  get url(): string { return this.running.http }
  private get running(): Program {
    if (!this.program) throw new Error('the desk is not open')
    return this.program
  }

  async open(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'tugi-story-'))
    const data = join(this.folder, 'data')
    if (this.kind === 'demo') await cp(process.env.STORIES_TEMPLATE!, data, { recursive: true })
    this.program = await serve(data, this.kind === 'demo' ? ['--demo'] : [])
  }
  async close(): Promise<void> {
    const program = this.program
    this.program = null
    try { await program?.stop() } finally { await rm(this.folder, { recursive: true, force: true }) }
  }

  /** The API as the admin of the demo, by token. */
  async ask<T>(path: string): Promise<T> {
    const answer = await this.fetch(path)
    return await answer.json() as T
  }
  private async fetch(path: string): Promise<Response> {
    const token = Buffer.from('admin@tugi.test/token:tugi-demo-token').toString('base64')
    const answer = await fetch(`${this.url}/api/v2${path}`, { headers: { authorization: `Basic ${token}` } })
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }

  /** Somebody who writes to the desk. */
  customer(name: string, email: string): Customer { return new Customer(this, { name, email }) }

  /** Gives a letter to the desk's mail port. */
  receives(from: Person, letter: { to: string; subject: string; text: string; inReplyTo?: string; references?: string }): Promise<string> {
    return send(this.running.smtp, { from, ...letter })
  }
  /** Waits until the outbox holds exactly one mail to this address that is not among those known, and reads it. */
  async outgoing(to: string, known: Set<number>): Promise<Mail> {
    let found: Outbound[] = []
    await expect.poll(async () => {
      const { outbound_messages: all } = await this.ask<{ outbound_messages: Outbound[] }>('/outbound_messages?state=outbox&page[size]=100')
      found = all.filter((one) => one.recipients.includes(to) && !known.has(one.id))
      return found.length
    }, { message: `one mail to ${to} in the outbox`, timeout: 40_000 }).toBe(1)
    known.add(found[0]!.id)
    return read(await (await this.fetch(`/outbound_messages/${found[0]!.id}/raw`)).text())
  }
}

/** Opens a desk before the first story of a file and closes it after the last. */
export function openDesk(kind: 'demo' | 'new' = 'demo'): Desk {
  const desk = new Desk(kind)
  test.beforeAll(() => desk.open())
  test.afterAll(() => desk.close())
  return desk
}

/** A customer with a mail program. */
export class Customer {
  private readonly seen = new Set<number>()
  constructor(private readonly desk: Desk, private readonly who: Person) {}

  /** Writes to one of the desk's addresses; gives the Message-ID. */
  writes(letter: { to?: string; subject: string; text: string }): Promise<string> {
    return this.desk.receives(this.who, { to: 'support@tugi.test', ...letter })
  }
  /** The next mail that the desk has for this customer. */
  gets(): Promise<Mail> { return this.desk.outgoing(this.who.email, this.seen) }

  /** Answers a mail of the desk the way mail programs do: to its Reply-To, below the new words what was said before. */
  answers(mail: Mail, text: string): Promise<string> {
    const header = (name: string) => mail.headers.get(name) ?? ''
    const before = mail.parts.find((part) => part.type === 'text/plain')?.text ?? ''
    const quoted = before.split(/\r?\n/).map((line) => `> ${line}`).join('\r\n')
    return this.desk.receives(this.who, {
      to: addressOf(header('reply-to')), subject: `Re: ${header('subject')}`, text: `${text}\r\n\r\nOn 22 Nov 2026, at 10:00, Support wrote:\r\n\r\n${quoted}\r\n`,
      inReplyTo: header('message-id'), references: `${header('references')} ${header('message-id')}`.trim(),
    })
  }
}

/** The bare address of a header such as `Support <support@tugi.test>`. */
export const addressOf = (header: string): string => /<([^>]+)>/.exec(header)?.[1] ?? header.trim()
