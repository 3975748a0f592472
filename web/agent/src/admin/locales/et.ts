import type en from './en'

export default {
  sections: { desk: 'Klienditugi', people: 'Inimesed', tickets: 'Pöördumised', mail: 'E-post', security: 'Turvalisus' },
  pages: { groups: 'Rühmad' },
  name: 'Nimi', description: 'Kirjeldus', default: 'Vaikimisi', edit: 'Muuda: {name}', remove: 'Kustuta: {name}',
  groups: { add: 'Lisa rühm', edit: 'Muuda rühma', none: 'Rühmi veel ei ole', lead: 'Rühm on meeskond, kellele pöördumisi suunatakse.' },
} satisfies typeof en
