import type en from './en'

export default {
  sections: { desk: 'Asiakaspalvelu', people: 'Ihmiset', tickets: 'Tiketit', mail: 'Sähköposti', security: 'Turvallisuus' },
  pages: { groups: 'Ryhmät' },
  name: 'Nimi', description: 'Kuvaus', default: 'Oletus', edit: 'Muokkaa: {name}', remove: 'Poista: {name}',
  groups: { add: 'Lisää ryhmä', edit: 'Muokkaa ryhmää', none: 'Ei vielä ryhmiä', lead: 'Ryhmä on tiimi, jolle tikettejä ohjataan.' },
} satisfies typeof en
