import '@fontsource-variable/inter'
import './main.css'
import { addAPIProvider } from '@iconify/vue'
import ui from '@nuxt/ui/vue-plugin'
import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import App from './app/App.vue'
import { queryClient } from './app/desk'
import { i18n, startLocale } from './app/i18n'
import { router } from './app/router'

// an icon that is missing from the bundle must never call a public icon server
addAPIProvider('', { resources: ['/no-icon-api'] })

await startLocale()
createApp(App).use(VueQueryPlugin, { queryClient }).use(i18n).use(router).use(ui).mount('#app')
