/** Words for the vocabulary of rules, by the server's keys (rules.fields.*, rules.operators.* …), and for its editors. */
export default {
  all: 'All of these hold', any: 'At least one of these holds', start: 'Begin with a condition', field: 'Field', operatorOf: '{field}: comparison', valueOf: '{field}: value', addCondition: 'Add condition', addAction: 'Add action',
  unknown: 'The field “{field}” is not there any more.', units: { hours: 'hours', days: 'days', integer: '', decimal: '' },
  fields: {
    status: 'Status category', custom_status_id: 'Status', priority: 'Priority', type: 'Type', group_id: 'Group', assignee_id: 'Assignee', requester_id: 'Requester', organization_id: 'Organization', brand_id: 'Brand', ticket_form_id: 'Form',
    current_tags: 'Tags', via_id: 'Channel', recipient: 'Received at', subject_includes_word: 'Subject text', description_includes_word: 'Description text', comment_includes_word: 'Comment text', satisfaction_score: 'Satisfaction', locale_id: 'Requester’s language',
    ticket_is_public: 'Visibility', reopens: 'Times reopened', replies: 'Agent replies', agent_stations: 'Assignees so far', group_stations: 'Groups so far', exact_created_at: 'Created', exact_updated_at: 'Updated',
    NEW: 'Hours since created', OPEN: 'Hours since open', PENDING: 'Hours since pending', HOLD: 'Hours since on hold', SOLVED: 'Hours since solved', CLOSED: 'Hours since closed', assigned_at: 'Hours since assigned', updated_at: 'Hours since update',
    requester_updated_at: 'Hours since requester’s update', assignee_updated_at: 'Hours since assignee’s update', due_date: 'Hours since due date', until_due_date: 'Hours until due date', update_type: 'Ticket is', comment_is_public: 'Comment is', role: 'Changed by',
  },
  operators: {
    is: 'is', is_not: 'is not', less_than: 'is less than', less_than_equal: 'is at most', greater_than: 'is greater than', greater_than_equal: 'is at least', includes: 'contains at least one of', not_includes: 'contains none of', present: 'is filled in', not_present: 'is not filled in',
    within_previous_n_days: 'within the previous', within_next_n_days: 'within the next', changed: 'changed', not_changed: 'not changed', value: 'changed to', not_value: 'not changed to', value_previous: 'changed from', not_value_previous: 'not changed from',
  },
  operators_text: { is: 'contains the string', is_not: 'does not contain the string', includes: 'contains at least one of the words', not_includes: 'contains none of the words', present: 'is filled in', not_present: 'is not filled in', changed: 'changed', not_changed: 'not changed' },
  values: {
    none: 'None', current_user: 'Whoever is looking', current_groups: 'Groups of whoever is looking', requester_id: 'The requester', assignee_id: 'The assignee', checkbox: { true: 'Yes', false: 'No' },
    status: { new: 'New', open: 'Open', pending: 'Pending', hold: 'On hold', solved: 'Solved', closed: 'Closed' }, priority: { low: 'Low', normal: 'Normal', high: 'High', urgent: 'Urgent' }, type: { question: 'Question', incident: 'Incident', problem: 'Problem', task: 'Task' },
    ticket_is_public: { public: 'Has public comments', private: 'Internal only' }, comment_is_public: { not_relevant: 'Present', true: 'Public', false: 'Internal', requester_can_see_comment: 'Visible to the requester' },
    satisfaction_score: { unoffered: 'Not asked', offered: 'Asked', bad: 'Bad', badwithcomment: 'Bad with comment', good: 'Good', goodwithcomment: 'Good with comment' }, update_type: { Create: 'Created', Change: 'Updated' }, role: { agent: 'An agent', end_user: 'A customer' },
    notified: { current_user: 'Who makes the update', requester_id: 'Requester', requester_and_ccs: 'Requester and CCs', assignee_id: 'Assignee', all_agents: 'All agents', group_id: "The ticket's group" },
    via: { web: 'Web', email: 'E-mail', api: 'API', rule: 'Rule', merge: 'Merge', suspended: 'Suspended mail', follow_up: 'Follow-up', chat: 'Chat', twitter: 'X', voice: 'Phone', facebook: 'Facebook', facebook_message: 'Facebook message', web_widget: 'Web widget', mobile_sdk: 'Mobile app', sms: 'SMS', messaging: 'Messaging' },
  },
  actions: {
    comment_value_html: 'Write a comment', comment_value: 'Write a plain-text comment', comment_mode_is_public: 'Comment is public', status: 'Set status category', custom_status_id: 'Set status', priority: 'Set priority', type: 'Set type', assignee_id: 'Assign to', group_id: 'Give to group',
    satisfaction_score: 'Ask for a rating', notification_user: 'Mail to a person', notification_group: 'Mail to a group', notification_webhook: 'Call a webhook',
    current_tags: 'Add tags', set_tags: 'Replace tags', remove_tags: 'Remove tags', subject: 'Set subject', cc: 'Add CC', follower: 'Add follower', brand_id: 'Move to brand', ticket_form_id: 'Use form',
  },
}
