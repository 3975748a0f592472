/** Texts of the admin pages. */
export default {
  sections: { desk: 'Desk', people: 'People', tickets: 'Tickets', mail: 'E-mail', security: 'Security' },
  pages: { groups: 'Groups' },
  name: 'Name', description: 'Description', default: 'Default', edit: 'Edit {name}', remove: 'Delete {name}',
  groups: { add: 'Add group', edit: 'Edit group', none: 'No groups yet', lead: 'A group is a team that tickets are given to.' },
}
