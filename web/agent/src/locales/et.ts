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
  people: {
    phone: 'Telefon', name: 'Nimi', new: 'Uus inimene', newLead: 'Keegi, kes sulle kirjutab või hakkab kirjutama.', find: 'Nimi, e-post või telefon', findKnown: 'Vali tuttav inimene', none: 'Kliente veel ei ole', noneText: 'Inimesed ilmuvad siia kohe, kui nad kirjutavad.', suspended: 'Peatatud',
    organization: 'Organisatsioon', newOrganization: 'Uus organisatsioon', organizationLead: 'Ettevõte või meeskond, kelle inimesed sulle kirjutavad.', noOrganizations: 'Organisatsioone veel ei ole', domains: 'E-posti domeenid', addDomains: 'Lisa domeene', members: 'Inimesed',
    identities: 'Aadressid ja numbrid', addIdentity: 'Lisa aadress või number', identityHint: 'E-post või telefoninumber', primary: 'Põhiline', bounces: 'Põrkab tagasi', makePrimary: 'Tee {value} põhiaadressiks', removeIdentity: 'Eemalda {value}', addTo: 'Lisa: {list}', removeFrom: 'Eemalda {name}: {list}',
  },
  customer: {
    title: 'Klient', since: 'Esmakordselt', notes: 'Märkmed', details: 'Üksikasjad', addNotes: 'Lisa märge selle kliendi kohta', addDetails: 'Lisa üksikasju', history: 'Ajalugu', tickets: 'Pöördumised', timeline: 'Ajajoon', noOthers: 'Teisi pöördumisi ei ole', nothing: 'Siin ei ole veel midagi',
    same: '{name} ({email}) paistab olevat sama inimene.', merge: 'Ühenda', mergeTitle: 'Ühenda kaks inimest', mergeLead: 'Kõik, mis on seotud kasutajaga {from}, läheb üle kasutajale {into}. Seda ei saa tagasi võtta.', merged: 'Nüüd on nad üks inimene',
  },
  views: { title: 'Vaated', lead: 'Pöördumiste nimekirjad', none: 'Vaateid veel ei ole' },
  list: { status: 'Olek', subject: 'Teema', requester: 'Pöörduja', assignee: 'Vastutaja', priority: 'Prioriteet', updated: 'Muudetud', selectTicket: 'Vali pöördumine {id}', selectAll: 'Vali kõik', empty: 'Siin ei ole midagi teha', emptyText: 'Pöördumised ilmuvad ise, kui need saabuvad.', fresh: '{count} uus | {count} uut' },
  sort: { title: 'Järjestus', view: 'Nagu vaates määratud', changed: 'Viimati muudetud', unchanged: 'Kõige kauem muutmata', newest: 'Uusimad', oldest: 'Vanimad', by: { relevance: 'Parim vaste', updated_at: 'Viimati muudetud', created_at: 'Uusimad', priority: 'Prioriteet', status: 'Olek' } },
  search: {
    placeholder: 'Otsi pöördumisi', kind: 'Mida otsida', people: 'Inimesed', results: 'Otsingu tulemused', count: '{count} pöördumine | {count} pöördumist', start: 'Mida sa otsid?', startText: 'Sõnad, sõna algus tärniga (*), nimi, number või otsingutehted: vaata küsimärgi alt.', help: 'Otsingutehted',
    by: { status: 'oleku järgi', unsolved: 'veel lahendamata', requester: 'pöörduja järgi', assignee: 'sinu omad', group: 'rühma järgi', tags: 'sildi järgi', priority: 'kõrged ja kiired', created: 'alates kuupäevast', updated: 'viimase nädala jooksul muudetud', phrase: 'need sõnad koos', prefix: 'nii algavad sõnad', not: 'ilma selle sõnata' },
  },
  bulk: { title: 'Muuda valitud pöördumisi', selected: '{count} valitud | {count} valitud', working: 'Töötan…', done: '{count} pöördumine muudetud | {count} pöördumist muudetud', someFailed: '{total}-st ei õnnestunud muuta: {failed}', undone: 'Muudatused on tagasi võetud', first: 'Korraga esimesed {n}' },
  status: { new: 'Uus', open: 'Avatud', pending: 'Ootel', hold: 'Peatatud', solved: 'Lahendatud', closed: 'Suletud', deleted: 'Kustutatud' },
  priority: { low: 'Madal', normal: 'Tavaline', high: 'Kõrge', urgent: 'Kiire' },
  type: { question: 'Küsimus', incident: 'Juhtum', problem: 'Probleem', task: 'Ülesanne' },
  field: { subject: 'Teema', status: 'Olek', custom_status_id: 'Olek', priority: 'Prioriteet', type: 'Liik', assignee_id: 'Vastutaja', group_id: 'Rühm', requester_id: 'Pöörduja', tags: 'Sildid', follower_ids: 'Jälgijad', email_cc_ids: 'Koopia saajad', collaborator_ids: 'Kaasatud', due_at: 'Tähtaeg', problem_id: 'Probleem', ticket_form_id: 'Vorm', brand_id: 'Bränd', organization_id: 'Organisatsioon', is_public: 'Avalik' },
  ticket: {
    previous: 'Eelmine pöördumine', next: 'Järgmine pöördumine', subject: 'Teema', noSubject: '(teema puudub)', properties: 'Omadused', group: 'Rühm', type: 'Liik', due: 'Tähtaeg', problem: 'Probleemi pöördumine', problemHint: 'Pöördumise number', openProblem: 'Ava probleem', incidents: 'Juhtumid', noIncidents: 'Ühtegi pole seotud. Probleemi lahendamine lahendab ka selle juhtumid.', tags: 'Sildid', followers: 'Jälgijad', ccs: 'Koopia saajad', brand: 'Bränd', form: 'Vorm',
    me: 'Mina', nobody: 'Mitte keegi', take: 'Võta', panels: 'Pöördumise osad', panel: { talk: 'Vestlus', details: 'Andmed', customer: 'Klient' }, timeline: 'Vestlus', older: 'Näita vanemaid', changes: 'Näita muudatusi', whole: 'Näita kogu kirja', less: 'Näita vähem', remoteImages: 'Näita välispilte', raw: 'Kirja lähtekood', attachments: 'Manused', download: 'Laadi alla',
    actions: 'Tegevused pöördumisega', commentActions: 'Tegevused kommentaariga', merge: 'Ühenda…', split: 'Eralda uueks pöördumiseks', splitDone: 'Loodud on pöördumine #{id}', followUp: 'Tee jätkupöördumine', copyLink: 'Kopeeri link', copied: 'Link on kopeeritud', print: 'Prindi', spam: 'Märgi rämpspostiks', delete: 'Kustuta', deleted: 'Pöördumine #{id} on kustutatud', spammed: 'Pöördumine #{id} on märgitud rämpspostiks',
    saved: 'Salvestatud', saveChanges: 'Salvesta {count} muudatus | Salvesta {count} muudatust', discard: 'Loobu', leave: 'Osa muudatusi on salvestamata. Kas lahkud salvestamata?', closed: 'See pöördumine on suletud ja jääb muutmata.', missing: 'Seda pöördumist siin ei ole', missingText: 'See on kustutatud või ei ole sul õigust seda näha.',
  },
  newTicket: { followUp: 'Jätk pöördumisele #{id}', made: 'Loodud on pöördumine #{id}', needsText: 'Kirjuta kõigepealt midagi.' },
  composer: {
    title: 'Vastus', kind: 'Kommentaari liik', public: 'Avalik vastus', internal: 'Sisemärkus', to: 'saaja: {name}', text: 'Kommentaari tekst', toolbar: 'Vormindus', placeholder: 'Kirjuta vastus. Valmisvastuste jaoks vajuta /…', notePlaceholder: 'Seda näevad ainult töötajad. Võid kolleegi nimepidi mainida…', saving: 'Salvestan mustandit…', saved: 'Mustand on salvestatud',
    bold: 'Paks', italic: 'Kaldkiri', code: 'Kood', bullets: 'Täpploend', numbers: 'Nummerdatud loend', quote: 'Tsitaat', codeBlock: 'Koodiplokk', link: 'Link', image: 'Lisa pilt', attach: 'Lisa faile', removeFile: 'Eemalda {name}',
    submitAs: 'Saada: {status}', otherStatus: 'Muud saatmisviisid', unsaved: '{count} salvestamata muudatus | {count} salvestamata muudatust', later: 'Saada hiljem', laterLead: 'Vastus ootab seni siin ja selle saab tagasi võtta.', pickTime: 'Vali aeg…', schedule: 'Ajasta',
  },
  delivery: { queued: 'Ootab saatmist', held: 'Saadan {n} s pärast', scheduled: 'Saadetakse {at}', now: 'Saada kohe', sending: 'Saadan…', sent: 'Saadetud', failed: 'Saatmata', bounced: 'Põrkas tagasi', cancelled: 'Saatmine on tühistatud', outbox: 'Väljundkaustas' },
  presence: { answering: '{names} vastab | {names} vastavad', viewing: '{names} vaatab | {names} vaatavad' },
  merge: { title: 'Ühenda pöördumised', lead: 'Pöördumine suletakse ja selle kommentaarid lähevad valitud pöördumisse. | {count} pöördumist suletakse ja nende kommentaarid lähevad valitud pöördumisse.', find: 'Number või sõnad', into: 'Ühenda pöördumisse #{id}', done: 'Ühendatud pöördumisse #{id}' },
  conflict: { title: '{name} on seda vahepeal muutnud', lead: 'Vali, kelle väärtus jääb.', mine: 'Sinu oma', theirs: '{name}', somebody: 'Keegi', rest: 'Veel {count} sinu muudatus jääb alles. | Veel {count} sinu muudatust jäävad alles.', save: 'Salvesta' },
  metric: { new: 'Uued pöördumised', open: 'Praegu lahtised', solved: 'Lahendatud', first_reply: 'Esimese vastuse aeg', full_resolution: 'Lõpliku lahenduse aeg' },
  insight: {
    range: 'Aeg', days: 'Viimane päev | Viimased {count} päeva', intervalLabel: 'Jaotus', interval: { day: 'Päevade kaupa', week: 'Nädalate kaupa', month: 'Kuude kaupa' }, statisticLabel: 'Näitaja', statistic: { mean: 'Keskmine', median: 'Mediaan' }, hoursLabel: 'Tunnid', hours: { calendar: 'Kalendriaeg', business: 'Tööaeg' },
    volume: 'Uued ja lahendatud', goal: 'Eesmärk {value}', before: 'Võrreldes eelmise perioodiga', table: 'Arvud', behind: '{metric}, {from} – {to}',
  },
  palette: { title: 'Käsupalett', placeholder: 'Otsi pöördumisi, inimesi, lehti…', results: 'Tulemused', openTicket: 'Ava pöördumine #{id}', found: 'Leitud', searchAll: 'Otsi kõikjalt „{text}“', actions: 'Tegevused', goTo: 'Mine', toggleTheme: 'Vaheta heledat ja tumedat' },
  shortcuts: {
    title: 'Kiirklahvid', lead: 'Tähed töötavad siis, kui sa ei kirjuta.', everywhere: 'Kõikjal', inList: 'Nimekirjas', inTicket: 'Pöördumises', search: 'Otsi', views: 'Vaadete juurde', customers: 'Klientide juurde', dashboard: 'Ülevaate juurde',
    down: 'Alla', up: 'Üles', open: 'Ava', select: 'Vali', selectRange: 'Vali siiani', clear: 'Tühista valik', reply: 'Avalik vastus', note: 'Sisemärkus', take: 'Määra mulle', nextComment: 'Järgmine kommentaar', previousComment: 'Eelmine kommentaar', back: 'Tagasi nimekirja', submit: 'Saada',
  },
  notice: { title: 'Teavitused', unread: '{count} lugemata teavitus | {count} lugemata teavitust', none: 'Midagi uut ei ole', readAll: 'Märgi kõik loetuks', mentioned: 'Sind mainiti', assigned: 'Sulle määrati pöördumine', answered: 'Uus kommentaar sinu pöördumises', followed: 'Uudis pöördumises, mida jälgid', other: 'Midagi muutus' },
  live: { down: 'Ühendus katkes. Teiste muudatused ilmuvad, kui see taastub.', retry: 'Ühenda uuesti' },
  alarm: { open: 'Vaata lähemalt', other: 'Midagi vajab haldurit: {kind}', mailbox_token_dead: 'Postkasti {address} ei saa enam lugeda: logi sinna uuesti sisse.', mailbox_failed: 'Postkast {address} ei vasta.', no_address: 'Klienditoel ei ole veel e-posti aadressi, seega ei saa vastuseid saata.', relay_failed: 'Väljuv post seisab: {host} ei võta seda vastu. {error}', mail_undelivered: 'Üht vastust ei õnnestunud kohale toimetada.', rule_failing: 'Reegel „{title}“ ei tööta: {error}', webhook_failing: 'Veebihaak {name} ei vasta nagu peaks: {error}', inbound_failed: 'Osa saabunud kirju ei õnnestunud lugeda.' },
  errors: {
    title: 'See ei õnnestunud', network: 'Serveriga ei saa ühendust. Kontrolli ühendust ja proovi uuesti.', credentials: 'E-posti aadress või parool ei ole õige.', signedOut: 'Sa oled välja logitud.', forbidden: 'Sul ei ole selleks õigust.', notFound: 'Siin ei ole midagi', invalid: 'Midagi on valesti täidetud.',
    conflict: 'Keegi muutis seda samal ajal.', tooMany: 'Liiga palju korraga.', tooLarge: 'Fail on liiga suur.', slowDown: 'Liiga palju katseid. Oota veidi ja proovi uuesti.', unknown: 'Midagi läks valesti.',
    field: { blank: 'See ei tohi olla tühi.', invalid: 'See ei sobi.', duplicate: 'See on juba kasutusel.', short: 'See on liiga lühike.', long: 'See on liiga pikk.', email: 'See ei ole e-posti aadress.' },
  },
} satisfies typeof en
