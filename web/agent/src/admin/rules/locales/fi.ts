import type en from './en'

export default {
  all: 'Kaikki nämä pätevät', any: 'Vähintään yksi näistä pätee', start: 'Aloita ehdosta', field: 'Kenttä', operatorOf: '{field}: vertailu', valueOf: '{field}: arvo', addCondition: 'Lisää ehto', addAction: 'Lisää toiminto',
  unknown: 'Kenttää ”{field}” ei enää ole.', units: { hours: 'tuntia', days: 'päivää', integer: '', decimal: '' },
  fields: {
    status: 'Tilaluokka', custom_status_id: 'Tila', priority: 'Kiireellisyys', type: 'Tyyppi', group_id: 'Ryhmä', assignee_id: 'Käsittelijä', requester_id: 'Pyytäjä', organization_id: 'Organisaatio', brand_id: 'Brändi', ticket_form_id: 'Lomake',
    current_tags: 'Tunnisteet', via_id: 'Kanava', recipient: 'Saapunut osoitteeseen', subject_includes_word: 'Aiheen teksti', description_includes_word: 'Kuvauksen teksti', comment_includes_word: 'Kommentin teksti', satisfaction_score: 'Tyytyväisyys', locale_id: 'Pyytäjän kieli',
    ticket_is_public: 'Näkyvyys', reopens: 'Avattu uudelleen, kertaa', replies: 'Käsittelijöiden vastauksia', agent_stations: 'Käsittelijöitä tähän asti', group_stations: 'Ryhmiä tähän asti', exact_created_at: 'Luotu', exact_updated_at: 'Päivitetty',
    NEW: 'Tunteja luomisesta', OPEN: 'Tunteja avoinna', PENDING: 'Tunteja odottamassa', HOLD: 'Tunteja pidossa', SOLVED: 'Tunteja ratkaisusta', CLOSED: 'Tunteja sulkemisesta', assigned_at: 'Tunteja osoittamisesta', updated_at: 'Tunteja päivityksestä',
    requester_updated_at: 'Tunteja pyytäjän päivityksestä', assignee_updated_at: 'Tunteja käsittelijän päivityksestä', due_date: 'Tunteja määräpäivästä', until_due_date: 'Tunteja määräpäivään', update_type: 'Tiketti on', comment_is_public: 'Kommentti on', role: 'Muuttaja',
  },
  operators: {
    is: 'on', is_not: 'ei ole', less_than: 'on pienempi kuin', less_than_equal: 'on enintään', greater_than: 'on suurempi kuin', greater_than_equal: 'on vähintään', includes: 'sisältää vähintään yhden', not_includes: 'ei sisällä mitään näistä', present: 'on täytetty', not_present: 'on tyhjä',
    within_previous_n_days: 'viimeksi kuluneina', within_next_n_days: 'seuraavina', changed: 'muuttui', not_changed: 'ei muuttunut', value: 'uusi arvo on', not_value: 'uusi arvo ei ole', value_previous: 'entinen arvo oli', not_value_previous: 'entinen arvo ei ollut',
  },
  operators_text: { is: 'sisältää merkkijonon', is_not: 'ei sisällä merkkijonoa', includes: 'sisältää vähintään yhden sanoista', not_includes: 'ei sisällä mitään sanoista', present: 'on täytetty', not_present: 'on tyhjä', changed: 'muuttui', not_changed: 'ei muuttunut' },
  values: {
    none: 'Ei mitään', current_user: 'Katsoja itse', current_groups: 'Katsojan ryhmät', requester_id: 'Pyytäjä', assignee_id: 'Käsittelijä', checkbox: { true: 'Kyllä', false: 'Ei' },
    status: { new: 'Uusi', open: 'Avoin', pending: 'Odottaa', hold: 'Pidossa', solved: 'Ratkaistu', closed: 'Suljettu' }, priority: { low: 'Matala', normal: 'Tavallinen', high: 'Korkea', urgent: 'Kiireellinen' }, type: { question: 'Kysymys', incident: 'Häiriö', problem: 'Ongelma', task: 'Tehtävä' },
    ticket_is_public: { public: 'Julkisia kommentteja', private: 'Vain sisäinen' }, comment_is_public: { not_relevant: 'Olemassa', true: 'Julkinen', false: 'Sisäinen', requester_can_see_comment: 'Pyytäjän nähtävissä' },
    satisfaction_score: { unoffered: 'Ei kysytty', offered: 'Kysytty', bad: 'Huono', badwithcomment: 'Huono, kommentoitu', good: 'Hyvä', goodwithcomment: 'Hyvä, kommentoitu' }, update_type: { Create: 'Luotu', Change: 'Päivitetty' }, role: { agent: 'Käsittelijä', end_user: 'Asiakas' },
    notified: { current_user: 'Muutoksen tekijä', requester_id: 'Pyytäjä', requester_and_ccs: 'Pyytäjä ja kopion saajat', assignee_id: 'Käsittelijä', all_agents: 'Kaikki työntekijät', group_id: 'Tiketin ryhmä' },
    via: { web: 'Verkko', email: 'Sähköposti', api: 'API', rule: 'Sääntö', merge: 'Yhdistäminen', suspended: 'Pidätetty viesti', follow_up: 'Jatkotiketti', chat: 'Chat', twitter: 'X', voice: 'Puhelin', facebook: 'Facebook', facebook_message: 'Facebook-viesti', web_widget: 'Verkkosivun pienohjelma', mobile_sdk: 'Mobiilisovellus', sms: 'Tekstiviesti', messaging: 'Pikaviestit' },
  },
  actions: {
    comment_value_html: 'Kirjoita kommentti', comment_value: 'Kirjoita kommentti pelkkänä tekstinä', comment_mode_is_public: 'Kommentti on julkinen', status: 'Aseta tilaluokka', custom_status_id: 'Aseta tila', priority: 'Aseta kiireellisyys', type: 'Aseta tyyppi', assignee_id: 'Osoita käsittelijälle', group_id: 'Anna ryhmälle',
    satisfaction_score: 'Pyydä arviota', notification_user: 'Viesti henkilölle', notification_group: 'Viesti ryhmälle', notification_webhook: 'Kutsu webhookia',
    current_tags: 'Lisää tunnisteita', set_tags: 'Korvaa tunnisteet', remove_tags: 'Poista tunnisteita', subject: 'Aseta aihe', cc: 'Lisää kopion saaja', follower: 'Lisää seuraaja', brand_id: 'Siirrä brändille', ticket_form_id: 'Käytä lomaketta',
  },
} satisfies typeof en
