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
  people: {
    phone: 'Phone', name: 'Name', new: 'New person', newLead: 'Somebody who writes to you or will.', find: 'Name, e-mail or phone', findKnown: 'Choose a known person', none: 'No customers yet', noneText: 'People appear here as soon as they write.', suspended: 'Suspended',
    organization: 'Organization', newOrganization: 'New organization', organizationLead: 'A company or a team whose people write to you.', noOrganizations: 'No organizations yet', domains: 'E-mail domains', addDomains: 'Add domains', members: 'People',
    identities: 'Addresses and numbers', addIdentity: 'Add address or number', identityHint: 'E-mail or phone number', primary: 'Main', bounces: 'Bounces', makePrimary: 'Make {value} the main address', removeIdentity: 'Remove {value}', addTo: 'Add to: {list}', removeFrom: 'Remove {name} from: {list}',
  },
  customer: {
    title: 'Customer', since: 'First seen', notes: 'Notes', details: 'Details', addNotes: 'Add a note about this customer', addDetails: 'Add details', history: 'History', tickets: 'Tickets', timeline: 'Timeline', noOthers: 'No other tickets', nothing: 'Nothing here yet',
    same: '{name} ({email}) looks like the same person.', merge: 'Merge', mergeTitle: 'Merge two people', mergeLead: 'Everything of {from} moves to {into}. This cannot be undone.', merged: 'They are one person now',
  },
  views: { title: 'Views', lead: 'Lists of tickets', none: 'No views yet' },
  list: { status: 'Status', subject: 'Subject', requester: 'Requester', assignee: 'Assignee', priority: 'Priority', updated: 'Updated', selectTicket: 'Select ticket {id}', selectAll: 'Select all', empty: 'Nothing to do here', emptyText: 'Tickets appear by themselves when they come in.', fresh: '{count} new | {count} new' },
  sort: { title: 'Order', view: 'As the view says', changed: 'Changed last', unchanged: 'Unchanged longest', newest: 'Newest', oldest: 'Oldest', by: { relevance: 'Best match', updated_at: 'Changed last', created_at: 'Newest', priority: 'Priority', status: 'Status' } },
  search: {
    placeholder: 'Search tickets', kind: 'What to search', people: 'People', results: 'Search results', count: '{count} ticket | {count} tickets', start: 'What are you looking for?', startText: 'Words, a part of a word with *, a name, a number, or operators: see the question mark.', help: 'Search operators',
    by: { status: 'by status', unsolved: 'not solved yet', requester: 'by who asks', assignee: 'yours', group: 'by group', tags: 'by tag', priority: 'high and urgent', created: 'since a date', updated: 'changed in the last week', phrase: 'these words together', prefix: 'words that begin so', not: 'without this word' },
  },
  bulk: { title: 'Change selected tickets', selected: '{count} selected | {count} selected', working: 'Working…', done: '{count} ticket changed | {count} tickets changed', someFailed: '{failed} of {total} could not be changed', undone: 'Changes taken back', first: 'The first {n} at a time' },
  status: { new: 'New', open: 'Open', pending: 'Pending', hold: 'On hold', solved: 'Solved', closed: 'Closed', deleted: 'Deleted' },
  priority: { low: 'Low', normal: 'Normal', high: 'High', urgent: 'Urgent' },
  type: { question: 'Question', incident: 'Incident', problem: 'Problem', task: 'Task' },
  field: { subject: 'Subject', status: 'Status', custom_status_id: 'Status', priority: 'Priority', type: 'Type', assignee_id: 'Assignee', group_id: 'Group', requester_id: 'Requester', tags: 'Tags', follower_ids: 'Followers', email_cc_ids: 'CCs', collaborator_ids: 'Collaborators', due_at: 'Due date', problem_id: 'Problem', ticket_form_id: 'Form', brand_id: 'Brand', organization_id: 'Organization', is_public: 'Public' },
  ticket: {
    previous: 'Previous ticket', next: 'Next ticket', subject: 'Subject', noSubject: '(no subject)', properties: 'Properties', group: 'Group', type: 'Type', due: 'Due date', problem: 'Problem ticket', problemHint: 'Ticket number', openProblem: 'Open the problem', incidents: 'Incidents', noIncidents: 'None linked yet. Solving the problem solves its incidents.', tags: 'Tags', followers: 'Followers', ccs: 'CCs', brand: 'Brand', form: 'Form',
    me: 'Me', nobody: 'Nobody', take: 'Take', panels: 'Parts of the ticket', panel: { talk: 'Conversation', details: 'Details', customer: 'Customer' }, timeline: 'Conversation', older: 'Show older', changes: 'Show changes', whole: 'Show whole message', less: 'Show less', remoteImages: 'Show remote images', raw: 'Raw source', attachments: 'Attachments', download: 'Download',
    actions: 'Ticket actions', commentActions: 'Comment actions', merge: 'Merge…', split: 'Split into a new ticket', splitDone: 'Ticket #{id} made', followUp: 'Make a follow-up', copyLink: 'Copy link', copied: 'Link copied', print: 'Print', spam: 'Mark as spam', delete: 'Delete', deleted: 'Ticket #{id} deleted', spammed: 'Ticket #{id} marked as spam',
    saved: 'Saved', saveChanges: 'Save {count} change | Save {count} changes', discard: 'Discard', leave: 'There are unsaved changes. Leave without saving?', closed: 'This ticket is closed and stays as it is.', missing: 'This ticket is not here', missingText: 'It was deleted, or you may not see it.',
  },
  newTicket: { followUp: 'Follow-up of #{id}', made: 'Ticket #{id} made', needsText: 'Write something first.' },
  composer: {
    title: 'Answer', kind: 'Kind of comment', public: 'Public reply', internal: 'Internal note', to: 'to {name}', text: 'Text of the comment', toolbar: 'Formatting', placeholder: 'Write a reply. Type / for canned replies…', notePlaceholder: 'Only agents see this. Mention a colleague by name…', saving: 'Saving draft…', saved: 'Draft saved',
    bold: 'Bold', italic: 'Italic', code: 'Code', bullets: 'Bulleted list', numbers: 'Numbered list', quote: 'Quote', codeBlock: 'Code block', link: 'Link', image: 'Insert image', attach: 'Attach files', removeFile: 'Remove {name}',
    submitAs: 'Submit as {status}', otherStatus: 'Other ways to submit', unsaved: '{count} unsaved change | {count} unsaved changes', later: 'Send later', laterLead: 'The reply waits here until then and can be taken back.', pickTime: 'Choose a time…', schedule: 'Schedule',
  },
  delivery: { queued: 'Waiting to be sent', held: 'Sending in {n} s', scheduled: 'Will be sent {at}', now: 'Send now', sending: 'Sending…', sent: 'Sent', failed: 'Not sent', bounced: 'Bounced', cancelled: 'Sending cancelled', outbox: 'In the outbox' },
  presence: { answering: '{names} is answering | {names} are answering', viewing: '{names} is looking | {names} are looking' },
  merge: { title: 'Merge tickets', lead: 'The ticket is closed and its comments move into the one you choose. | {count} tickets are closed and their comments move into the one you choose.', find: 'Number or words', into: 'Merge into #{id}', done: 'Merged into #{id}' },
  conflict: { title: '{name} has changed this meanwhile', lead: 'Choose whose value stays.', mine: 'Yours', theirs: '{name}', somebody: 'Somebody', rest: '{count} other change of yours is kept. | {count} other changes of yours are kept.', save: 'Save' },
  metric: { new: 'New tickets', open: 'Open now', solved: 'Solved', first_reply: 'First reply time', full_resolution: 'Full resolution time' },
  insight: {
    range: 'Time', days: 'Last day | Last {count} days', intervalLabel: 'By', interval: { day: 'By day', week: 'By week', month: 'By month' }, statisticLabel: 'Statistic', statistic: { mean: 'Mean', median: 'Median' }, hoursLabel: 'Hours', hours: { calendar: 'Calendar hours', business: 'Business hours' },
    volume: 'New and solved', goal: 'Goal {value}', before: 'Against the time before', table: 'Numbers', behind: '{metric}, {from} – {to}',
  },
  palette: { title: 'Command palette', placeholder: 'Search tickets, people, pages…', results: 'Results', openTicket: 'Open ticket #{id}', found: 'Found', searchAll: 'Search everything for “{text}”', actions: 'Actions', goTo: 'Go to', toggleTheme: 'Switch between light and dark' },
  shortcuts: {
    title: 'Keyboard shortcuts', lead: 'Letters work while you are not typing.', everywhere: 'Everywhere', inList: 'In a list', inTicket: 'In a ticket', search: 'Search', views: 'Go to views', customers: 'Go to customers', dashboard: 'Go to the dashboard',
    down: 'Down', up: 'Up', open: 'Open', select: 'Select', selectRange: 'Select up to here', clear: 'Clear selection', reply: 'Public reply', note: 'Internal note', take: 'Assign to me', nextComment: 'Next comment', previousComment: 'Previous comment', back: 'Back to the list', submit: 'Submit',
  },
  notice: { title: 'Notifications', unread: '{count} unread notification | {count} unread notifications', none: 'Nothing new', readAll: 'Mark all read', mentioned: 'You were mentioned', assigned: 'A ticket was assigned to you', answered: 'New comment on your ticket', followed: 'News on a ticket you follow', other: 'Something changed' },
  live: { down: 'Connection lost. Changes by others appear when it is back.', retry: 'Reconnect' },
  alarm: { open: 'Look into it', other: 'Something needs an admin: {kind}', mailbox_token_dead: 'The mailbox {address} can no longer be read: sign in to it again.', mailbox_failed: 'The mailbox {address} does not answer.', no_address: 'The desk has no e-mail address yet, so replies cannot be sent.', relay_failed: 'Outgoing mail is stuck: {host} does not accept it. {error}', mail_undelivered: 'A reply could not be delivered.', rule_failing: 'The rule “{title}” fails: {error}', webhook_failing: 'The webhook {name} does not answer as it should: {error}', inbound_failed: 'Some incoming messages could not be read.' },
  errors: {
    title: 'That did not work', network: 'The server cannot be reached. Check the connection and try again.', credentials: 'The e-mail or the password is not right.', signedOut: 'You are signed out.', forbidden: 'You are not allowed to do this.', notFound: 'There is nothing here', invalid: 'Something is not filled in right.',
    conflict: 'Somebody changed this at the same time.', tooMany: 'Too many at once.', tooLarge: 'The file is too large.', slowDown: 'Too many attempts. Wait a little and try again.', unknown: 'Something went wrong.',
    field: { blank: 'This cannot be empty.', invalid: 'This is not valid.', duplicate: 'This is in use already.', short: 'This is too short.', long: 'This is too long.', email: 'This is not an e-mail address.' },
  },
}
