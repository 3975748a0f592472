//! Tickets that were opened again: their dates tell only when they were last solved, their audits when they were before.

use std::collections::BTreeMap;

use base::{Actor, Result, TicketId, Timestamp};
use kernel::Tx;
use rules::Status;
use serde_json::Value;

use crate::period::Stretch;
use crate::store::{self, Filter};

/// When tickets that were opened again were solved, as far as their dates don't tell.
pub(crate) struct Reopened(BTreeMap<TicketId, Vec<Stretch>>);

impl Reopened {
    /// Reads what is needed to ask about instants from `stretch.from` to `stretch.to`.
    pub fn load(tx: &mut Tx<'_>, actor: &Actor, filter: &Filter, stretch: Stretch) -> Result<Self> {
        let candidates = store::reopened(tx, actor, filter, stretch)?;
        let ids: Vec<TicketId> = candidates.iter().map(|(id, ..)| *id).collect();
        let mut changes: BTreeMap<TicketId, Vec<(Timestamp, bool)>> = BTreeMap::new();
        for (ticket, at, events) in store::events_of(tx, &ids)? {
            if let Some(solved) = status_set(&events) {
                changes.entry(ticket).or_default().push((at, solved));
            }
        }
        let spans = |id: &TicketId| changes.get(id).map(|changes| solved_spans(changes)).unwrap_or_default();
        Ok(Self(ids.iter().map(|id| (*id, spans(id))).collect()))
    }

    /// Those that were solved at the instant and opened again since.
    pub fn solved_at(&self, at: Timestamp) -> Vec<TicketId> {
        let solved = |spans: &Vec<Stretch>| spans.iter().any(|span| span.from < at && at <= span.to);
        self.0.iter().filter(|(_, spans)| solved(spans)).map(|(id, _)| *id).collect()
    }
}

/// Whether the events of an audit leave the ticket solved; none when they leave the status alone.
fn status_set(events: &str) -> Option<bool> {
    let events: Value = serde_json::from_str(events).ok()?;
    let event = events.as_array()?.iter().rfind(|event| event["field_name"] == "status")?;
    Status::parse(event["value"].as_str()?).map(|status| status >= Status::Solved)
}

/// From when to when it was solved, each time that ended.
fn solved_spans(changes: &[(Timestamp, bool)]) -> Vec<Stretch> {
    let (mut spans, mut since) = (Vec::new(), None);
    for (at, solved) in changes {
        match (since, solved) {
            (None, true) => since = Some(*at),
            (Some(from), false) => {
                spans.push(Stretch { from, to: *at });
                since = None;
            }
            _ => {}
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_time_that_a_ticket_was_solved_and_opened_again_is_a_span() {
        let changes = [(1, false), (5, true), (7, true), (9, false), (12, true), (13, false), (20, true)];
        let changes: Vec<_> = changes.into_iter().map(|(at, solved)| (Timestamp(at), solved)).collect();
        let spans: Vec<_> = solved_spans(&changes).into_iter().map(|span| (span.from.0, span.to.0)).collect();
        assert_eq!(spans, [(5, 9), (12, 13)]);
    }

    #[test]
    fn only_events_about_the_status_set_it() {
        assert_eq!(status_set(r#"[{"field_name":"priority","value":"high"}]"#), None);
        assert_eq!(status_set(r#"[{"field_name":"status","value":"closed"}]"#), Some(true));
        assert_eq!(status_set(r#"[{"field_name":"status","value":"open"}]"#), Some(false));
    }
}
