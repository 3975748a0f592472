//! Taking over tickets with their history: comments by their authors at their times, and what the ticket has come to.
//! Nothing is sent, nobody is notified, no rule runs.
//!
//! <https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_import/>

use base::{Actor, Error, FieldProblem, Result, Timestamp, UserId};
use kernel::Tx;
use kernel::http::as_id;
use rules::Status;
use serde_json::{Map, Value};

use crate::change::{Change, Dated, How, NewAttachment, NewComment, NewTicket, Target};
use crate::commit::{Committed, commit};
use crate::http::input;
use crate::ticket::Via;

/// The keys of a ticket that say what it has come to, and not how it began.
const OUTCOME: [&str; 2] = ["status", "custom_status_id"];

/// A ticket as it was read, before any transaction.
pub struct Import {
    ticket: Map<String, Value>,
    comments: Vec<NewComment>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    solved_at: Option<Timestamp>,
}

/// Reads a ticket's JSON and makes the HTML of its comments safe.
///
/// # Errors
/// `Invalid` for times that can't be read and when there is nothing that was said.
pub fn read(mut ticket: Map<String, Value>) -> Result<Import> {
    let mut problems = Vec::new();
    let mut time = |map: &Map<String, Value>, key: &str, field: &str| {
        let text = map.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())?;
        let read = Timestamp::parse(text);
        if read.is_none() {
            let message = format!("{field}: {text:?} is not an ISO 8601 time");
            problems.push(FieldProblem { field: field.into(), code: "InvalidValue", message });
        }
        read
    };
    let created_at = time(&ticket, "created_at", "created_at");
    let updated_at = time(&ticket, "updated_at", "updated_at");
    let solved_at = time(&ticket, "solved_at", "solved_at");
    let mut comments = Vec::new();
    let listed = ticket.remove("comments");
    for (place, comment) in listed.iter().filter_map(Value::as_array).flatten().enumerate() {
        let field = format!("comments[{place}].created_at");
        let at = comment.as_object().and_then(|comment| time(comment, "created_at", &field));
        let mut one = Map::new();
        one.insert("comment".into(), comment.clone());
        let Some(read) = input::comment(&one) else { continue };
        comments.push(NewComment { created_at: at, ..read? });
    }
    if comments.is_empty()
        && let Some(comment) = input::comment(&ticket)
    {
        comments.push(comment?);
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if comments.is_empty() {
        return Err(Error::blank("comment"));
    }
    comments.sort_by_key(|comment| comment.created_at);
    Ok(Import { ticket, comments, created_at, updated_at, solved_at })
}

impl Import {
    /// Gives files to the comment at this place, counted as the JSON had them in the order of their times.
    pub fn attach(&mut self, place: usize, files: Vec<NewAttachment>) {
        if let Some(comment) = self.comments.get_mut(place) {
            comment.attachments.extend(files);
        }
    }
}

/// Takes over a ticket. The actor counts as who did what has no author.
///
/// # Errors
/// `Invalid` with what is wrong, by field; nothing is written then.
pub fn import(tx: &mut Tx<'_>, actor: &Actor, import: Import) -> Result<Committed> {
    let Import { ticket, comments, created_at, updated_at, solved_at } = import;
    let requester = input::requester(tx, &ticket, actor.user)?;
    check_authors(tx, &comments)?;
    let created_at = created_at.or(comments[0].created_at).unwrap_or(tx.now());
    let via = ticket.get("via").and_then(|via| Via::parse(via["channel"].as_str()?)).unwrap_or(Via::Api);
    let (beginning, outcome) = changes(tx, &ticket)?;
    let mut steps = conversation(comments, requester, actor.user, created_at);
    steps[0].changes.splice(0..0, beginning);
    let said = steps.iter().map(|step| step.dated.at).max().unwrap_or(created_at);
    steps.extend(ending(outcome, actor.user, solved_at, updated_at, said));
    if let (Some(last), Some(updated_at)) = (steps.last_mut(), updated_at) {
        last.dated.updated_at = updated_at;
    }
    let new = NewTicket {
        brand: ticket.get("brand_id").and_then(as_id).map(Into::into),
        recipient: ticket.get("recipient").and_then(Value::as_str).map(str::to_lowercase),
        via_source: ticket.get("via").map(|via| via["source"].clone()).filter(Value::is_object).unwrap_or_default(),
        created_at: Some(created_at),
        ..NewTicket::of(requester)
    };
    let mut target = Target::New(Box::new(new));
    let mut committed = None;
    for Step { dated, changes } in steps {
        let done = commit(tx, &Actor::system(), target, changes, &How::imported(via, dated))?;
        target = Target::Ticket(done.ticket.id);
        committed = Some(done);
    }
    committed.ok_or_else(|| Error::blank("comment"))
}

/// One saved change of the past.
struct Step {
    dated: Dated,
    changes: Vec<Change>,
}

impl Step {
    fn new(at: Timestamp, author: UserId, changes: Vec<Change>) -> Self {
        Self { dated: Dated { at, author, updated_at: at }, changes }
    }
}

fn check_authors(tx: &mut Tx<'_>, comments: &[NewComment]) -> Result<()> {
    for (place, comment) in comments.iter().enumerate() {
        if let Some(author) = comment.author
            && people::find_user(tx, author)?.is_none()
        {
            let field = format!("comments[{place}].author_id");
            return Err(Error::invalid(&field, "RecordNotFound", format!("{field}: does not exist")));
        }
    }
    Ok(())
}

/// What the ticket began with, and what it has come to.
fn changes(tx: &mut Tx<'_>, ticket: &Map<String, Value>) -> Result<(Vec<Change>, Vec<Change>)> {
    let parts: (Map<_, _>, Map<_, _>) =
        ticket.clone().into_iter().partition(|(key, _)| OUTCOME.contains(&key.as_str()));
    let mut beginning = input::changes(tx, &parts.1)?;
    beginning.retain(|change| !matches!(change, Change::Requester(_)));
    Ok((beginning, input::changes(tx, &parts.0)?))
}

/// A step for each comment: the first by the requester, others by whoever imports, unless they say by whom.
fn conversation(comments: Vec<NewComment>, requester: UserId, importer: UserId, created_at: Timestamp) -> Vec<Step> {
    let mut earliest = created_at;
    let step = |(place, mut comment): (usize, NewComment)| {
        let author = comment.author.unwrap_or(if place == 0 { requester } else { importer });
        let at = if place == 0 { created_at } else { comment.created_at.unwrap_or(earliest).max(earliest) };
        earliest = at;
        comment.author = Some(author);
        comment.created_at = Some(comment.created_at.unwrap_or(at));
        comment.public = Some(comment.public.unwrap_or(true));
        Step::new(at, author, vec![Change::Comment(Box::new(comment))])
    };
    comments.into_iter().enumerate().map(step).collect()
}

/// The steps to the status that the ticket has come to. What is closed was solved before.
fn ending(
    outcome: Vec<Change>,
    importer: UserId,
    solved_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    said: Timestamp,
) -> Vec<Step> {
    if outcome.is_empty() {
        return Vec::new();
    }
    let at = solved_at.or(updated_at).unwrap_or(said);
    let closed = outcome.iter().any(|change| matches!(change, Change::Status(Status::Closed)));
    if !closed {
        return vec![Step::new(at, importer, outcome)];
    }
    let closed_at = updated_at.unwrap_or(at).max(at);
    vec![
        Step::new(at, importer, vec![Change::Status(Status::Solved)]),
        Step::new(closed_at, importer, vec![Change::Status(Status::Closed)]),
    ]
}
