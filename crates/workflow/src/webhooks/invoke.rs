//! What a webhook is to be told, written down in the transaction of what happened.

use base::{Error, Result, Timestamp};
use kernel::{Tx, jobs};
use serde_json::Value;

use super::Webhook;
use super::deliver::Deliver;
use crate::{store, ulid};

/// Something that a webhook is to be told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Invocation {
    /// A ULID, which every attempt carries.
    pub id: String,
    pub webhook: String,
    /// The kind of event, or the rule.
    pub cause: String,
    /// `pending`, `success` or `failed`.
    pub status: String,
    pub status_code: Option<i64>,
    /// Goes behind the endpoint's `?`.
    pub query: String,
    pub body: String,
    /// Attempts since it was last asked for.
    pub tries: i64,
    pub created_at: Timestamp,
    pub latest_completed_at: Option<Timestamp>,
}

/// One attempt at telling it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Attempt {
    pub id: String,
    pub webhook: String,
    pub invocation: String,
    /// `success` or `failed`.
    pub status: String,
    pub status_code: Option<i64>,
    pub error: Option<String>,
    /// What was sent, without secrets.
    pub request: Value,
    /// Names and values.
    pub response_headers: Value,
    /// The beginning of the answer.
    pub response_body: String,
    pub completed_at: Timestamp,
}

/// What is told.
pub(crate) struct Told<'a> {
    /// The kind of event, or the rule.
    pub cause: &'a str,
    pub query: String,
    pub body: String,
}

/// Has a webhook told of something, as soon as the transaction is committed.
pub(crate) fn tell(tx: &mut Tx<'_>, webhook: &str, told: Told<'_>) -> Result<()> {
    let invocation = Invocation {
        id: ulid::new(tx),
        webhook: webhook.to_owned(),
        cause: told.cause.to_owned(),
        status: "pending".into(),
        status_code: None,
        query: told.query,
        body: told.body,
        tries: 0,
        created_at: tx.now(),
        latest_completed_at: None,
    };
    store::webhooks::add_invocation(tx, &invocation)?;
    jobs::enqueue(tx, &Deliver { invocation: invocation.id })
}

/// Tells the same once more, under the same name, so that a receiver who has it knows.
///
/// # Errors
/// `NotFound` when the webhook has no such invocation; `Invalid` while it waits to be told.
pub(crate) fn retry(tx: &mut Tx<'_>, webhook: &Webhook, id: &str) -> Result<Invocation> {
    let mut invocation = get(tx, webhook, id)?;
    if invocation.status == "pending" {
        return Err(Error::invalid("base", "InvalidState", "The invocation waits to be sent already"));
    }
    (invocation.status, invocation.tries) = ("pending".into(), 0);
    store::webhooks::update_invocation(tx, &invocation)?;
    jobs::enqueue(tx, &Deliver { invocation: invocation.id.clone() })?;
    Ok(invocation)
}

/// The webhook's invocation of that name.
pub(crate) fn get(tx: &mut Tx<'_>, webhook: &Webhook, id: &str) -> Result<Invocation> {
    store::webhooks::find_invocation(tx, id)?.filter(|found| found.webhook == webhook.id).ok_or(Error::NotFound)
}
