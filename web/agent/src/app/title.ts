import { ref } from 'vue'

/** What the open page calls itself in the browser's tab; empty means the route's own title. */
export const pageTitle = ref('')
