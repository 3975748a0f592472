import type en from './en'

export default {
  all: 'Kehtivad kõik järgmised', any: 'Kehtib vähemalt üks järgmistest', start: 'Alusta tingimusest', field: 'Väli', operatorOf: '{field}: võrdlus', valueOf: '{field}: väärtus', addCondition: 'Lisa tingimus', addAction: 'Lisa tegevus',
  unknown: 'Välja „{field}“ enam ei ole.', units: { hours: 'tundi', days: 'päeva', integer: '', decimal: '' },
  fields: {
    status: 'Oleku liik', custom_status_id: 'Olek', priority: 'Prioriteet', type: 'Liik', group_id: 'Rühm', assignee_id: 'Vastutaja', requester_id: 'Pöörduja', organization_id: 'Organisatsioon', brand_id: 'Bränd', ticket_form_id: 'Vorm',
    current_tags: 'Sildid', via_id: 'Kanal', recipient: 'Saabus aadressile', subject_includes_word: 'Teema tekst', description_includes_word: 'Kirjelduse tekst', comment_includes_word: 'Kommentaari tekst', satisfaction_score: 'Rahulolu', locale_id: 'Pöörduja keel',
    ticket_is_public: 'Nähtavus', reopens: 'Uuesti avatud kordi', replies: 'Töötajate vastuseid', agent_stations: 'Vastutajaid seni', group_stations: 'Rühmi seni', exact_created_at: 'Loodud', exact_updated_at: 'Muudetud',
    NEW: 'Tunde loomisest', OPEN: 'Tunde avatuna', PENDING: 'Tunde ootel', HOLD: 'Tunde peatatuna', SOLVED: 'Tunde lahendamisest', CLOSED: 'Tunde sulgemisest', assigned_at: 'Tunde määramisest', updated_at: 'Tunde muutmisest',
    requester_updated_at: 'Tunde pöörduja viimasest muudatusest', assignee_updated_at: 'Tunde vastutaja viimasest muudatusest', due_date: 'Tunde tähtajast', until_due_date: 'Tunde tähtajani', update_type: 'Pöördumine on', comment_is_public: 'Kommentaar on', role: 'Muutja',
  },
  operators: {
    is: 'on', is_not: 'ei ole', less_than: 'on väiksem kui', less_than_equal: 'on kõige rohkem', greater_than: 'on suurem kui', greater_than_equal: 'on vähemalt', includes: 'sisaldab vähemalt üht', not_includes: 'ei sisalda ühtegi', present: 'on täidetud', not_present: 'on täitmata',
    within_previous_n_days: 'viimase … jooksul', within_next_n_days: 'järgmise … jooksul', changed: 'muutus', not_changed: 'ei muutunud', value: 'uus väärtus on', not_value: 'uus väärtus ei ole', value_previous: 'endine väärtus oli', not_value_previous: 'endine väärtus ei olnud',
  },
  operators_text: { is: 'sisaldab teksti', is_not: 'ei sisalda teksti', includes: 'sisaldab vähemalt üht sõna', not_includes: 'ei sisalda ühtegi sõna', present: 'on täidetud', not_present: 'on täitmata', changed: 'muutus', not_changed: 'ei muutunud' },
  values: {
    none: 'Puudub', current_user: 'Vaataja ise', current_groups: 'Vaataja rühmad', requester_id: 'Pöörduja', assignee_id: 'Vastutaja', checkbox: { true: 'Jah', false: 'Ei' },
    status: { new: 'Uus', open: 'Avatud', pending: 'Ootel', hold: 'Peatatud', solved: 'Lahendatud', closed: 'Suletud' }, priority: { low: 'Madal', normal: 'Tavaline', high: 'Kõrge', urgent: 'Kiire' }, type: { question: 'Küsimus', incident: 'Juhtum', problem: 'Probleem', task: 'Ülesanne' },
    ticket_is_public: { public: 'Avalike kommentaaridega', private: 'Ainult sisemine' }, comment_is_public: { not_relevant: 'Olemas', true: 'Avalik', false: 'Sisemine', requester_can_see_comment: 'Pöördujale nähtav' },
    satisfaction_score: { unoffered: 'Küsimata', offered: 'Küsitud', bad: 'Halb', badwithcomment: 'Halb, kommentaariga', good: 'Hea', goodwithcomment: 'Hea, kommentaariga' }, update_type: { Create: 'Loodud', Change: 'Muudetud' }, role: { agent: 'Töötaja', end_user: 'Klient' },
    notified: { current_user: 'Muudatuse tegija', requester_id: 'Pöörduja', requester_and_ccs: 'Pöörduja ja koopia saajad', assignee_id: 'Vastutaja', all_agents: 'Kõik töötajad', group_id: 'Pöördumise grupp' },
    via: { web: 'Veeb', email: 'E-post', api: 'API', rule: 'Reegel', merge: 'Ühendamine', suspended: 'Kinnipeetud kiri', follow_up: 'Jätkupöördumine', chat: 'Vestlus', twitter: 'X', voice: 'Telefon', facebook: 'Facebook', facebook_message: 'Facebooki sõnum', web_widget: 'Veebividin', mobile_sdk: 'Mobiilirakendus', sms: 'SMS', messaging: 'Sõnumid' },
  },
  actions: {
    comment_value_html: 'Kirjuta kommentaar', comment_value: 'Kirjuta lihttekstiga kommentaar', comment_mode_is_public: 'Kommentaar on avalik', status: 'Määra oleku liik', custom_status_id: 'Määra olek', priority: 'Määra prioriteet', type: 'Määra liik', assignee_id: 'Määra vastutaja', group_id: 'Anna rühmale',
    satisfaction_score: 'Küsi hinnangut', notification_user: 'Kiri inimesele', notification_group: 'Kiri grupile', notification_webhook: 'Kutsu veebihaak',
    current_tags: 'Lisa silte', set_tags: 'Asenda sildid', remove_tags: 'Eemalda silte', subject: 'Määra teema', cc: 'Lisa koopia saaja', follower: 'Lisa jälgija', brand_id: 'Vii brändi alla', ticket_form_id: 'Kasuta vormi',
  },
} satisfies typeof en
