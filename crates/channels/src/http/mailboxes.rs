//! `/mailboxes`: IMAP mailboxes. Ours. Secrets go in and never come out.

use axum::Json;
use axum::extract::State;
use base::{AddressId, Error, MailboxId, Permission, Result, Timestamp};
use kernel::http::{Answer, Body, Created, Id, Me, NoContent, Origin, Paging, Params, Routes};
use kernel::{App, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Here;
use super::addresses::given;
use crate::email::imap::{self, Trouble};
use crate::email::mailbox::{self, AfterFetch, Auth, Mailbox, MailboxState, Provider, Secret, Security};
use crate::email::{oauth, store};

/// A mailbox in the API.
#[derive(Serialize, JsonSchema)]
struct MailboxView {
    id: MailboxId,
    url: String,
    address_id: Option<AddressId>,
    host: String,
    port: u16,
    security: Security,
    username: String,
    auth: Auth,
    provider: Option<Provider>,
    folder: String,
    after_fetch: AfterFetch,
    move_to: Option<String>,
    active: bool,
    state: MailboxState,
    last_error: Option<String>,
    checked_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct MailboxAnswer {
    mailbox: MailboxView,
}

#[derive(Serialize, JsonSchema)]
struct MailboxesAnswer {
    mailboxes: Vec<MailboxView>,
}

#[derive(Deserialize, JsonSchema)]
struct MailboxRequest {
    #[serde(default)]
    mailbox: MailboxBody,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
struct MailboxBody {
    #[serde(deserialize_with = "given")]
    #[schemars(with = "Option<AddressId>")]
    address_id: Option<Option<AddressId>>,
    /// By default the provider's.
    host: Option<String>,
    /// By default 993, or 143 when the connection isn't encrypted from the first byte.
    port: Option<u16>,
    security: Option<Security>,
    username: Option<String>,
    auth: Option<Auth>,
    provider: Option<Provider>,
    password: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    token_url: Option<String>,
    refresh_token: Option<String>,
    folder: Option<String>,
    after_fetch: Option<AfterFetch>,
    move_to: Option<String>,
    active: Option<bool>,
}

/// The folder could be opened.
#[derive(Serialize, JsonSchema)]
struct TestAnswer {
    /// How many messages are in it.
    messages: u32,
}

pub(super) fn routes() -> Routes {
    let manage = Permission::MailManage;
    Routes::new()
        .get("/api/v2/mailboxes", list)
        .needs(manage)
        .query::<Paging>()
        .gives::<MailboxesAnswer>()
        .post("/api/v2/mailboxes", create)
        .needs(manage)
        .takes::<MailboxRequest>()
        .gives::<MailboxAnswer>()
        .get("/api/v2/mailboxes/{id}", show)
        .needs(manage)
        .gives::<MailboxAnswer>()
        .put("/api/v2/mailboxes/{id}", update)
        .needs(manage)
        .takes::<MailboxRequest>()
        .gives::<MailboxAnswer>()
        .delete("/api/v2/mailboxes/{id}", remove)
        .needs(manage)
        .post("/api/v2/mailboxes/{id}/test", test)
        .needs(manage)
        .gives::<TestAnswer>()
}

fn view(origin: &Origin, row: &Mailbox) -> MailboxView {
    MailboxView {
        id: row.id,
        url: format!("{}/api/v2/mailboxes/{}", origin.0, row.id),
        address_id: row.address,
        host: row.host.clone(),
        port: row.port,
        security: row.security,
        username: row.username.clone(),
        auth: row.auth,
        provider: row.provider,
        folder: row.folder.clone(),
        after_fetch: row.after_fetch,
        move_to: row.move_to.clone(),
        active: row.active,
        state: row.state,
        last_error: row.last_error.clone(),
        checked_at: row.checked_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

impl MailboxBody {
    /// Puts what was given into a mailbox and its secret.
    fn apply(self, tx: &mut Tx<'_>, mailbox: &mut Mailbox, secret: &mut Secret) -> Result<()> {
        if let Some(address) = self.address_id {
            if let Some(id) = address {
                let unknown = |_| Error::invalid("address_id", "RecordNotFound", "Address: there is no such address");
                store::addresses::get(tx, id).map_err(unknown)?;
            }
            mailbox.address = address;
        }
        mailbox.provider = self.provider.or(mailbox.provider);
        let usual = mailbox.provider.and_then(oauth::endpoints).map(|known| known.imap_host.to_owned());
        let host = self.host.or_else(|| usual.filter(|_| mailbox.host.is_empty()));
        set(&mut mailbox.host, host);
        set(&mut mailbox.security, self.security);
        let port = if mailbox.security == Security::Tls { 993 } else { 143 };
        let port = self.port.or((mailbox.port == 0).then_some(port));
        set(&mut mailbox.port, port);
        set(&mut mailbox.username, self.username);
        set(&mut mailbox.auth, self.auth);
        set(&mut mailbox.folder, self.folder);
        set(&mut mailbox.after_fetch, self.after_fetch);
        mailbox.move_to = self.move_to.or(mailbox.move_to.take());
        set(&mut mailbox.active, self.active);
        set(&mut secret.password, self.password);
        set(&mut secret.client_id, self.client_id);
        set(&mut secret.client_secret, self.client_secret);
        set(&mut secret.token_url, self.token_url);
        if let Some(token) = self.refresh_token {
            (secret.refresh_token, secret.access_token) = (token, String::new());
        }
        mailbox.secret = mailbox::seal(tx, secret)?;
        Ok(())
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

fn blank(now: Timestamp) -> Mailbox {
    Mailbox {
        id: MailboxId(0),
        address: None,
        host: String::new(),
        port: 0,
        security: Security::Tls,
        username: String::new(),
        auth: Auth::Password,
        provider: None,
        secret: String::new(),
        folder: "INBOX".into(),
        after_fetch: AfterFetch::Seen,
        move_to: None,
        active: true,
        uid_validity: None,
        last_uid: None,
        state: MailboxState::New,
        last_error: None,
        checked_at: None,
        created_at: now,
        updated_at: now,
    }
}

async fn list(app: State<App>, here: Here, Params(paging): Params<Paging>) -> Answer<Json<Value>> {
    let page = paging.page()?;
    let wanted = page.clone();
    let slice = app.read(move |tx| store::mailboxes::page(tx, &wanted)).await?;
    Ok(Json(here.page(&page, "mailboxes", slice, |row| row.id.0, |row| view(&here.origin, row))?))
}

async fn show(app: State<App>, origin: Origin, Id(id): Id<MailboxId>) -> Answer<Json<MailboxAnswer>> {
    let row = app.read(move |tx| store::mailboxes::get(tx, id)).await?;
    Ok(Json(MailboxAnswer { mailbox: view(&origin, &row) }))
}

async fn create(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(request): Body<MailboxRequest>,
) -> Answer<Created<MailboxAnswer>> {
    let made = app.write(move |tx| {
        let (mut mailbox, mut secret) = (blank(tx.now()), Secret::default());
        request.mailbox.apply(tx, &mut mailbox, &mut secret)?;
        let id = mailbox::add(tx, &actor, &mailbox)?;
        store::mailboxes::get(tx, id)
    });
    let mailbox = view(&origin, &made.await?);
    Ok(Created(mailbox.url.clone(), MailboxAnswer { mailbox }))
}

async fn update(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Id(id): Id<MailboxId>,
    Body(request): Body<MailboxRequest>,
) -> Answer<Json<MailboxAnswer>> {
    let changed = app.write(move |tx| {
        let mut mailbox = store::mailboxes::get(tx, id)?;
        let mut secret = mailbox.open(tx.app().secrets())?;
        let elsewhere = request.mailbox.host.as_ref().is_some_and(|host| *host != mailbox.host);
        if elsewhere && request.mailbox.password.is_none() && request.mailbox.refresh_token.is_none() {
            // Whoever may name another server must not have our secrets sent to it.
            secret = Secret::default();
        }
        request.mailbox.apply(tx, &mut mailbox, &mut secret)?;
        mailbox::change(tx, &actor, &mailbox)?;
        store::mailboxes::get(tx, id)
    });
    Ok(Json(MailboxAnswer { mailbox: view(&origin, &changed.await?) }))
}

async fn remove(app: State<App>, Me(actor): Me, Id(id): Id<MailboxId>) -> Answer<NoContent> {
    app.write(move |tx| mailbox::delete(tx, &actor, id)).await?;
    Ok(NoContent)
}

/// Signs in and opens the folder; what the server says against it is the error's description.
async fn test(app: State<App>, Id(id): Id<MailboxId>) -> Answer<Json<TestAnswer>> {
    let mailbox = app.read(move |tx| store::mailboxes::get(tx, id)).await?;
    match imap::test(&app, &mailbox).await {
        Ok(messages) => Ok(Json(TestAnswer { messages })),
        Err(Trouble::Ours(cause)) => Err(cause.into()),
        Err(Trouble::Server(words)) => Err(Error::BadRequest("MailboxFailed", words).into()),
        Err(Trouble::TokenDead(words)) => Err(Error::BadRequest("MailboxTokenDead", words).into()),
    }
}
