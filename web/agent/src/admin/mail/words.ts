/** The closed lists of mail settings, with the API's names. */
export const SECURITIES = { imap: ['tls', 'starttls', 'none'], relay: ['tls', 'starttls', 'opportunistic', 'none'] } as const
export const AUTHS = ['password', 'xoauth2'] as const
export const PROVIDERS = ['google', 'microsoft', 'custom'] as const
export const AFTER_FETCH = ['seen', 'keep', 'delete', 'move'] as const
export const IMAP_HOSTS: Record<string, string> = { google: 'imap.gmail.com', microsoft: 'outlook.office365.com' }
export const TEMPLATE_KINDS = ['reply', 'follower', 'invitation', 'reset', 'verify'] as const
export const OUTBOUND_STATES = ['failed', 'held', 'queued', 'sending', 'outbox', 'sent', 'bounced', 'cancelled'] as const
export const INBOUND_STATES = ['failed', 'received', 'suspended', 'processed', 'ignored'] as const
