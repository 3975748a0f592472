import ui from '@nuxt/ui/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  base: '/agent/',
  plugins: [
    vue(),
    ui({
      // every lucide icon named in src/ is put in the bundle: nothing is fetched from a public icon server
      icon: { clientBundle: { scan: { globInclude: ['src/**/*.{vue,ts}'] }, sizeLimitKb: 256 } },
      experimental: { componentDetection: true },
      ui: { colors: { primary: 'cornflower', neutral: 'zinc' } },
    }),
  ],
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
  build: { chunkSizeWarningLimit: 700 },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
})
