import admin from '../admin/locales/en'

/** Texts of the workspace. Plural forms are separated by "|": English, Estonian and Finnish have "one | many", Russian "one | few | many". */
export default {
  admin,
  common: { back: 'Back', cancel: 'Cancel', close: 'Close', save: 'Save', retry: 'Try again', loading: 'Loading…', undo: 'Undo', more: 'More', none: 'None', remove: 'Remove', add: 'Add', edit: 'Edit', done: 'Done', yes: 'Yes', no: 'No', choose: 'Choose…', search: 'Search…', nothingFound: 'Nothing found' },
  nav: { skip: 'Skip to content', sidebar: 'Sidebar', main: 'Main', tickets: 'Tickets', customers: 'Customers', organizations: 'Organizations', dashboard: 'Dashboard', admin: 'Admin', search: 'Search', newTicket: 'New ticket', profile: 'Profile', account: 'Your account' },
  auth: {
    signIn: 'Sign in', signOut: 'Sign out', email: 'E-mail', password: 'Password', forgot: 'Forgotten?', code: 'Code from your authenticator app', codeHelp: 'Six digits. A recovery code works too.', wrongCode: 'That code is not right. Try the newest one.',
    ended: 'Your session has ended. Sign in to go on where you were.', forgotten: 'Forgotten password', forgottenLead: 'We send a link by which you set a new password.', sendLink: 'Send the link', linkSent: 'If {email} has an account here, a link is on its way. It works for a limited time.', toSignIn: 'To the sign-in page',
    setPassword: 'Set your password', setPasswordLead: 'At least {n} characters. A few unrelated words make a good one.', newPassword: 'New password', again: 'The same again', savePassword: 'Save password', passwordSet: 'Password saved', tooShort: 'Use at least {n} characters.', differ: 'The two passwords differ.', linkDead: 'This link has been used or has run out. Ask for a new one.',
  },
  setup: { title: 'Welcome to Tugi', lead: 'Nobody is here yet. Make the first account; it owns the desk.', desk: 'Name of the desk', deskHelp: 'Customers see it on e-mails.', name: 'Your name', start: 'Start' },
  profile: { language: 'Language', theme: 'Theme', saved: 'Profile saved', signature: 'Signature', signatureHelp: 'Added under your public replies.', password: 'Change password', oldPassword: 'Present password' },
  theme: { auto: 'As the device', light: 'Light', dark: 'Dark' },
  totp: { title: 'Second factor', on: 'On', lead: 'A code from an app on your phone is asked for when you sign in.', addKey: 'Add this key to your authenticator app, then type the code it shows.', openApp: 'Open in the app on this device', turnOn: 'Turn on', turnOff: 'Turn off' },
  people: { phone: 'Phone' },
  views: { title: 'Views' },
  ticket: { previous: 'Previous ticket', next: 'Next ticket' },
  palette: { title: 'Command palette', placeholder: 'Search tickets, people, pages…', results: 'Results', openTicket: 'Open ticket #{id}', found: 'Found', searchAll: 'Search everything for “{text}”', actions: 'Actions', goTo: 'Go to', toggleTheme: 'Switch between light and dark' },
  shortcuts: {
    title: 'Keyboard shortcuts', lead: 'Letters work while you are not typing.', everywhere: 'Everywhere', inList: 'In a list', inTicket: 'In a ticket', search: 'Search', views: 'Go to views', customers: 'Go to customers', dashboard: 'Go to the dashboard',
    down: 'Down', up: 'Up', open: 'Open', select: 'Select', selectRange: 'Select up to here', clear: 'Clear selection', reply: 'Public reply', note: 'Internal note', take: 'Assign to me', nextComment: 'Next comment', previousComment: 'Previous comment', back: 'Back to the list', submit: 'Submit',
  },
  notice: { title: 'Notifications', unread: '{count} unread notification | {count} unread notifications', none: 'Nothing new', readAll: 'Mark all read', mention: 'You were mentioned', assigned: 'A ticket was assigned to you', comment: 'New comment', reply: 'The customer replied', failed: 'A message could not be sent', other: 'Something changed' },
  live: { down: 'Connection lost. Changes by others appear when it is back.', retry: 'Reconnect' },
  alarm: { open: 'Look into it', other: 'Something needs an admin: {kind}', mailbox_token: 'The mailbox {address} can no longer be read: sign in to it again.', mailbox_down: 'The mailbox {address} does not answer.', relay_down: 'Outgoing mail is stuck: the mail server does not accept it.', inbound_failed: 'Some incoming messages could not be read.' },
  errors: {
    title: 'That did not work', network: 'The server cannot be reached. Check the connection and try again.', credentials: 'The e-mail or the password is not right.', signedOut: 'You are signed out.', forbidden: 'You are not allowed to do this.', notFound: 'There is nothing here', invalid: 'Something is not filled in right.',
    conflict: 'Somebody changed this at the same time.', tooMany: 'Too many at once.', tooLarge: 'The file is too large.', slowDown: 'Too many attempts. Wait a little and try again.', unknown: 'Something went wrong.',
    field: { blank: 'This cannot be empty.', invalid: 'This is not valid.', duplicate: 'This is in use already.', short: 'This is too short.', long: 'This is too long.', email: 'This is not an e-mail address.' },
  },
}
