import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'

/** The real program; `TUGI_BIN` names another build of it. */
export const binary = process.env.TUGI_BIN || fileURLToPath(new URL('../../target/debug/tugi', import.meta.url))

/** A port of this machine that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

/** What of our environment the program must not see: configuration of the person who runs the stories. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TUGI_')))
}

/** A running `tugi serve`. */
export interface Program { http: string; smtp: { host: string; port: number }; log(): string; stop(): Promise<void> }

/** Starts `tugi serve` on free ports and waits until it says that it serves. */
export async function serve(data: string, flags: string[] = []): Promise<Program> {
  if (!existsSync(binary)) throw new Error(`${binary} is not there; build it with: cargo xtask build`)
  const [http, smtp] = [await freePort(), await freePort()]
  const args = ['serve', '--data', data, '--http', `127.0.0.1:${http}`, '--smtp', `127.0.0.1:${smtp}`, ...flags]
  const child = spawn(binary, args, { env: { ...cleanEnvironment(), TUGI_LOG_FORMAT: 'json' }, stdio: ['ignore', 'ignore', 'pipe'] })
  const lines: string[] = []
  const exit = ended(child)
  const serving = new Promise<void>((resolve) => {
    createInterface({ input: child.stderr! }).on('line', (line) => {
      lines.push(line)
      if (line.includes('"message":"serving"')) resolve()
    })
  })
  const failed = exit.then((how) => { throw new Error(`tugi serve ended (${how}) before it served:\n${lines.join('\n')}`) })
  await Promise.race([serving, failed])
  failed.catch(() => undefined)
  return {
    http: `http://127.0.0.1:${http}`, smtp: { host: '127.0.0.1', port: smtp }, log: () => lines.join('\n'),
    async stop() {
      child.kill('SIGTERM')
      const how = await exit
      if (how !== 'code 0') throw new Error(`tugi serve did not stop well (${how}):\n${lines.slice(-40).join('\n')}`)
    },
  }
}

/** How a process ended, once it has. */
function ended(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `code ${code}`)))
}
