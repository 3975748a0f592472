//! The words that mail clients put around quotations, per language. Data only: a new language is a new entry.

/// What the clients of one language write. All lower case.
pub(crate) struct Language {
    /// ISO 639-1.
    pub(crate) code: &'static str,
    /// Verbs of attribution lines ("On Monday Mari *wrote*:").
    pub(crate) wrote: &'static [&'static str],
    /// Words between dashes above a quoted message.
    pub(crate) original: &'static [&'static str],
    /// Words above a forwarded message, between dashes or as a line of their own.
    pub(crate) forwarded: &'static [&'static str],
    /// Labels of the block of header lines that Outlook puts above a quoted message.
    pub(crate) labels: Labels,
    /// How signatures of phones and web mails begin.
    pub(crate) sent_from: &'static [&'static str],
    /// What a client puts before the subject of a forward.
    pub(crate) forward_prefixes: &'static [&'static str],
    /// The line above which we ask customers to write.
    pub(crate) reply_marker: &'static str,
}

/// The labels of header lines inside of a body.
pub(crate) struct Labels {
    pub(crate) from: &'static [&'static str],
    pub(crate) date: &'static [&'static str],
    pub(crate) to: &'static [&'static str],
    pub(crate) cc: &'static [&'static str],
    pub(crate) subject: &'static [&'static str],
}

/// All languages, the most common client language first.
pub(crate) const LANGUAGES: &[Language] = &[
    Language {
        code: "en",
        wrote: &["wrote", "writes", "has written", "said"],
        original: &["original message", "original appointment", "reply message", "original email"],
        forwarded: &["forwarded message", "begin forwarded message", "forwarded mail", "forwarded by"],
        labels: Labels { from: &["from"], date: &["sent", "date"], to: &["to"], cc: &["cc"], subject: &["subject"] },
        sent_from: &[
            "sent from my ",
            "sent from outlook",
            "sent from mail for",
            "sent from yahoo",
            "sent from samsung",
            "sent from proton",
            "sent with proton",
            "sent from gmail",
            "sent via ",
            "get outlook for",
            "sent from the ",
        ],
        forward_prefixes: &["fwd", "fw"],
        reply_marker: "##- Please type your reply above this line -##",
    },
    Language {
        code: "et",
        wrote: &["kirjutas", "kirjutab", "kirjutas kuupäeval"],
        original: &[
            "algne sõnum",
            "algne kiri",
            "algsõnum",
            "algkiri",
            "originaalkiri",
            "originaalsõnum",
            "esialgne kiri",
        ],
        forwarded: &[
            "edastatud kiri",
            "edastatud sõnum",
            "edastatud kirja algus",
            "edasi saadetud kiri",
            "edastatud meil",
        ],
        labels: Labels {
            from: &["saatja", "kellelt"],
            date: &["saadetud", "saatmisaeg", "kuupäev", "saatmise aeg"],
            to: &["adressaat", "kellele", "saaja", "saajad"],
            cc: &["koopia", "koopia saaja"],
            subject: &["teema"],
        },
        sent_from: &[
            "saadetud minu ",
            "saadetud iphone",
            "saadetud samsung",
            "saadetud nutitelefonist",
            "saadetud telefonist",
            "hankige outlook",
            "hangi outlook",
        ],
        forward_prefixes: &["edasi", "ed"],
        reply_marker: "##- Palun kirjutage oma vastus selle rea kohale -##",
    },
    Language {
        code: "fi",
        wrote: &["kirjoitti", "kirjoittaa"],
        original: &["alkuperäinen viesti", "alkuperäinen sanoma"],
        forwarded: &[
            "välitetty viesti",
            "välitetty viesti alkaa",
            "edelleenlähetetty viesti",
            "alkaa välitetty viesti",
        ],
        labels: Labels {
            from: &["lähettäjä"],
            date: &["lähetetty", "päivämäärä", "pvm", "päiväys"],
            to: &["vastaanottaja", "vastaanottajat"],
            cc: &["kopio"],
            subject: &["aihe"],
        },
        sent_from: &[
            "lähetetty iphone",
            "lähetetty ipad",
            "lähetetty laitteesta",
            "lähetetty samsung",
            "lähetetty minun",
            "lähetetty puhelimest",
            "hanki outlook",
        ],
        forward_prefixes: &["vl"],
        reply_marker: "##- Kirjoita vastauksesi tämän rivin yläpuolelle -##",
    },
    Language {
        code: "ru",
        wrote: &["пишет", "написал", "написала", "написал(а)", "писал", "писала", "писал(а)"],
        original: &["исходное сообщение", "оригинальное сообщение", "первоначальное сообщение"],
        forwarded: &[
            "пересылаемое сообщение",
            "пересланное сообщение",
            "переадресованное сообщение",
            "перенаправленное сообщение",
            "начало переадресованного сообщения",
            "начало переадресованного письма",
            "пересылаемое письмо",
            "конец переадресованного сообщения",
        ],
        labels: Labels {
            from: &["от", "от кого", "отправитель"],
            date: &["отправлено", "дата", "отправлен"],
            to: &["кому", "получатель"],
            cc: &["копия"],
            subject: &["тема"],
        },
        sent_from: &[
            "отправлено с ",
            "отправлено из ",
            "отправлено от ",
            "скачать outlook",
            "получить outlook",
            "послано с ",
        ],
        forward_prefixes: &["пересл", "пер"],
        reply_marker: "##- Пожалуйста, напишите ответ над этой строкой -##",
    },
    Language {
        code: "de",
        wrote: &["schrieb", "hat geschrieben", "schreibt"],
        original: &["ursprüngliche nachricht", "originalnachricht", "original-nachricht", "ursprünglicher termin"],
        forwarded: &["weitergeleitete nachricht", "anfang der weitergeleiteten nachricht", "weitergeleitete e-mail"],
        labels: Labels {
            from: &["von"],
            date: &["gesendet", "datum", "gesendet am"],
            to: &["an"],
            cc: &["cc", "kopie"],
            subject: &["betreff"],
        },
        sent_from: &[
            "von meinem ",
            "gesendet von ",
            "gesendet mit ",
            "gesendet über ",
            "holen sie sich outlook",
            "outlook für ",
        ],
        forward_prefixes: &["wg"],
        reply_marker: "##- Bitte schreiben Sie Ihre Antwort über diese Zeile -##",
    },
    Language {
        code: "fr",
        wrote: &["a écrit", "écrit"],
        original: &["message d'origine", "message d’origine", "message original", "message initial"],
        forwarded: &[
            "message transféré",
            "début du message transféré",
            "message réexpédié",
            "début du message réexpédié",
        ],
        labels: Labels {
            from: &["de", "expéditeur"],
            date: &["envoyé", "date", "envoyé le"],
            to: &["à", "a", "destinataire"],
            cc: &["cc", "copie", "copie à"],
            subject: &["objet", "sujet"],
        },
        sent_from: &[
            "envoyé de mon",
            "envoyé depuis",
            "envoyé à partir",
            "télécharger outlook",
            "obtenir outlook",
            "obtenez outlook",
        ],
        forward_prefixes: &["tr"],
        reply_marker: "##- Veuillez écrire votre réponse au-dessus de cette ligne -##",
    },
    Language {
        code: "es",
        wrote: &["escribió", "ha escrito", "escribio"],
        original: &["mensaje original", "correo original"],
        forwarded: &["mensaje reenviado", "inicio del mensaje reenviado", "forwarded message"],
        labels: Labels {
            from: &["de", "desde"],
            date: &["enviado", "enviado el", "fecha"],
            to: &["para", "a"],
            cc: &["cc", "copia"],
            subject: &["asunto"],
        },
        sent_from: &["enviado desde", "enviado con", "obtener outlook", "enviado de mi"],
        forward_prefixes: &["rv"],
        reply_marker: "##- Por favor, escriba su respuesta encima de esta línea -##",
    },
    Language {
        code: "sv",
        wrote: &["skrev", "skriver"],
        original: &["ursprungligt meddelande", "originalmeddelande", "ursprungligt mejl"],
        forwarded: &[
            "vidarebefordrat meddelande",
            "vidarebefordrat mejl",
            "vidarebefordrat brev",
            "vidarebefordrade meddelandet",
        ],
        labels: Labels {
            from: &["från"],
            date: &["skickat", "datum", "skickades"],
            to: &["till"],
            cc: &["kopia"],
            subject: &["ämne"],
        },
        sent_from: &["skickat från", "skickades från", "hämta outlook", "skaffa outlook", "skickat med"],
        forward_prefixes: &["vb"],
        reply_marker: "##- Skriv ditt svar ovanför den här raden -##",
    },
    Language {
        code: "pl",
        wrote: &["napisał(a)", "napisał", "napisała", "pisze", "napisana przez", "napisano"],
        original: &["oryginalna wiadomość", "wiadomość oryginalna", "wiadomość pierwotna", "original message"],
        forwarded: &[
            "przekazana wiadomość",
            "wiadomość przekazana",
            "wiadomość przekazana dalej",
            "początek przekazywanej wiadomości",
            "początek przekazanej wiadomości",
        ],
        labels: Labels {
            from: &["od", "nadawca"],
            date: &["wysłano", "wysłane", "data", "wysłany"],
            to: &["do", "adresat"],
            cc: &["dw", "kopia"],
            subject: &["temat"],
        },
        sent_from: &["wysłane z ", "wysłano z ", "pobierz outlook", "pobierz program outlook", "wysłane ze "],
        forward_prefixes: &["pd", "podaj dalej"],
        reply_marker: "##- Prosimy wpisać odpowiedź powyżej tej linii -##",
    },
];

/// Elements of HTML that hold nothing but the message that is answered, by id (or its end) and class.
pub(crate) const HISTORY_IDS: &[&str] =
    &["divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container", "olk_src_body_section", "replysplit"];
/// As [`HISTORY_IDS`], by class.
pub(crate) const HISTORY_CLASSES: &[&str] =
    &["yahoo_quoted", "outlookmessageheader", "zmail_extra", "ms-outlook-ios-reference-expand"];
/// Elements that hold an attribution line.
pub(crate) const ATTRIBUTION_CLASSES: &[&str] = &["gmail_attr", "moz-cite-prefix"];
/// Elements that hold a signature, by id (or its end) and class.
pub(crate) const SIGNATURE_IDS: &[&str] = &["signature", "ms-outlook-mobile-signature", "applemailsignature"];
/// As [`SIGNATURE_IDS`], by class.
pub(crate) const SIGNATURE_CLASSES: &[&str] =
    &["gmail_signature", "moz-signature", "protonmail_signature_block", "elided-text-signature"];
