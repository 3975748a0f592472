//! Time zones, by their IANA names and by the names that Zendesk's API has for them.

/// Zendesk's names (they are Ruby on Rails') of zones that people of our desks live in.
const NAMES: [(&str, &str); 16] = [
    ("UTC", "Etc/UTC"),
    ("London", "Europe/London"),
    ("Dublin", "Europe/Dublin"),
    ("Berlin", "Europe/Berlin"),
    ("Paris", "Europe/Paris"),
    ("Madrid", "Europe/Madrid"),
    ("Stockholm", "Europe/Stockholm"),
    ("Copenhagen", "Europe/Copenhagen"),
    ("Warsaw", "Europe/Warsaw"),
    ("Helsinki", "Europe/Helsinki"),
    ("Tallinn", "Europe/Tallinn"),
    ("Riga", "Europe/Riga"),
    ("Vilnius", "Europe/Vilnius"),
    ("Moscow", "Europe/Moscow"),
    ("Eastern Time (US & Canada)", "America/New_York"),
    ("Pacific Time (US & Canada)", "America/Los_Angeles"),
];

/// The IANA name behind either kind of name; `None` when there is no such zone.
pub fn iana(name: &str) -> Option<String> {
    let name = NAMES.iter().find(|(zendesk, _)| *zendesk == name).map_or(name, |(_, iana)| iana);
    jiff::tz::TimeZone::get(name).ok()?.iana_name().map(str::to_owned)
}

/// Zendesk's name of an IANA zone, or the zone's own where it has none.
pub fn zendesk(iana: &str) -> &str {
    NAMES.iter().find(|(_, name)| *name == iana).map_or(iana, |(zendesk, _)| zendesk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_names_are_read() {
        assert_eq!(iana("Tallinn").as_deref(), Some("Europe/Tallinn"));
        assert_eq!(iana("Europe/Tallinn").as_deref(), Some("Europe/Tallinn"));
        assert_eq!(iana("Atlantis"), None);
        assert_eq!(zendesk("Europe/Tallinn"), "Tallinn");
        assert_eq!(zendesk("Asia/Tokyo"), "Asia/Tokyo");
    }
}
