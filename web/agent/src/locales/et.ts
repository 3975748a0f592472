import admin from '../admin/locales/et'
import type en from './en'

export default {
  admin,
  common: { back: 'Tagasi', cancel: 'Loobu', close: 'Sulge', save: 'Salvesta', retry: 'Proovi uuesti', loading: 'Laadin…', undo: 'Võta tagasi', more: 'Veel', none: 'Puudub', remove: 'Eemalda', add: 'Lisa', edit: 'Muuda', done: 'Valmis', yes: 'Jah', no: 'Ei', choose: 'Vali…', search: 'Otsi…', nothingFound: 'Midagi ei leitud' },
  nav: { skip: 'Liigu sisu juurde', sidebar: 'Külgriba', main: 'Peamenüü', tickets: 'Pöördumised', customers: 'Kliendid', organizations: 'Organisatsioonid', dashboard: 'Ülevaade', admin: 'Haldus', search: 'Otsing', newTicket: 'Uus pöördumine', profile: 'Profiil', account: 'Sinu konto' },
  auth: {
    signIn: 'Logi sisse', signOut: 'Logi välja', email: 'E-post', password: 'Parool', forgot: 'Unustasid?', code: 'Kood autentimisrakendusest', codeHelp: 'Kuus numbrit. Sobib ka taastekood.', wrongCode: 'See kood ei ole õige. Proovi kõige uuemat.',
    ended: 'Sinu seanss lõppes. Logi sisse, et jätkata samast kohast.', forgotten: 'Unustatud parool', forgottenLead: 'Saadame lingi, millega saad uue parooli seada.', sendLink: 'Saada link', linkSent: 'Kui aadressil {email} on siin konto, siis on link teel. See kehtib piiratud aja.', toSignIn: 'Sisselogimise lehele',
    setPassword: 'Sea parool', setPasswordLead: 'Vähemalt {n} märki. Hea parool on mõni omavahel seostamata sõna.', newPassword: 'Uus parool', again: 'Sama uuesti', savePassword: 'Salvesta parool', passwordSet: 'Parool on salvestatud', tooShort: 'Kasuta vähemalt {n} märki.', differ: 'Paroolid ei ole ühesugused.', linkDead: 'See link on juba kasutatud või aegunud. Küsi uus.',
  },
  setup: { title: 'Tere tulemast Tugisse', lead: 'Siin pole veel kedagi. Loo esimene konto – sellest saab omanik.', desk: 'Klienditoe nimi', deskHelp: 'Kliendid näevad seda kirjades.', name: 'Sinu nimi', start: 'Alusta' },
  profile: { language: 'Keel', theme: 'Kujundus', saved: 'Profiil on salvestatud', signature: 'Allkiri', signatureHelp: 'Lisatakse sinu avalike vastuste lõppu.', password: 'Muuda parooli', oldPassword: 'Praegune parool' },
  theme: { auto: 'Nagu seadmes', light: 'Hele', dark: 'Tume' },
  totp: { title: 'Teine tegur', on: 'Sees', lead: 'Sisselogimisel küsitakse koodi sinu telefoni rakendusest.', addKey: 'Lisa see võti autentimisrakendusse ja sisesta kood, mida see näitab.', openApp: 'Ava selle seadme rakenduses', turnOn: 'Lülita sisse', turnOff: 'Lülita välja' },
  people: { phone: 'Telefon' },
  views: { title: 'Vaated' },
  ticket: { previous: 'Eelmine pöördumine', next: 'Järgmine pöördumine' },
  palette: { title: 'Käsupalett', placeholder: 'Otsi pöördumisi, inimesi, lehti…', results: 'Tulemused', openTicket: 'Ava pöördumine #{id}', found: 'Leitud', searchAll: 'Otsi kõikjalt „{text}“', actions: 'Tegevused', goTo: 'Mine', toggleTheme: 'Vaheta heledat ja tumedat' },
  shortcuts: {
    title: 'Kiirklahvid', lead: 'Tähed töötavad siis, kui sa ei kirjuta.', everywhere: 'Kõikjal', inList: 'Nimekirjas', inTicket: 'Pöördumises', search: 'Otsi', views: 'Vaadete juurde', customers: 'Klientide juurde', dashboard: 'Ülevaate juurde',
    down: 'Alla', up: 'Üles', open: 'Ava', select: 'Vali', selectRange: 'Vali siiani', clear: 'Tühista valik', reply: 'Avalik vastus', note: 'Sisemärkus', take: 'Määra mulle', nextComment: 'Järgmine kommentaar', previousComment: 'Eelmine kommentaar', back: 'Tagasi nimekirja', submit: 'Saada',
  },
  notice: { title: 'Teavitused', unread: '{count} lugemata teavitus | {count} lugemata teavitust', none: 'Midagi uut ei ole', readAll: 'Märgi kõik loetuks', mention: 'Sind mainiti', assigned: 'Sulle määrati pöördumine', comment: 'Uus kommentaar', reply: 'Klient vastas', failed: 'Kirja ei saanud saata', other: 'Midagi muutus' },
  live: { down: 'Ühendus katkes. Teiste muudatused ilmuvad, kui see taastub.', retry: 'Ühenda uuesti' },
  alarm: { open: 'Vaata lähemalt', other: 'Midagi vajab haldurit: {kind}', mailbox_token: 'Postkasti {address} ei saa enam lugeda: logi sinna uuesti sisse.', mailbox_down: 'Postkast {address} ei vasta.', relay_down: 'Väljuv post seisab: meiliserver ei võta seda vastu.', inbound_failed: 'Osa saabunud kirju ei õnnestunud lugeda.' },
  errors: {
    title: 'See ei õnnestunud', network: 'Serveriga ei saa ühendust. Kontrolli ühendust ja proovi uuesti.', credentials: 'E-posti aadress või parool ei ole õige.', signedOut: 'Sa oled välja logitud.', forbidden: 'Sul ei ole selleks õigust.', notFound: 'Siin ei ole midagi', invalid: 'Midagi on valesti täidetud.',
    conflict: 'Keegi muutis seda samal ajal.', tooMany: 'Liiga palju korraga.', tooLarge: 'Fail on liiga suur.', slowDown: 'Liiga palju katseid. Oota veidi ja proovi uuesti.', unknown: 'Midagi läks valesti.',
    field: { blank: 'See ei tohi olla tühi.', invalid: 'See ei sobi.', duplicate: 'See on juba kasutusel.', short: 'See on liiga lühike.', long: 'See on liiga pikk.', email: 'See ei ole e-posti aadress.' },
  },
} satisfies typeof en
