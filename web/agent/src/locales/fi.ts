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
  people: {
    phone: 'Puhelin', name: 'Nimi', new: 'Uusi henkilö', newLead: 'Joku, joka kirjoittaa sinulle tai aikoo kirjoittaa.', find: 'Nimi, sähköposti tai puhelin', findKnown: 'Valitse tuttu henkilö', none: 'Ei vielä asiakkaita', noneText: 'Ihmiset ilmestyvät tänne heti, kun he kirjoittavat.', suspended: 'Estetty',
    organization: 'Organisaatio', newOrganization: 'Uusi organisaatio', organizationLead: 'Yritys tai tiimi, jonka ihmiset kirjoittavat sinulle.', noOrganizations: 'Ei vielä organisaatioita', domains: 'Sähköpostin verkkotunnukset', addDomains: 'Lisää verkkotunnuksia', members: 'Ihmiset',
    identities: 'Osoitteet ja numerot', addIdentity: 'Lisää osoite tai numero', identityHint: 'Sähköposti tai puhelinnumero', primary: 'Ensisijainen', bounces: 'Palautuu', makePrimary: 'Tee osoitteesta {value} ensisijainen', removeIdentity: 'Poista {value}', addTo: 'Lisää: {list}', removeFrom: 'Poista {name}: {list}',
  },
  customer: {
    title: 'Asiakas', since: 'Ensimmäinen yhteys', notes: 'Muistiinpanot', details: 'Lisätiedot', addNotes: 'Lisää muistiinpano tästä asiakkaasta', addDetails: 'Lisää tietoja', history: 'Historia', tickets: 'Tiketit', timeline: 'Aikajana', noOthers: 'Ei muita tikettejä', nothing: 'Täällä ei ole vielä mitään',
    same: '{name} ({email}) näyttää samalta henkilöltä.', merge: 'Yhdistä', mergeTitle: 'Yhdistä kaksi henkilöä', mergeLead: 'Kaikki henkilöltä {from} siirtyy henkilölle {into}. Tätä ei voi kumota.', merged: 'He ovat nyt yksi henkilö',
  },
  views: { title: 'Näkymät', lead: 'Tikettiluettelot', none: 'Ei vielä näkymiä' },
  list: { status: 'Tila', subject: 'Aihe', requester: 'Pyytäjä', assignee: 'Käsittelijä', priority: 'Kiireellisyys', updated: 'Päivitetty', selectTicket: 'Valitse tiketti {id}', selectAll: 'Valitse kaikki', empty: 'Täällä ei ole tehtävää', emptyText: 'Tiketit ilmestyvät itsestään, kun niitä tulee.', fresh: '{count} uusi | {count} uutta' },
  sort: { title: 'Järjestys', view: 'Näkymän mukaan', changed: 'Viimeksi muutetut', unchanged: 'Kauimmin muuttumatta', newest: 'Uusimmat', oldest: 'Vanhimmat', by: { relevance: 'Paras osuma', updated_at: 'Viimeksi muutetut', created_at: 'Uusimmat', priority: 'Kiireellisyys', status: 'Tila' } },
  search: {
    placeholder: 'Hae tikettejä', kind: 'Mistä haetaan', people: 'Ihmiset', results: 'Hakutulokset', count: '{count} tiketti | {count} tikettiä', start: 'Mitä etsit?', startText: 'Sanoja, sanan alku tähdellä (*), nimi, numero tai hakuehtoja: katso kysymysmerkki.', help: 'Hakuehdot',
    by: { status: 'tilan mukaan', unsolved: 'vielä ratkaisematta', requester: 'pyytäjän mukaan', assignee: 'omasi', group: 'ryhmän mukaan', tags: 'tunnisteen mukaan', priority: 'korkeat ja kiireelliset', created: 'päivästä alkaen', updated: 'viikon sisällä muutetut', phrase: 'nämä sanat yhdessä', prefix: 'näin alkavat sanat', not: 'ilman tätä sanaa' },
  },
  bulk: { title: 'Muuta valittuja tikettejä', selected: '{count} valittu | {count} valittu', working: 'Käsitellään…', done: '{count} tiketti muutettu | {count} tikettiä muutettu', someFailed: '{failed} / {total} jäi muuttamatta', undone: 'Muutokset kumottu', first: 'Ensimmäiset {n} kerrallaan' },
  status: { new: 'Uusi', open: 'Avoin', pending: 'Odottaa', hold: 'Pidossa', solved: 'Ratkaistu', closed: 'Suljettu', deleted: 'Poistettu' },
  priority: { low: 'Matala', normal: 'Tavallinen', high: 'Korkea', urgent: 'Kiireellinen' },
  type: { question: 'Kysymys', incident: 'Häiriö', problem: 'Ongelma', task: 'Tehtävä' },
  field: { subject: 'Aihe', status: 'Tila', custom_status_id: 'Tila', priority: 'Kiireellisyys', type: 'Tyyppi', assignee_id: 'Käsittelijä', group_id: 'Ryhmä', requester_id: 'Pyytäjä', tags: 'Tunnisteet', follower_ids: 'Seuraajat', email_cc_ids: 'Kopiot', collaborator_ids: 'Osallistujat', due_at: 'Määräpäivä', problem_id: 'Ongelma', ticket_form_id: 'Lomake', brand_id: 'Brändi', organization_id: 'Organisaatio', is_public: 'Julkinen' },
  ticket: {
    previous: 'Edellinen tiketti', next: 'Seuraava tiketti', subject: 'Aihe', noSubject: '(ei aihetta)', properties: 'Ominaisuudet', group: 'Ryhmä', type: 'Tyyppi', due: 'Määräpäivä', problem: 'Ongelmatiketti', problemHint: 'Tiketin numero', openProblem: 'Avaa ongelma', incidents: 'Häiriöt', noIncidents: 'Ei vielä liitettyjä. Ongelman ratkaiseminen ratkaisee sen häiriöt.', tags: 'Tunnisteet', followers: 'Seuraajat', ccs: 'Kopiot', brand: 'Brändi', form: 'Lomake',
    me: 'Minä', nobody: 'Ei kukaan', take: 'Ota', panels: 'Tiketin osat', panel: { talk: 'Keskustelu', details: 'Tiedot', customer: 'Asiakas' }, timeline: 'Keskustelu', older: 'Näytä vanhemmat', changes: 'Näytä muutokset', whole: 'Näytä koko viesti', less: 'Näytä vähemmän', remoteImages: 'Näytä ulkoiset kuvat', raw: 'Alkuperäinen viesti', attachments: 'Liitteet', download: 'Lataa',
    actions: 'Tiketin toiminnot', commentActions: 'Kommentin toiminnot', merge: 'Yhdistä…', split: 'Erota uudeksi tiketiksi', splitDone: 'Tiketti #{id} luotu', followUp: 'Tee jatkotiketti', copyLink: 'Kopioi linkki', copied: 'Linkki kopioitu', print: 'Tulosta', spam: 'Merkitse roskapostiksi', delete: 'Poista', deleted: 'Tiketti #{id} poistettu', spammed: 'Tiketti #{id} merkitty roskapostiksi',
    saved: 'Tallennettu', saveChanges: 'Tallenna {count} muutos | Tallenna {count} muutosta', discard: 'Hylkää', leave: 'Tallentamattomia muutoksia on. Poistutaanko tallentamatta?', closed: 'Tämä tiketti on suljettu ja pysyy ennallaan.', missing: 'Tätä tikettiä ei ole', missingText: 'Se on poistettu, tai sinulla ei ole oikeutta nähdä sitä.',
  },
  newTicket: { followUp: 'Jatkoa tiketille #{id}', made: 'Tiketti #{id} luotu', needsText: 'Kirjoita ensin jotain.' },
  composer: {
    title: 'Vastaus', kind: 'Kommentin laji', public: 'Julkinen vastaus', internal: 'Sisäinen muistiinpano', to: 'vastaanottaja: {name}', text: 'Kommentin teksti', toolbar: 'Muotoilu', placeholder: 'Kirjoita vastaus. Valmiit vastaukset: /…', notePlaceholder: 'Vain käsittelijät näkevät tämän. Voit mainita kollegan nimeltä…', saving: 'Luonnosta tallennetaan…', saved: 'Luonnos tallennettu',
    bold: 'Lihavointi', italic: 'Kursivointi', code: 'Koodi', bullets: 'Luettelo', numbers: 'Numeroitu luettelo', quote: 'Lainaus', codeBlock: 'Koodilohko', link: 'Linkki', image: 'Lisää kuva', attach: 'Liitä tiedostoja', removeFile: 'Poista {name}',
    submitAs: 'Lähetä: {status}', otherStatus: 'Muut lähetystavat', unsaved: '{count} tallentamaton muutos | {count} tallentamatonta muutosta', later: 'Lähetä myöhemmin', laterLead: 'Vastaus odottaa siihen asti täällä, ja sen voi perua.', pickTime: 'Valitse aika…', schedule: 'Ajasta',
  },
  delivery: { queued: 'Odottaa lähetystä', held: 'Lähetetään {n} s kuluttua', scheduled: 'Lähetetään {at}', now: 'Lähetä nyt', sending: 'Lähetetään…', sent: 'Lähetetty', failed: 'Ei lähetetty', bounced: 'Palautui', cancelled: 'Lähetys peruttu', outbox: 'Lähtevissä' },
  presence: { answering: '{names} vastaa | {names} vastaavat', viewing: '{names} katsoo | {names} katsovat' },
  merge: { title: 'Yhdistä tikettejä', lead: 'Tiketti suljetaan ja sen kommentit siirtyvät valitsemaasi. | {count} tikettiä suljetaan ja niiden kommentit siirtyvät valitsemaasi.', find: 'Numero tai sanoja', into: 'Yhdistä tikettiin #{id}', done: 'Yhdistetty tikettiin #{id}' },
  conflict: { title: '{name} on muuttanut tätä sillä välin', lead: 'Valitse, kumman arvo jää.', mine: 'Sinun', theirs: '{name}', somebody: 'Joku', rest: '{count} muu muutoksesi säilyy. | {count} muuta muutostasi säilyy.', save: 'Tallenna' },
  metric: { new: 'Uudet tiketit', open: 'Avoinna nyt', solved: 'Ratkaistut', first_reply: 'Ensivastausaika', full_resolution: 'Lopullinen ratkaisuaika' },
  insight: {
    range: 'Aika', days: 'Viimeinen päivä | Viimeiset {count} päivää', intervalLabel: 'Jaksotus', interval: { day: 'Päivittäin', week: 'Viikoittain', month: 'Kuukausittain' }, statisticLabel: 'Tunnusluku', statistic: { mean: 'Keskiarvo', median: 'Mediaani' }, hoursLabel: 'Tunnit', hours: { calendar: 'Kalenteriaika', business: 'Työaika' },
    volume: 'Uudet ja ratkaistut', goal: 'Tavoite {value}', before: 'Verrattuna edelliseen jaksoon', table: 'Luvut', behind: '{metric}, {from} – {to}',
  },
  palette: { title: 'Komentopaletti', placeholder: 'Hae tikettejä, ihmisiä, sivuja…', results: 'Tulokset', openTicket: 'Avaa tiketti #{id}', found: 'Löytyi', searchAll: 'Hae kaikkialta ”{text}”', actions: 'Toiminnot', goTo: 'Siirry', toggleTheme: 'Vaihda vaalean ja tumman välillä' },
  shortcuts: {
    title: 'Pikanäppäimet', lead: 'Kirjaimet toimivat, kun et ole kirjoittamassa.', everywhere: 'Kaikkialla', inList: 'Luettelossa', inTicket: 'Tiketissä', search: 'Hae', views: 'Näkymiin', customers: 'Asiakkaisiin', dashboard: 'Yleisnäkymään',
    down: 'Alas', up: 'Ylös', open: 'Avaa', select: 'Valitse', selectRange: 'Valitse tähän asti', clear: 'Tyhjennä valinta', reply: 'Julkinen vastaus', note: 'Sisäinen muistiinpano', take: 'Ota itselle', nextComment: 'Seuraava kommentti', previousComment: 'Edellinen kommentti', back: 'Takaisin luetteloon', submit: 'Lähetä',
  },
  notice: { title: 'Ilmoitukset', unread: '{count} lukematon ilmoitus | {count} lukematonta ilmoitusta', none: 'Ei mitään uutta', readAll: 'Merkitse kaikki luetuiksi', mentioned: 'Sinut mainittiin', assigned: 'Sinulle annettiin tiketti', answered: 'Uusi kommentti tiketissäsi', followed: 'Uutta seuraamassasi tiketissä', other: 'Jokin muuttui' },
  live: { down: 'Yhteys katkesi. Muiden muutokset näkyvät, kun se palaa.', retry: 'Yhdistä uudelleen' },
  alarm: { open: 'Tutki', other: 'Jokin vaatii ylläpitäjää: {kind}', mailbox_token_dead: 'Postilaatikkoa {address} ei voi enää lukea: kirjaudu siihen uudelleen.', mailbox_failed: 'Postilaatikko {address} ei vastaa.', no_address: 'Asiakaspalvelulla ei ole vielä sähköpostiosoitetta, joten vastauksia ei voi lähettää.', relay_failed: 'Lähtevä posti on jumissa: {host} ei ota sitä vastaan. {error}', mail_undelivered: 'Yhtä vastausta ei voitu toimittaa.', rule_failing: 'Sääntö ”{title}” ei toimi: {error}', webhook_failing: 'Webhook {name} ei vastaa niin kuin pitäisi: {error}', inbound_failed: 'Joitakin saapuneita viestejä ei voitu lukea.' },
  errors: {
    title: 'Se ei onnistunut', network: 'Palvelimeen ei saada yhteyttä. Tarkista yhteys ja yritä uudelleen.', credentials: 'Sähköposti tai salasana ei ole oikein.', signedOut: 'Olet kirjautunut ulos.', forbidden: 'Sinulla ei ole oikeutta tähän.', notFound: 'Täällä ei ole mitään', invalid: 'Jotain on täytetty väärin.',
    conflict: 'Joku muutti tätä samaan aikaan.', tooMany: 'Liian monta kerralla.', tooLarge: 'Tiedosto on liian suuri.', slowDown: 'Liian monta yritystä. Odota hetki ja yritä uudelleen.', unknown: 'Jotain meni vikaan.',
    field: { blank: 'Tämä ei voi olla tyhjä.', invalid: 'Tämä ei kelpaa.', duplicate: 'Tämä on jo käytössä.', short: 'Tämä on liian lyhyt.', long: 'Tämä on liian pitkä.', email: 'Tämä ei ole sähköpostiosoite.' },
  },
} satisfies typeof en
