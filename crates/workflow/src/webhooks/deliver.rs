//! Telling an endpoint what it is to be told: again when that may help, and not at all for a while when too much fails.

use std::sync::atomic::{AtomicUsize, Ordering};

use base::{Result, Timestamp, time};
use kernel::jobs::{Claim, Job, enqueue_at, enqueue_unique};
use kernel::{App, Tx, alarms};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::client::{self, Call, Outcome};
use super::invoke::{Attempt, Invocation};
use super::{FAILING, METHODS, Webhook, allowed};
use crate::{store, ulid};

/// The circuit breaker looks at attempts of this long, in milliseconds.
const LATELY: i64 = 5 * time::MINUTE;
/// It opens when so many attempts failed ...
const MOST_FAILURES: i64 = 1_000;
/// ... or this share of them, in per cent ...
const MOST_FAILED_PERCENT: i64 = 70;
/// ... if there were as many as this.
const FEWEST_ATTEMPTS: i64 = 10;
/// The shortest pause that it makes, in milliseconds.
const SHORTEST_PAUSE: i64 = 5 * time::SECOND;
/// The longest.
const LONGEST_PAUSE: i64 = 5 * time::MINUTE;
/// How long the one attempt that tries whether the endpoint is back may take, in milliseconds.
const PROBE: i64 = 30 * time::SECOND;
/// Attempts that fail one after the other until an admin is told.
const ALARMING: i64 = 10;
/// What could not be told for so long is given up, in milliseconds.
const GIVEN_UP: i64 = time::DAY;
/// How long the log is kept, in milliseconds.
const KEPT: i64 = 7 * time::DAY;
/// How long it is known when rules did something, in milliseconds.
const RUNS_KEPT: i64 = 30 * time::DAY;
/// A `Retry-After` above this is not waited for, in seconds, as in Zendesk's.
const LONGEST_WAIT: i64 = 60;

/// Tells a webhook one thing, in one attempt.
#[derive(Serialize, Deserialize)]
pub struct Deliver {
    pub(crate) invocation: String,
}

/// Endpoints that are called at the same moment, so that slow ones leave threads for mail and all other jobs.
const LINES: usize = 2;
/// How long a call waits when all lines are busy, in milliseconds.
const BUSY_PAUSE: i64 = time::SECOND;

/// How many lines are busy.
static BUSY: AtomicUsize = AtomicUsize::new(0);

/// One line, busy for as long as this value lives.
struct Line;

impl Line {
    fn take() -> Option<Self> {
        let free = |busy: usize| (busy < LINES).then_some(busy + 1);
        BUSY.fetch_update(Ordering::SeqCst, Ordering::SeqCst, free).ok().map(|_| Self)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        BUSY.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What is needed for an attempt.
struct Ready {
    webhook: Webhook,
    invocation: Invocation,
    call: Call,
    /// The call as the log shows it.
    shown: Value,
}

impl Job for Deliver {
    const KIND: &'static str = "deliver_webhook";

    fn run(self, app: &App, _: &Claim) -> Result<()> {
        let id = self.invocation;
        let Some(_line) = Line::take() else {
            return app.write(move |tx| enqueue_at(tx, &Self { invocation: id }, tx.now().plus(BUSY_PAUSE))).wait();
        };
        let ready = app.write({
            let id = id.clone();
            move |tx| prepare(tx, &id)
        });
        let Some(ready) = ready.wait()? else { return Ok(()) };
        let outcome = client::call(&ready.call, &allowed(app));
        let (webhook, status) = (ready.webhook.id.clone(), outcome.status());
        tracing::info!(webhook, invocation = id, status, success = outcome.is_success(), "a webhook was called");
        // A crash before this runs the job again: the endpoint may hear twice, under the same name.
        app.write(move |tx| record(tx, ready, &outcome)).wait()
    }
}

/// Puts the call together, unless there is nothing to tell, nobody to tell it to, or a pause.
fn prepare(tx: &mut Tx<'_>, id: &str) -> Result<Option<Ready>> {
    let Some(mut invocation) = store::webhooks::find_invocation(tx, id)?.filter(|one| one.status == "pending") else {
        return Ok(None);
    };
    let Some(webhook) = store::webhooks::lock(tx, &invocation.webhook)? else { return Ok(None) };
    let now = tx.now();
    if !webhook.active || now.since(invocation.created_at) > GIVEN_UP && invocation.tries == 0 {
        invocation.status = "failed".into();
        invocation.latest_completed_at = Some(now);
        store::webhooks::update_invocation(tx, &invocation)?;
        return Ok(None);
    }
    if let Some(until) = webhook.paused_until {
        if until > now {
            enqueue_at(tx, &Deliver { invocation: id.to_owned() }, until)?;
            return Ok(None);
        }
        // This attempt tries whether the endpoint is back; the others wait for what comes of it.
        store::webhooks::set_health(tx, &webhook.id, webhook.failures, Some(now.plus(PROBE)))?;
    }
    let secret = webhook.secret(tx)?;
    let call = call(&webhook, &invocation, &secret, now);
    let shown = shown(&webhook, &call);
    Ok(Some(Ready { webhook, invocation, call, shown }))
}

fn call(webhook: &Webhook, invocation: &Invocation, secret: &str, now: Timestamp) -> Call {
    let mut headers: Vec<(String, String)> = webhook.custom_headers.clone().into_iter().collect();
    headers.extend(webhook.authentication.as_ref().map(super::Authentication::header));
    let named = |name: &str| headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
    if !named("content-type") && !invocation.body.is_empty() {
        headers.push(("Content-Type".into(), content_type(&webhook.request_format).into()));
    }
    headers.extend(client::signed(secret, now, &invocation.body));
    headers.push(("X-Zendesk-Account-Id".into(), super::ticket_events::ACCOUNT.to_string()));
    headers.push(("X-Zendesk-Webhook-Id".into(), webhook.id.clone()));
    headers.push(("X-Zendesk-Webhook-Invocation-Id".into(), invocation.id.clone()));
    let join = if webhook.endpoint.contains('?') { "&" } else { "?" };
    let endpoint = match invocation.query.as_str() {
        "" => webhook.endpoint.clone(),
        query => format!("{}{join}{query}", webhook.endpoint),
    };
    let method = METHODS.into_iter().find(|known| *known == webhook.http_method).unwrap_or("POST");
    Call { endpoint, method, headers, body: invocation.body.clone() }
}

/// The media type of what is sent.
pub(crate) fn content_type(format: &str) -> &'static str {
    match format {
        "xml" => "application/xml",
        "form_encoded" => "application/x-www-form-urlencoded",
        _ => "application/json",
    }
}

/// The call without credentials and signature.
fn shown(webhook: &Webhook, call: &Call) -> Value {
    let secret = webhook.authentication.as_ref().map(|authentication| authentication.header().0);
    let hides = |name: &str| {
        secret.as_ref().is_some_and(|secret| secret.eq_ignore_ascii_case(name))
            || name.eq_ignore_ascii_case("authorization")
            || name.eq_ignore_ascii_case("x-zendesk-webhook-signature")
    };
    let headers: Vec<Value> = call
        .headers
        .iter()
        .map(|(name, value)| json!({"key": name, "value": if hides(name) { "[hidden]" } else { value }}))
        .collect();
    json!({"endpoint": call.endpoint, "http_method": call.method, "headers": headers, "payload": call.body})
}

/// Writes an attempt down, and asks for the next one when that may help.
fn record(tx: &mut Tx<'_>, ready: Ready, outcome: &Outcome) -> Result<()> {
    let Ready { webhook, mut invocation, shown, .. } = ready;
    // Deleted in between, with its log.
    let Some(webhook) = store::webhooks::lock(tx, &webhook.id)? else { return Ok(()) };
    let now = tx.now();
    let success = outcome.is_success();
    store::webhooks::add_attempt(tx, &attempt(tx, &invocation, shown, outcome))?;
    invocation.tries += 1;
    invocation.status_code = outcome.status().map(i64::from);
    invocation.latest_completed_at = Some(now);
    let again = pause(outcome, invocation.tries);
    invocation.status = match (success, again) {
        (true, _) => "success".into(),
        (false, None) => "failed".into(),
        (false, Some(_)) => "pending".into(),
    };
    store::webhooks::update_invocation(tx, &invocation)?;
    if let Some(pause) = again {
        enqueue_at(tx, &Deliver { invocation: invocation.id }, now.plus(pause))?;
    }
    health(tx, &webhook, outcome)
}

fn attempt(tx: &Tx<'_>, invocation: &Invocation, shown: Value, outcome: &Outcome) -> Attempt {
    let (headers, body) = match outcome {
        Outcome::Answered { headers, body, .. } => {
            let hides = |name: &str| name.eq_ignore_ascii_case("set-cookie");
            let pair = |(name, value): &(String, String)| json!({"key": name, "value": if hides(name) { "[hidden]" } else { value }});
            (headers.iter().map(pair).collect(), body.clone())
        }
        _ => (Vec::new(), String::new()),
    };
    Attempt {
        id: ulid::new(tx),
        webhook: invocation.webhook.clone(),
        invocation: invocation.id.clone(),
        status: if outcome.is_success() { "success".into() } else { "failed".into() },
        status_code: outcome.status().map(i64::from),
        error: outcome.error(),
        request: shown,
        response_headers: headers.into(),
        response_body: body,
        completed_at: tx.now(),
    }
}

/// Milliseconds until the next attempt, if there is to be one after so many tries: five more after silence or when the
/// endpoint asks to wait, three more after a conflict (409), as in
/// [Zendesk's](https://developer.zendesk.com/api-reference/webhooks/introduction/#webhook-retries).
fn pause(outcome: &Outcome, tries: i64) -> Option<i64> {
    let doubling = SHORTEST_PAUSE << (tries - 1).clamp(0, 6);
    let (most, pause) = match outcome {
        Outcome::TimedOut | Outcome::Unreachable(_) => (5, doubling),
        Outcome::Answered { status: 409, .. } => (3, doubling),
        Outcome::Answered { status: 429 | 500..=599, .. } => {
            let seconds = outcome.retry_after().filter(|seconds| *seconds <= LONGEST_WAIT)?;
            (5, seconds.max(1) * time::SECOND)
        }
        _ => return None,
    };
    (tries <= most).then_some(pause)
}

/// The circuit breaker, and the alarm of an endpoint that keeps failing.
fn health(tx: &mut Tx<'_>, webhook: &Webhook, outcome: &Outcome) -> Result<()> {
    if outcome.is_success() {
        if webhook.failures > 0 || webhook.paused_until.is_some() {
            store::webhooks::set_health(tx, &webhook.id, 0, None)?;
            alarms::clear(tx, FAILING, &webhook.id)?;
        }
        return Ok(());
    }
    let (now, failures) = (tx.now(), webhook.failures + 1);
    let (all, failed) = store::webhooks::lately(tx, &webhook.id, now.plus(-LATELY))?;
    let too_many = failed > MOST_FAILURES || all >= FEWEST_ATTEMPTS && failed * 100 >= all * MOST_FAILED_PERCENT;
    // What tried whether the endpoint is back found that it isn't.
    let opens = too_many || webhook.paused_until.is_some();
    let pause = (SHORTEST_PAUSE << (failures / FEWEST_ATTEMPTS).clamp(0, 10)).min(LONGEST_PAUSE);
    store::webhooks::set_health(tx, &webhook.id, failures, opens.then(|| now.plus(pause)))?;
    if failures < ALARMING {
        return Ok(());
    }
    let error = match outcome {
        Outcome::Answered { status, .. } => format!("status {status}"),
        other => other.error().unwrap_or_default(),
    };
    let fields = json!({"webhook_id": webhook.id, "name": webhook.name, "error": error});
    alarms::raise(tx, FAILING, &webhook.id, &fields)
}

/// Once a day: forgets what webhooks were told more than a week ago, and what triggers did a month ago.
#[derive(Serialize, Deserialize)]
pub struct Forget {}

impl Job for Forget {
    const KIND: &'static str = "forget_webhook_log";

    fn run(self, app: &App, _: &Claim) -> Result<()> {
        app.write(|tx| {
            let now = tx.now();
            store::webhooks::forget_before(tx, now.plus(-KEPT))?;
            store::rules::forget_runs(tx, now.plus(-RUNS_KEPT))?;
            let next = now.plus(time::DAY);
            enqueue_unique(tx, &Self {}, next, &(next.0 / time::DAY).to_string())
        })
        .wait()
    }
}

/// Sees to it that [`Forget`] runs daily. Called at each start.
pub fn schedule(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now();
    enqueue_unique(tx, &Forget {}, now, &(now.0 / time::DAY).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, retry_after: Option<&str>) -> Outcome {
        let headers = retry_after.map(|value| ("Retry-After".to_owned(), value.to_owned())).into_iter().collect();
        Outcome::Answered { status, headers, body: String::new() }
    }

    #[test]
    fn no_more_calls_are_made_at_once_than_there_are_lines() {
        let taken: Vec<Option<Line>> = (0..=LINES).map(|_| Line::take()).collect();
        assert_eq!(taken.iter().filter(|line| line.is_some()).count(), LINES);
        drop(taken);
        assert!(Line::take().is_some());
    }

    #[test]
    fn only_what_may_go_better_is_tried_again() {
        assert_eq!(pause(&Outcome::TimedOut, 1), Some(5 * time::SECOND));
        assert_eq!(pause(&Outcome::TimedOut, 5), Some(80 * time::SECOND));
        assert_eq!(pause(&Outcome::TimedOut, 6), None);
        assert_eq!(pause(&answered(409, None), 3), Some(20 * time::SECOND));
        assert_eq!(pause(&answered(409, None), 4), None);
        assert_eq!(pause(&answered(429, Some("7")), 1), Some(7 * time::SECOND));
        assert_eq!(pause(&answered(503, Some("61")), 1), None);
        assert_eq!(pause(&answered(503, Some("soon")), 1), None);
        assert_eq!(pause(&answered(500, None), 1), None);
        assert_eq!(pause(&answered(404, Some("1")), 1), None);
        assert_eq!(pause(&answered(200, None), 1), None);
        assert_eq!(pause(&Outcome::Refused("x".into()), 1), None);
    }
}
