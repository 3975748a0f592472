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
  build: {
    chunkSizeWarningLimit: 700,
    // what changes least has a chunk of its own, so that a release leaves it in the browser's cache
    rolldownOptions: { output: { codeSplitting: { groups: [
      { name: 'vue', test: /node_modules\/(@vue|vue|vue-router|vue-i18n|@intlify|@tanstack\/(vue-)?query[a-z-]*)\// },
    ] } } },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
})
