//! `/sender_lists`: senders that are always, or never, suspended. Ours.

use axum::Json;
use axum::extract::{Path, State};
use base::{Error, Permission, Result, Timestamp};
use kernel::http::{Answer, Body, Created, Me, NoContent, Routes};
use kernel::{App, audit_log};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::email::store;

/// An entry. The address's own entry comes before its domain's, that before `*`.
#[derive(Serialize, JsonSchema)]
struct SenderView {
    /// An address, a domain, or `*` for everybody.
    pattern: String,
    kind: ListKind,
    created_at: Timestamp,
}

/// What an entry means.
#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum ListKind {
    /// Never suspended for spam, frequency or being automatic.
    Allow,
    /// Always suspended.
    Block,
}

impl ListKind {
    fn name(self) -> &'static str {
        match self {
            ListKind::Allow => "allow",
            ListKind::Block => "block",
        }
    }
}

#[derive(Serialize, JsonSchema)]
struct SendersAnswer {
    sender_lists: Vec<SenderView>,
}

#[derive(Serialize, JsonSchema)]
struct SenderAnswer {
    sender_list: SenderView,
}

#[derive(Deserialize, JsonSchema)]
struct SenderRequest {
    sender_list: SenderBody,
}

#[derive(Deserialize, JsonSchema)]
struct SenderBody {
    pattern: String,
    kind: ListKind,
}

pub(super) fn routes() -> Routes {
    let manage = Permission::MailManage;
    Routes::new()
        .get("/api/v2/sender_lists", list)
        .needs(manage)
        .gives::<SendersAnswer>()
        .post("/api/v2/sender_lists", put)
        .needs(manage)
        .takes::<SenderRequest>()
        .gives::<SenderAnswer>()
        .delete("/api/v2/sender_lists/{pattern}", remove)
        .needs(manage)
}

/// An address, a domain (an `@` before it goes), or `*`.
fn pattern(text: &str) -> Result<String> {
    let text = text.trim().trim_start_matches('@').to_lowercase();
    let domain = |text: &str| people::user::email(&format!("x@{text}")).is_some();
    let good = text == "*" || people::user::email(&text).is_some() || domain(&text);
    let wrong = || Error::invalid("pattern", "InvalidFormat", "Pattern: is neither an address nor a domain");
    good.then_some(text).ok_or_else(wrong)
}

async fn list(app: State<App>) -> Answer<Json<SendersAnswer>> {
    let all = app.read(store::senders::all).await?;
    let view = |(pattern, kind, created_at): (String, String, Timestamp)| {
        let kind = if kind == "allow" { ListKind::Allow } else { ListKind::Block };
        SenderView { pattern, kind, created_at }
    };
    Ok(Json(SendersAnswer { sender_lists: all.into_iter().map(view).collect() }))
}

async fn put(app: State<App>, Me(actor): Me, Body(request): Body<SenderRequest>) -> Answer<Created<SenderAnswer>> {
    let SenderBody { pattern: text, kind } = request.sender_list;
    let text = pattern(&text)?;
    let view = app.write(move |tx| {
        store::senders::put(tx, &text, kind.name())?;
        audit_log::record(tx, &actor, "update", ("sender_list", None, &text), kind.name())?;
        Ok(SenderView { pattern: text, kind, created_at: tx.now() })
    });
    Ok(Created("/api/v2/sender_lists".into(), SenderAnswer { sender_list: view.await? }))
}

async fn remove(app: State<App>, Me(actor): Me, Path(text): Path<String>) -> Answer<NoContent> {
    let removed = app.write(move |tx| {
        if !store::senders::delete(tx, &text.to_lowercase())? {
            return Err(Error::NotFound);
        }
        audit_log::record(tx, &actor, "destroy", ("sender_list", None, &text), "")
    });
    removed.await?;
    Ok(NoContent)
}
