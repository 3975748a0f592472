import admin from '../admin/locales/fi'
import type en from './en'

export default {
  admin,
  common: { back: 'Takaisin', cancel: 'Peruuta', close: 'Sulje', save: 'Tallenna', retry: 'Yritä uudelleen', loading: 'Ladataan…', undo: 'Kumoa', more: 'Lisää', none: 'Ei mitään', remove: 'Poista', add: 'Lisää', edit: 'Muokkaa', done: 'Valmis', yes: 'Kyllä', no: 'Ei', choose: 'Valitse…', search: 'Hae…', nothingFound: 'Mitään ei löytynyt' },
  nav: { skip: 'Siirry sisältöön', sidebar: 'Sivupalkki', main: 'Päävalikko', tickets: 'Tiketit', customers: 'Asiakkaat', organizations: 'Organisaatiot', dashboard: 'Yleisnäkymä', admin: 'Hallinta', search: 'Haku', newTicket: 'Uusi tiketti', profile: 'Profiili', account: 'Oma tili' },
  auth: {
    signIn: 'Kirjaudu sisään', signOut: 'Kirjaudu ulos', email: 'Sähköposti', password: 'Salasana', forgot: 'Unohtuiko?', code: 'Todennussovelluksen koodi', codeHelp: 'Kuusi numeroa. Palautuskoodikin käy.', wrongCode: 'Koodi ei ole oikein. Kokeile uusinta.',
    ended: 'Istuntosi päättyi. Kirjaudu sisään jatkaaksesi samasta kohdasta.', forgotten: 'Unohtunut salasana', forgottenLead: 'Lähetämme linkin, jolla voit asettaa uuden salasanan.', sendLink: 'Lähetä linkki', linkSent: 'Jos osoitteella {email} on täällä tili, linkki on matkalla. Se toimii rajoitetun ajan.', toSignIn: 'Kirjautumissivulle',
    setPassword: 'Aseta salasana', setPasswordLead: 'Vähintään {n} merkkiä. Muutama toisiinsa liittymätön sana on hyvä salasana.', newPassword: 'Uusi salasana', again: 'Sama uudelleen', savePassword: 'Tallenna salasana', passwordSet: 'Salasana tallennettu', tooShort: 'Käytä vähintään {n} merkkiä.', differ: 'Salasanat eivät täsmää.', linkDead: 'Linkki on jo käytetty tai vanhentunut. Pyydä uusi.',
  },
  setup: { title: 'Tervetuloa Tugiin', lead: 'Täällä ei ole vielä ketään. Luo ensimmäinen tili; siitä tulee omistaja.', desk: 'Asiakaspalvelun nimi', deskHelp: 'Asiakkaat näkevät sen viesteissä.', name: 'Nimesi', start: 'Aloita' },
  profile: { language: 'Kieli', theme: 'Teema', saved: 'Profiili tallennettu', signature: 'Allekirjoitus', signatureHelp: 'Lisätään julkisten vastaustesi loppuun.', password: 'Vaihda salasana', oldPassword: 'Nykyinen salasana' },
  theme: { auto: 'Laitteen mukaan', light: 'Vaalea', dark: 'Tumma' },
  totp: { title: 'Toinen tekijä', on: 'Käytössä', lead: 'Kirjautuessa kysytään koodi puhelimesi sovelluksesta.', addKey: 'Lisää tämä avain todennussovellukseen ja kirjoita sen näyttämä koodi.', openApp: 'Avaa tämän laitteen sovelluksessa', turnOn: 'Ota käyttöön', turnOff: 'Poista käytöstä' },
  people: { phone: 'Puhelin' },
  views: { title: 'Näkymät' },
  ticket: { previous: 'Edellinen tiketti', next: 'Seuraava tiketti' },
  palette: { title: 'Komentopaletti', placeholder: 'Hae tikettejä, ihmisiä, sivuja…', results: 'Tulokset', openTicket: 'Avaa tiketti #{id}', found: 'Löytyi', searchAll: 'Hae kaikkialta ”{text}”', actions: 'Toiminnot', goTo: 'Siirry', toggleTheme: 'Vaihda vaalean ja tumman välillä' },
  shortcuts: {
    title: 'Pikanäppäimet', lead: 'Kirjaimet toimivat, kun et ole kirjoittamassa.', everywhere: 'Kaikkialla', inList: 'Luettelossa', inTicket: 'Tiketissä', search: 'Hae', views: 'Näkymiin', customers: 'Asiakkaisiin', dashboard: 'Yleisnäkymään',
    down: 'Alas', up: 'Ylös', open: 'Avaa', select: 'Valitse', selectRange: 'Valitse tähän asti', clear: 'Tyhjennä valinta', reply: 'Julkinen vastaus', note: 'Sisäinen muistiinpano', take: 'Ota itselle', nextComment: 'Seuraava kommentti', previousComment: 'Edellinen kommentti', back: 'Takaisin luetteloon', submit: 'Lähetä',
  },
  notice: { title: 'Ilmoitukset', unread: '{count} lukematon ilmoitus | {count} lukematonta ilmoitusta', none: 'Ei mitään uutta', readAll: 'Merkitse kaikki luetuiksi', mention: 'Sinut mainittiin', assigned: 'Sinulle annettiin tiketti', comment: 'Uusi kommentti', reply: 'Asiakas vastasi', failed: 'Viestiä ei voitu lähettää', other: 'Jokin muuttui' },
  live: { down: 'Yhteys katkesi. Muiden muutokset näkyvät, kun se palaa.', retry: 'Yhdistä uudelleen' },
  alarm: { open: 'Tutki', other: 'Jokin vaatii ylläpitäjää: {kind}', mailbox_token: 'Postilaatikkoa {address} ei voi enää lukea: kirjaudu siihen uudelleen.', mailbox_down: 'Postilaatikko {address} ei vastaa.', relay_down: 'Lähtevä posti on jumissa: sähköpostipalvelin ei ota sitä vastaan.', inbound_failed: 'Joitakin saapuneita viestejä ei voitu lukea.' },
  errors: {
    title: 'Se ei onnistunut', network: 'Palvelimeen ei saada yhteyttä. Tarkista yhteys ja yritä uudelleen.', credentials: 'Sähköposti tai salasana ei ole oikein.', signedOut: 'Olet kirjautunut ulos.', forbidden: 'Sinulla ei ole oikeutta tähän.', notFound: 'Täällä ei ole mitään', invalid: 'Jotain on täytetty väärin.',
    conflict: 'Joku muutti tätä samaan aikaan.', tooMany: 'Liian monta kerralla.', tooLarge: 'Tiedosto on liian suuri.', slowDown: 'Liian monta yritystä. Odota hetki ja yritä uudelleen.', unknown: 'Jotain meni vikaan.',
    field: { blank: 'Tämä ei voi olla tyhjä.', invalid: 'Tämä ei kelpaa.', duplicate: 'Tämä on jo käytössä.', short: 'Tämä on liian lyhyt.', long: 'Tämä on liian pitkä.', email: 'Tämä ei ole sähköpostiosoite.' },
  },
} satisfies typeof en
