//! Tickets as their customers see them: without what the desk keeps to itself.

use base::text::excerpt;
use base::{Actor, Credential, Error, FieldProblem, Fragment, OrganizationId, Result, TicketId, UserId, time};
use kernel::Tx;
use kernel::settings::Setting;
use kernel::throttle::{self, Limit};
use people::{Contact, User};
use rules::Status;
use serde::{Deserialize, Serialize};

use crate::access;
use crate::fields::{self, TicketField};
use crate::ticket::Ticket;

/// How many requests come from one place, or under one name, within an hour, of people who are not signed in.
const UNSIGNED: Limit = Limit { attempts: 30, within: time::HOUR };

/// Who may open requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestSettings {
    /// Whether people who are not signed in may.
    pub anonymous: bool,
}

impl Default for RequestSettings {
    fn default() -> Self {
        Self { anonymous: true }
    }
}

impl Setting for RequestSettings {
    const NAME: &'static str = "requests";
}

/// A request of somebody who did not sign in, before it becomes a ticket.
pub struct Submission {
    /// Who says to have written it.
    pub contact: Contact,
    /// The person of that address, if there is one.
    pub known: Option<User>,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
}

/// Keeps out what looks like spam, as mail is kept out; a part of the app. True when it was kept out.
pub struct Doubts(pub fn(&mut Tx<'_>, &Submission) -> Result<bool>);

/// What the actor sees as requests, over the alias `t`: customers see no ticket that has only internal comments.
pub(crate) fn visible_to(actor: &Actor) -> Fragment {
    let mut filter = access::visible_to(actor);
    if !actor.is_staff() {
        filter.push(" AND t.is_public");
    }
    filter
}

/// The ticket as a request.
///
/// # Errors
/// `NotFound` when the actor may not see it as one.
pub(crate) fn get(tx: &mut Tx<'_>, actor: &Actor, id: TicketId) -> Result<Ticket> {
    let ticket = access::get(tx, actor, id)?;
    if ticket.is_public || actor.is_staff() { Ok(ticket) } else { Err(Error::NotFound) }
}

/// Whether the actor may say that their request is solved: it is theirs, and somebody works on it.
pub(crate) fn can_be_solved_by(actor: &Actor, ticket: &Ticket) -> bool {
    ticket.requester == actor.user && ticket.assignee.is_some() && ticket.status < Status::Solved
}

/// Whether the actor may see the requests of an organization as a whole.
pub(crate) fn sees_organization(actor: &Actor, organization: OrganizationId) -> bool {
    actor.is_staff() || actor.organizations.contains(&organization)
}

/// Fails unless the actor may write on a request that they see: those on it may, others of its organization where it
/// shares comments.
pub(crate) fn may_comment(tx: &mut Tx<'_>, actor: &Actor, ticket: &Ticket) -> Result<()> {
    if actor.is_staff() || ticket.involves(actor.user) {
        return Ok(());
    }
    let shares = match ticket.organization {
        Some(id) => people::get_organization(tx, id)?.shared_comments,
        None => false,
    };
    if shares { Ok(()) } else { Err(Error::Forbidden("request_comment")) }
}

/// The custom fields that the actor sees on requests.
pub(crate) fn seen_fields(tx: &mut Tx<'_>, actor: &Actor) -> Result<Vec<TicketField>> {
    let mut all = fields::all(tx)?;
    all.retain(|field| !field.system && field.active && (actor.is_staff() || field.visible_in_portal));
    Ok(all)
}

/// Fails when a field that customers must fill in is left empty in a new request. Without a form only the default one's
/// fields are asked for.
pub(crate) fn check_required(tx: &mut Tx<'_>, form: Option<i64>, given: &[base::FieldId]) -> Result<()> {
    let forms = fields::forms(tx)?;
    let form = match form {
        Some(id) => forms.iter().find(|form| form.id.0 == id && form.active && form.end_user_visible),
        None => forms.iter().find(|form| form.is_default),
    };
    let Some(form) = form else {
        return Err(Error::invalid("ticket_form_id", "InvalidValue", "Ticket form: does not exist"));
    };
    let asked = fields::all(tx)?.into_iter().filter(|field| {
        let open = field.visible_in_portal && field.editable_in_portal;
        !field.system && field.active && field.required_in_portal && open && form.field_ids.contains(&field.id)
    });
    let problems: Vec<FieldProblem> = asked
        .filter(|field| !given.contains(&field.id))
        .map(|field| FieldProblem {
            field: field.id.to_string(),
            code: "BlankValue",
            message: format!(
                "{}: cannot be blank",
                if field.title_in_portal.is_empty() { &field.title } else { &field.title_in_portal }
            ),
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// Takes in a request of somebody who did not sign in: the person who they say they are, unless the desk wants people to
/// sign in, or the request was kept out; then there is nobody.
///
/// # Errors
/// `Unauthenticated` when the desk wants people to sign in, `TooMany` from a place that sent many.
pub(crate) fn admit(
    tx: &mut Tx<'_>,
    place: &str,
    contact: Contact,
    subject: &str,
    text: &str,
) -> Result<Option<Actor>> {
    let settings: RequestSettings = kernel::settings::get(tx)?;
    if !settings.anonymous {
        return Err(Error::Unauthenticated("Couldn't authenticate you"));
    }
    let email = contact.email.as_deref().and_then(people::user::email);
    let Some(email) = email else {
        return Err(Error::invalid("requester", "InvalidValue", "Requester: Email: is not an address"));
    };
    // Where the place isn't known, it is not everybody's.
    let of_place = Some(format!("request:{place}")).filter(|_| !place.is_empty());
    for key in of_place.into_iter().chain([format!("request:{email}")]) {
        throttle::check(tx, &key, UNSIGNED)?;
        throttle::count(tx, &key, UNSIGNED)?;
    }
    let known = people::find_by_email(tx, &email)?;
    let submission =
        Submission { contact, known, subject: excerpt(subject, 250), text: text.chars().take(20_000).collect() };
    let doubts = tx.app().part::<Doubts>().map(|doubts| doubts.0);
    let kept_out = match doubts {
        Some(doubts) => doubts(tx, &submission)?,
        None => false,
    };
    // Nobody gets to write as somebody of the desk by knowing their address.
    let usable = |user: &User| !user.role.is_staff() && user.may_sign_in();
    if kept_out || submission.known.as_ref().is_some_and(|user| !usable(user)) {
        return Ok(None);
    }
    let user: UserId = people::find_or_create(tx, &submission.contact)?.0.id;
    people::actor_of(tx, user, Credential::Channel).map(Some)
}
