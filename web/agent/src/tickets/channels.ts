const ICONS: Record<string, string> = {
  email: 'i-lucide-mail', web: 'i-lucide-globe', api: 'i-lucide-code', chat: 'i-lucide-message-circle', voice: 'i-lucide-phone', rule: 'i-lucide-bot', system: 'i-lucide-bot', web_form: 'i-lucide-file-text',
}

/** The icon of the channel that something came by. */
export const channelIcon = (channel: string): string => ICONS[channel] ?? 'i-lucide-message-square'
