//! `/mail_templates/{brand_id}/{locale}/{kind}`: how mails are worded. Ours.

use axum::Json;
use axum::extract::{Path, State};
use base::{BrandId, Error, Locale, Permission, Result};
use kernel::http::{Answer, Body, Me, NoContent, Params, Routes};
use kernel::{App, audit_log};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::email::store;
use crate::email::templates::{self, Kind, Placeholders, Template};

/// A template in force.
#[derive(Serialize, JsonSchema)]
struct TemplateView {
    brand_id: BrandId,
    locale: Locale,
    kind: Kind,
    subject: String,
    html: String,
    text: String,
    /// Whether it is the brand's own, and not the built-in one.
    custom: bool,
    /// The placeholders that can be used in it.
    placeholders: Vec<&'static str>,
}

#[derive(Serialize, JsonSchema)]
struct TemplateAnswer {
    mail_template: TemplateView,
}

#[derive(Serialize, JsonSchema)]
struct TemplatesAnswer {
    mail_templates: Vec<TemplateView>,
}

/// Whose templates are wanted.
#[derive(Deserialize, JsonSchema)]
struct Whose {
    /// By default the default brand's.
    brand_id: Option<i64>,
    /// By default English.
    locale: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct TemplateRequest {
    mail_template: Template,
}

/// A template with examples in its placeholders.
#[derive(Serialize, JsonSchema)]
struct PreviewAnswer {
    preview: Template,
}

pub(super) fn routes() -> Routes {
    let manage = Permission::DeskManage;
    Routes::new()
        .get("/api/v2/mail_templates", list)
        .needs(manage)
        .query::<Whose>()
        .gives::<TemplatesAnswer>()
        .get("/api/v2/mail_templates/{brand_id}/{locale}/{kind}", show)
        .needs(manage)
        .gives::<TemplateAnswer>()
        .put("/api/v2/mail_templates/{brand_id}/{locale}/{kind}", put)
        .needs(manage)
        .takes::<TemplateRequest>()
        .gives::<TemplateAnswer>()
        .delete("/api/v2/mail_templates/{brand_id}/{locale}/{kind}", remove)
        .needs(manage)
        .post("/api/v2/mail_templates/{brand_id}/{locale}/{kind}/preview", preview)
        .needs(manage)
        .takes::<TemplateRequest>()
        .gives::<PreviewAnswer>()
}

type Key = (BrandId, Locale, Kind);

fn key((brand, locale, kind): (i64, String, String)) -> Result<Key> {
    let found = Locale::parse(&locale).zip(Kind::parse(&kind));
    found.map(|(locale, kind)| (BrandId(brand), locale, kind)).ok_or(Error::NotFound)
}

async fn list(app: State<App>, Params(whose): Params<Whose>) -> Answer<Json<TemplatesAnswer>> {
    let locale = whose.locale.as_deref().map_or(Some(Locale::En), Locale::parse).ok_or(Error::NotFound)?;
    let all = app.read(move |tx| {
        let brand = match whose.brand_id {
            Some(brand) => BrandId(brand),
            None => tickets::desk::default_brand(tx)?.id,
        };
        let one = |kind: &Kind| {
            let (template, custom) = templates::in_force(tx, brand, locale, *kind)?;
            Ok(view((brand, locale, *kind), template, custom))
        };
        Kind::ALL.iter().map(one).collect::<Result<Vec<_>>>()
    });
    Ok(Json(TemplatesAnswer { mail_templates: all.await? }))
}

async fn show(app: State<App>, Path(path): Path<(i64, String, String)>) -> Answer<Json<TemplateAnswer>> {
    let (brand, locale, kind) = key(path)?;
    let (template, custom) = app.read(move |tx| templates::in_force(tx, brand, locale, kind)).await?;
    Ok(Json(answer((brand, locale, kind), template, custom)))
}

fn view((brand_id, locale, kind): Key, template: Template, custom: bool) -> TemplateView {
    let Template { subject, html, text } = template;
    TemplateView { brand_id, locale, kind, subject, html, text, custom, placeholders: examples().names() }
}

fn answer(key: Key, template: Template, custom: bool) -> TemplateAnswer {
    TemplateAnswer { mail_template: view(key, template, custom) }
}

async fn put(
    app: State<App>,
    Me(actor): Me,
    Path(path): Path<(i64, String, String)>,
    Body(request): Body<TemplateRequest>,
) -> Answer<Json<TemplateAnswer>> {
    let (brand, locale, kind) = key(path)?;
    let template = request.mail_template;
    // One that can't be filled is refused now, not when a customer waits.
    templates::render(&template, &examples())?;
    let kept = template.clone();
    let written = app.write(move |tx| {
        if !tickets::desk::brands(tx)?.iter().any(|other| other.id == brand) {
            return Err(Error::NotFound);
        }
        store::templates::put(tx, brand, locale, kind, &kept)?;
        let label = format!("{} {}", kind.name(), locale.code());
        audit_log::record(tx, &actor, "update", ("mail_template", Some(brand.0), &label), "")
    });
    written.await?;
    Ok(Json(answer((brand, locale, kind), template, true)))
}

async fn remove(app: State<App>, Me(actor): Me, Path(path): Path<(i64, String, String)>) -> Answer<NoContent> {
    let (brand, locale, kind) = key(path)?;
    let removed = app.write(move |tx| {
        store::templates::delete(tx, brand, locale, kind)?;
        let label = format!("{} {}", kind.name(), locale.code());
        audit_log::record(tx, &actor, "destroy", ("mail_template", Some(brand.0), &label), "")
    });
    removed.await?;
    Ok(NoContent)
}

async fn preview(Body(request): Body<TemplateRequest>) -> Answer<Json<PreviewAnswer>> {
    let rendered = templates::render(&request.mail_template, &examples())?;
    // What the preview shows is what an admin wrote; the page that shows it must not run it.
    let html = mail::sanitize::sanitize(&rendered.html, |_| None).html;
    Ok(Json(PreviewAnswer { preview: Template { subject: rendered.subject, html, text: rendered.text } }))
}

/// Examples for every placeholder that a mail has.
fn examples() -> Placeholders {
    let mut all = Placeholders::default();
    all.text("ticket.id", "4711")
        .text("ticket.title", "Printer")
        .text("ticket.link", "https://desk.example/agent/tickets/4711")
        .flag("ticket.is_reply", true)
        .text("ticket.requester.name", "Juhan Juurikas")
        .text("ticket.requester.first_name", "Juhan")
        .html("ticket.latest_comment_html", "<p>Have you tried <b>water</b>?</p>")
        .html("ticket.latest_public_comment_html", "<p>Have you tried <b>water</b>?</p>")
        .text("ticket.latest_comment", "Have you tried water?")
        .text("ticket.latest_public_comment", "Have you tried water?")
        .html("ticket.comments_formatted", "<div><b>Mari</b><p>Have you tried <b>water</b>?</p></div><hr>")
        .flag("comment.is_public", true)
        .text("current_user.name", "Mari Maasikas")
        .text("user.name", "Mari Maasikas")
        .text("agent.name", "Mari Maasikas")
        .text("agent.signature", "Mari")
        .html("agent.signature_html", "<p>Mari</p>")
        .text("brand.name", "Example")
        .text("link", "https://desk.example/password/example");
    all
}
