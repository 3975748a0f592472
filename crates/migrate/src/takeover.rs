//! The order in which an account is taken over.

use base::{Error, Result, Timestamp};
use kernel::{App, Tx};
use serde_json::Value;

use crate::records::{Place, id_of};
use crate::report::Report;
use crate::source::Source;
use crate::{conversations, desk, persons, store};

/// Makes our record of one of theirs; none when there is nothing to make.
type Make = fn(&mut Tx<'_>, &Place, &Value) -> Result<Option<i64>>;

/// What we have tables for: the kind, where it is found, what its list is called, how it is made.
const KINDS: [(&str, &str, &str, Make); 11] = [
    ("brands", "/api/v2/brands.json", "brands", desk::brand),
    ("groups", "/api/v2/groups.json?page[size]=100", "groups", persons::group),
    ("organizations", "/api/v2/organizations.json?page[size]=100", "organizations", persons::organization),
    ("users", "/api/v2/incremental/users/cursor.json?start_time=0&per_page=500", "users", persons::user),
    (
        "identities",
        "/api/v2/incremental/users/cursor.json?start_time=0&per_page=500&include=identities",
        "identities",
        persons::identity,
    ),
    (
        "group_memberships",
        "/api/v2/group_memberships.json?page[size]=100",
        "group_memberships",
        persons::group_membership,
    ),
    (
        "organization_memberships",
        "/api/v2/organization_memberships.json?page[size]=100",
        "organization_memberships",
        persons::organization_membership,
    ),
    ("ticket_fields", "/api/v2/ticket_fields.json", "ticket_fields", desk::ticket_field),
    ("ticket_forms", "/api/v2/ticket_forms.json", "ticket_forms", desk::ticket_form),
    ("custom_statuses", "/api/v2/custom_statuses.json", "custom_statuses", desk::custom_status),
    ("macros", "/api/v2/macros.json?page[size]=100", "macros", desk::macro_),
];

/// What is kept as it came.
const RAW: [(&str, &str, &str); 10] = [
    ("user_fields", "/api/v2/user_fields.json", "user_fields"),
    ("organization_fields", "/api/v2/organization_fields.json", "organization_fields"),
    ("triggers", "/api/v2/triggers.json?page[size]=100", "triggers"),
    ("automations", "/api/v2/automations.json?page[size]=100", "automations"),
    ("sla_policies", "/api/v2/slas/policies.json", "sla_policies"),
    ("schedules", "/api/v2/business_hours/schedules.json", "schedules"),
    ("help_center_categories", "/api/v2/help_center/categories.json", "categories"),
    ("help_center_sections", "/api/v2/help_center/sections.json", "sections"),
    ("help_center_articles", "/api/v2/help_center/articles.json", "articles"),
    ("dynamic_content", "/api/v2/dynamic_content/items.json", "items"),
];

/// Takes over everything, tickets only those changed `since`. `watch` is told after each page and each ticket. Blocks.
///
/// # Errors
/// `Unavailable` when the other help desk can't be reached, `Unauthenticated` and `Forbidden` as it says. What was taken
/// over until then stays, and the next run goes on.
pub fn import(app: &App, source: &Source, since: Option<Timestamp>, watch: &mut dyn FnMut(&Report)) -> Result<Report> {
    let password_hash = people::hash_password(app, &app.secrets().token())?;
    let place = Place { source: source.name().to_owned(), password_hash };
    let mut takeover = Takeover { app, source, place, report: Report::default(), watch };
    takeover.check()?;
    for (kind, path, list, make) in KINDS {
        takeover.optional(kind, |it| it.records(kind, path, list, make))?;
    }
    takeover.optional("views", |it| it.records("views", "/api/v2/views.json?page[size]=100", "views", desk::view))?;
    for (kind, path, list) in RAW {
        takeover.optional(kind, |it| it.raw(kind, path, list))?;
    }
    takeover.report.begin("tickets");
    takeover.tickets(since)?;
    Ok(takeover.report)
}

struct Takeover<'a> {
    app: &'a App,
    source: &'a Source,
    place: Place,
    report: Report,
    watch: &'a mut dyn FnMut(&Report),
}

impl Takeover<'_> {
    /// Who asks must be somebody there: an unknown token would find an empty account.
    fn check(&self) -> Result<()> {
        let me = self.source.get_at_once("/api/v2/users/me.json")?;
        match me["user"]["id"].as_i64() {
            Some(_) => Ok(()),
            None => Err(Error::Unauthenticated("the other help desk refuses the token")),
        }
    }

    /// A kind that the other help desk doesn't have, or doesn't show, is left out with a word.
    fn optional(&mut self, kind: &'static str, take: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.report.begin(kind);
        match take(self) {
            Err(cause @ (Error::NotFound | Error::Forbidden(_))) => {
                self.report.line().causes.push(("-".into(), format!("not offered there ({cause})")));
                Ok(())
            }
            done => done,
        }
    }

    fn records(&mut self, kind: &'static str, path: &str, list: &str, make: Make) -> Result<()> {
        let source = self.source;
        source.pages(path, |mut page| {
            let items = self.unknown(kind, page[list].take())?;
            // Many small transactions that wait together share one write to the disk.
            let waiting: Vec<_> = items
                .into_iter()
                .map(|(id, item)| {
                    let (place, key) = (self.place.clone(), id.clone());
                    let work = self.app.write(move |tx| {
                        let ours = make(tx, &place, &item)?;
                        store::keep(tx, &place.source, kind, &key, ours, None)
                    });
                    (id, work)
                })
                .collect();
            for (id, work) in waiting {
                self.note(&id, work.wait())?;
            }
            (self.watch)(&self.report);
            Ok(())
        })
    }

    /// Those of a page that are not here yet.
    fn unknown(&mut self, kind: &'static str, items: Value) -> Result<Vec<(String, Value)>> {
        let Value::Array(items) = items else { return Ok(Vec::new()) };
        let items: Vec<(String, Value)> =
            items.into_iter().filter_map(|item| Some((id_of(&item["id"])?, item))).collect();
        let ids: Vec<String> = items.iter().map(|(id, _)| id.clone()).collect();
        let source = self.place.source.clone();
        let known = self.app.read(move |tx| store::known(tx, &source, kind, &ids)).wait()?;
        let line = self.report.line();
        line.theirs += items.len() as u64;
        line.known += items.iter().filter(|(id, _)| known.contains(id)).count() as u64;
        Ok(items.into_iter().filter(|(id, _)| !known.contains(id)).collect())
    }

    /// A record that can't be taken over stops nothing; what is wrong with us or the other side stops all.
    fn note(&mut self, id: &str, done: Result<()>) -> Result<()> {
        match done {
            Ok(()) => self.report.line().taken += 1,
            Err(cause @ (Error::Internal(_) | Error::Unavailable(_))) => return Err(cause),
            Err(cause) => self.report.line().skip(id, cause.to_string()),
        }
        Ok(())
    }

    fn raw(&mut self, kind: &'static str, path: &str, list: &str) -> Result<()> {
        let source = self.source;
        source.pages(path, |mut page| {
            let items = self.unknown(kind, page[list].take())?;
            let name = self.place.source.clone();
            let taken = items.len() as u64;
            let kept = self.app.write(move |tx| {
                items.iter().try_for_each(|(id, item)| {
                    store::keep(tx, &name, kind, id, None, Some(&item.to_string().replace("\\u0000", "")))
                })
            });
            kept.wait()?;
            self.report.line().taken += taken;
            (self.watch)(&self.report);
            Ok(())
        })
    }

    fn tickets(&mut self, since: Option<Timestamp>) -> Result<()> {
        let start = since.map_or(0, Timestamp::unix_seconds);
        let path =
            format!("/api/v2/incremental/tickets/cursor.json?start_time={start}&per_page=1000&include=metric_sets");
        let source = self.source;
        source.pages(&path, |mut page| {
            for (id, ticket) in self.unknown("tickets", page["tickets"].take())? {
                if ticket["status"] == "deleted" {
                    self.report.line().skip(&id, "is deleted there".into());
                    continue;
                }
                let done = self.ticket(ticket);
                self.note(&id, done)?;
                (self.watch)(&self.report);
            }
            Ok(())
        })
    }

    fn ticket(&mut self, ticket: Value) -> Result<()> {
        let conversation = conversations::read(self.app, self.source, ticket)?;
        let place = self.place.clone();
        self.app.write(move |tx| conversations::write(tx, &place, conversation).map(drop)).wait()
    }
}
