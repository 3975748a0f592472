import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { randomUUID } from 'node:crypto'

export interface Person { name: string; email: string }
export interface Letter { from: Person; to: string; subject: string; text: string; inReplyTo?: string; references?: string }

/** Sends a letter by SMTP as a mail server would; gives its Message-ID once the desk has answered 250. */
export async function send(server: { host: string; port: number }, letter: Letter): Promise<string> {
  const messageId = `<${randomUUID()}@${letter.from.email.split('@')[1]}>`
  const talk = await Conversation.begin(server)
  await talk.expect('220')
  await talk.say('EHLO mail.example', '250')
  await talk.say(`MAIL FROM:<${letter.from.email}>`, '250')
  await talk.say(`RCPT TO:<${letter.to}>`, '250')
  await talk.say('DATA', '354')
  await talk.say(`${written(letter, messageId)}\r\n.`, '250')
  await talk.say('QUIT', '221')
  return messageId
}

function written(letter: Letter, messageId: string): string {
  const encoded = (text: string) => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`
  const head = [
    `From: ${encoded(letter.from.name)} <${letter.from.email}>`, `To: <${letter.to}>`, `Subject: ${encoded(letter.subject)}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`, `Message-ID: ${messageId}`,
    ...(letter.inReplyTo ? [`In-Reply-To: ${letter.inReplyTo}`] : []), ...(letter.references ? [`References: ${letter.references}`] : []),
    'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64',
  ]
  const body = Buffer.from(letter.text).toString('base64').replace(/.{76}/g, '$&\r\n')
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

/** Commands and their answers, one after the other. */
class Conversation {
  private constructor(private readonly socket: Socket, private readonly lines: AsyncIterator<string>) {}

  static async begin(server: { host: string; port: number }): Promise<Conversation> {
    const socket = connect(server)
    await once(socket, 'connect')
    return new Conversation(socket, createInterface({ input: socket })[Symbol.asyncIterator]())
  }
  async say(line: string, code: string): Promise<void> {
    this.socket.write(`${line}\r\n`)
    await this.expect(code)
  }
  async expect(code: string): Promise<void> {
    for (;;) {
      const { value, done } = await this.lines.next()
      if (done || !value.startsWith(code)) throw new Error(`the desk answered ${value ?? 'nothing'} where ${code} was due`)
      if (value[3] !== '-') return
    }
  }
}

/** A mail as it goes out: its headers by name in lower case, and its leaves. */
export interface Mail { headers: Map<string, string>; parts: Part[] }
export interface Part { type: string; name: string; text: string }

/** Reads a mail of the desk's making. */
export function read(raw: string): Mail {
  const { headers, body } = halves(raw)
  return { headers, parts: leaves(headers, body) }
}

function halves(raw: string): { headers: Map<string, string>; body: string } {
  const end = /\r?\n\r?\n/.exec(raw)
  const head = end ? raw.slice(0, end.index) : raw
  const unfolded = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  const headers = new Map(unfolded.map((line) => { const at = line.indexOf(':'); return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()] as const }))
  return { headers, body: end ? raw.slice(end.index + end[0].length) : '' }
}

function leaves(headers: Map<string, string>, body: string): Part[] {
  const type = headers.get('content-type') ?? 'text/plain'
  const boundary = /boundary="?([^";]+)/i.exec(type)?.[1]
  if (boundary) return body.split(`--${boundary}`).slice(1, -1).flatMap((piece) => { const part = halves(piece.replace(/^\r?\n/, '')); return leaves(part.headers, part.body) })
  const name = /filename="?([^";]+)/i.exec(headers.get('content-disposition') ?? '')?.[1] ?? ''
  return [{ type: type.split(';')[0]!.trim().toLowerCase(), name, text: decoded(headers.get('content-transfer-encoding') ?? '7bit', body) }]
}

function decoded(encoding: string, body: string): string {
  if (/base64/i.test(encoding)) return Buffer.from(body, 'base64').toString('utf8')
  if (!/quoted-printable/i.test(encoding)) return body
  const bytes = body.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
