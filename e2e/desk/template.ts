import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from './program'

/** Makes the demo desk once; each file of stories begins with a copy of it. Gives the way to take it away again. */
export default async function makeTemplate(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'tugi-stories-'))
  process.env.STORIES_TEMPLATE = join(folder, 'demo')
  const program = await serve(process.env.STORIES_TEMPLATE, ['--demo'])
  await program.stop()
  return () => rm(folder, { recursive: true, force: true })
}
