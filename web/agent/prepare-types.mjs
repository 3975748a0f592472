// Writes components.d.ts, auto-imports.d.ts and node_modules/.nuxt-ui, which vue-tsc needs and only a Vite run makes.
import { createServer } from 'vite'

const server = await createServer({ server: { middlewareMode: true }, logLevel: 'error' })
await server.close()
