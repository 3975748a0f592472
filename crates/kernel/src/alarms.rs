//! What needs an admin's attention until it is over: a mailbox whose token died, a relay that refuses.

use base::{Error, Result, Timestamp};

use crate::{Tx, events, store};

/// Something that needs attention.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// Its number.
    pub id: i64,
    /// What kind of trouble; the workspace has a text for each.
    pub kind: String,
    /// What it is about: an address, a host.
    pub subject: String,
    /// Values for the text.
    pub fields: serde_json::Value,
    /// Since when.
    pub since: Timestamp,
}

/// Raises an alarm, unless it is raised already.
pub fn raise(tx: &mut Tx<'_>, kind: &str, subject: &str, fields: &serde_json::Value) -> Result<()> {
    if store::raise_alarm(tx, kind, subject, &fields.to_string())? {
        tracing::warn!(kind, subject, "alarm raised");
        events::push(tx, events::Event::new("alarm"))?;
    }
    Ok(())
}

/// Takes an alarm back, if it is raised.
pub fn clear(tx: &mut Tx<'_>, kind: &str, subject: &str) -> Result<()> {
    if store::clear_alarm(tx, kind, subject)? {
        events::push(tx, events::Event::new("alarm"))?;
    }
    Ok(())
}

/// All alarms that are raised, oldest first.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Alarm>> {
    let rows = store::alarms(tx)?;
    rows.iter()
        .map(|row| {
            let fields: String = row.get("fields")?;
            Ok(Alarm {
                id: row.get("id")?,
                kind: row.get("kind")?,
                subject: row.get("subject")?,
                fields: serde_json::from_str(&fields).map_err(Error::internal)?,
                since: row.get("since")?,
            })
        })
        .collect()
}
