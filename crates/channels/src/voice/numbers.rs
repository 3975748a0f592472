//! The desk's telephone numbers, for programs that ask which they are.

use axum::Json;
use axum::extract::State;
use base::{Actor, Error, GroupId, Permission, Result, Timestamp};
use kernel::http::{Answer, Asked, Body, Created, Given, Id, Me, Needs, NoContent, Origin, Paging, Routes, url};
use kernel::{App, Tx, audit_log};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::store::{self, Number};

/// A telephone number of the desk.
#[derive(Serialize, JsonSchema)]
struct NumberView {
    id: i64,
    url: String,
    number: String,
    display_number: String,
    name: String,
    nickname: String,
    /// Always true: the number is another program's.
    external: bool,
    group_ids: Vec<GroupId>,
    default_group_id: Option<GroupId>,
    voice_enabled: bool,
    sms_enabled: bool,
    created_at: Timestamp,
}

#[derive(Serialize, JsonSchema)]
struct NumberAnswer {
    phone_number: NumberView,
}

#[derive(Serialize, JsonSchema)]
struct NumbersAnswer {
    phone_numbers: Vec<NumberView>,
}

/// `{"phone_number": {"number", "nickname", "group_ids"}}`.
#[derive(Default, Deserialize, JsonSchema)]
struct NumberBody {
    #[serde(default)]
    phone_number: Map<String, Value>,
}

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/v2/channels/voice/phone_numbers", list)
        .needs(Needs::Staff)
        .query::<Paging>()
        .gives::<NumbersAnswer>()
        .post("/api/v2/channels/voice/phone_numbers", create)
        .needs(Permission::DeskManage)
        .takes::<NumberBody>()
        .gives::<NumberAnswer>()
        .get("/api/v2/channels/voice/phone_numbers/{id}", show)
        .needs(Needs::Staff)
        .gives::<NumberAnswer>()
        .delete("/api/v2/channels/voice/phone_numbers/{id}", delete)
        .needs(Permission::DeskManage)
}

fn view(origin: &Origin, n: &Number) -> NumberView {
    NumberView {
        id: n.id,
        url: url(origin, &format!("channels/voice/phone_numbers/{}", n.id)),
        number: n.number.clone(),
        display_number: n.number.clone(),
        name: if n.name.is_empty() { n.number.clone() } else { n.name.clone() },
        nickname: n.name.clone(),
        external: true,
        default_group_id: n.groups.first().copied(),
        group_ids: n.groups.clone(),
        voice_enabled: true,
        sms_enabled: false,
        created_at: n.created_at,
    }
}

async fn list(app: State<App>, asked: Asked) -> Answer<Json<Value>> {
    let answer = app.read(move |tx| {
        let all = store::numbers(tx)?;
        asked.slice("phone_numbers", all.iter().map(|number| json!(view(&asked.origin, number))).collect())
    });
    Ok(Json(answer.await?))
}

async fn show(app: State<App>, origin: Origin, Id(id): Id<i64>) -> Answer<Json<NumberAnswer>> {
    let found = app.read(move |tx| store::numbers(tx)?.into_iter().find(|n| n.id == id).ok_or(Error::NotFound)).await?;
    Ok(Json(NumberAnswer { phone_number: view(&origin, &found) }))
}

fn add(tx: &mut Tx<'_>, actor: &Actor, body: NumberBody) -> Result<Number> {
    let now = tx.now();
    let mut number = Number { id: 0, number: String::new(), name: String::new(), groups: Vec::new(), created_at: now };
    let mut given = Given::new(body.phone_number);
    given.text("number", &mut number.number);
    given.text("nickname", &mut number.name);
    given.ids("group_ids", &mut number.groups);
    match people::user::phone(&number.number) {
        Some(clean) => number.number = clean,
        None => given.problem("number", "number: is not a telephone number"),
    }
    for group in &number.groups.clone() {
        if !people::group_exists(tx, *group)? {
            given.problem("group_ids", format!("group_ids: {group} does not exist"));
        }
    }
    given.finish(Ok(()))?;
    let taken = || Error::invalid("number", "DuplicateValue", "number: has already been taken");
    number.id = store::add_number(tx, &number)?.ok_or_else(taken)?;
    audit_log::record(tx, actor, "create", ("phone_number", Some(number.id), &number.number), "")?;
    Ok(number)
}

async fn create(
    app: State<App>,
    Me(actor): Me,
    origin: Origin,
    Body(body): Body<NumberBody>,
) -> Answer<Created<NumberAnswer>> {
    let made = app.write(move |tx| add(tx, &actor, body)).await?;
    let answer = NumberAnswer { phone_number: view(&origin, &made) };
    Ok(Created(answer.phone_number.url.clone(), answer))
}

async fn delete(app: State<App>, Me(actor): Me, Id(id): Id<i64>) -> Answer<NoContent> {
    app.write(move |tx| {
        if !store::delete_number(tx, id)? {
            return Err(Error::NotFound);
        }
        audit_log::record(tx, &actor, "destroy", ("phone_number", Some(id), ""), "")
    })
    .await?;
    Ok(NoContent)
}
