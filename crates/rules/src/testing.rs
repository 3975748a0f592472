//! Random tickets and conditions, to show that [`crate::eval()`] and [`crate::to_sql`] agree on any database.
//!
//! A test makes a [`World`] of ids that its database has, stores what [`Generator::ticket`] gives (see
//! [`RandomTicket::insert`]), and compares the ids that SQL selects with the tickets that `eval` accepts.

use std::collections::BTreeMap;

use base::time::HOUR;
use base::{FieldId, Fragment, Timestamp, Value as Stored};
use serde_json::{Value, json};

use crate::catalogue::{BUILT_IN, Catalogue, CustomField, CustomKind, CustomOption};
use crate::context::day_name;
use crate::eval::{Fact, Facts};
use crate::field::{Column, Field, FieldKey, FieldKind, Purpose, Relation, ValueColumn};
use crate::operator::Operator;
use crate::values::{Priority, Status, VIAS};

/// Ids that tickets and conditions may name.
#[derive(Clone, Debug)]
pub struct World {
    /// People, with the language code that `users.locale` keeps.
    pub users: Vec<(i64, Option<&'static str>)>,
    /// Groups.
    pub groups: Vec<i64>,
    /// Organizations.
    pub organizations: Vec<i64>,
    /// Brands.
    pub brands: Vec<i64>,
    /// Forms.
    pub forms: Vec<i64>,
    /// Custom statuses.
    pub custom_statuses: Vec<i64>,
    /// Custom fields.
    pub fields: Vec<CustomField>,
    /// Whether conditions may look for words, which needs the database's full-text index filled.
    pub with_words: bool,
    /// The current instant.
    pub now: Timestamp,
}

impl World {
    /// A small world: ids from 1, one custom field of each kind with ids from 1.
    pub fn small(now: Timestamp) -> Self {
        Self {
            users: vec![(1, Some("en")), (2, Some("et")), (3, Some("ru")), (4, None)],
            groups: vec![1, 2, 3],
            organizations: vec![1, 2],
            brands: vec![1, 2],
            forms: vec![1, 2],
            custom_statuses: vec![1, 2, 3],
            fields: custom_fields(),
            with_words: true,
            now,
        }
    }

    /// The catalogue with the world's custom fields.
    pub fn catalogue(&self) -> Catalogue {
        Catalogue::new(self.fields.clone())
    }
}

/// One custom field of each kind, with ids from 1.
pub fn custom_fields() -> Vec<CustomField> {
    let kinds = [
        CustomKind::Text,
        CustomKind::Checkbox,
        CustomKind::Date,
        CustomKind::Integer,
        CustomKind::Decimal,
        CustomKind::Dropdown,
        CustomKind::Multiselect,
        CustomKind::Lookup(Relation::User),
    ];
    let options = || OPTIONS.iter().map(|name| CustomOption { value: (*name).into(), title: (*name).into() }).collect();
    let field = |(id, kind)| CustomField { id: FieldId(id), title: format!("{kind:?}"), kind, options: options() };
    (1..).zip(kinds).map(field).collect()
}

const OPTIONS: &[&str] = &["red", "green", "blue"];
const TAGS: &[&str] = &["vip", "urgent", "hosting", "arve"];
const RECIPIENTS: &[&str] = &["help@desk.test", "abi@desk.test"];
const RATINGS: &[&str] = &["offered", "bad", "goodwithcomment"];
const TEXTS: &[&str] =
    &["Printer on fire", "The printers are burning", "Küsimus arve kohta", "Письма не доходят", "fire on the printer"];
const WORDS: &[&str] = &["printer", "fire arve", "письмо", "burning printers", "print*", "nothing"];
const PHRASES: &[&str] = &["printer on fire", "ON FIRE", "arve", "Письма не", "no such words"];
const TYPES: &[&str] = &["question", "incident", "problem", "task"];

/// Makes tickets and conditions from a seed, the same for the same seed.
pub struct Generator {
    world: World,
    state: u64,
}

impl Generator {
    /// A generator over that world.
    pub fn new(world: World, seed: u64) -> Self {
        Self { world, state: seed }
    }

    /// A ticket of that id.
    pub fn ticket(&mut self, id: i64) -> RandomTicket {
        let mut facts = BTreeMap::new();
        for field in BUILT_IN.iter().filter(|field| field.is_for(Purpose::View)) {
            let fact = self.fact(field);
            facts.insert(field.key, fact);
        }
        self.align_times(&mut facts);
        let requester = self.pick_user();
        facts.insert(FieldKey::Requester, Fact::Int(requester.0));
        facts.insert(FieldKey::RequesterLocale, requester.1.into());
        for custom in self.world.fields.clone() {
            let fact = self.fact(&custom.field());
            facts.insert(FieldKey::Custom(custom.id), fact);
        }
        RandomTicket { id, facts }
    }

    /// Conditions for a view, as JSON, of up to three in `all` and up to two in `any`.
    pub fn conditions(&mut self) -> Value {
        let mut list = |most: u64| (0..self.below(most + 1)).map(|_| self.condition()).collect::<Vec<_>>();
        json!({"all": list(3), "any": list(2)})
    }

    fn condition(&mut self) -> Value {
        let with_words = self.world.with_words;
        let fields: Vec<Field> = self
            .world
            .catalogue()
            .fields()
            .filter(|field| field.is_for(Purpose::View))
            .filter(|field| with_words || !matches!(field.kind, FieldKind::Words(_)))
            .collect();
        let field = self.pick(&fields);
        let operator = self.pick(&field.operators(Purpose::View));
        json!({"field": field.name, "operator": operator.name(), "value": self.value(&field, operator)})
    }

    /// "Hours since open" and its like all look at one column of the ticket.
    fn align_times(&mut self, facts: &mut BTreeMap<FieldKey, Fact>) {
        use FieldKey as F;
        let same = [
            (F::SinceOpen, F::SincePending),
            (F::SinceOpen, F::SinceHold),
            (F::SinceOpen, F::SinceClosed),
            (F::SinceCreated, F::CreatedAt),
            (F::SinceUpdated, F::UpdatedAt),
            (F::SinceDue, F::UntilDue),
        ];
        for (source, copy) in same {
            let fact = facts.get(&source).cloned().unwrap_or(Fact::Missing);
            facts.insert(copy, fact);
        }
    }

    fn fact(&mut self, field: &Field) -> Fact {
        if !is_required(field) && self.below(4) == 0 {
            return Fact::Missing;
        }
        match field.kind {
            FieldKind::Status => Fact::Int(self.pick(Status::ALL).rank()),
            FieldKind::Priority => Fact::Int(self.pick(Priority::ALL).rank()),
            FieldKind::Choice { missing: Some(_), .. } => self.pick(RATINGS).into(),
            FieldKind::Choice { .. } => self.pick(TYPES).into(),
            FieldKind::Visibility => Fact::Bool(self.below(2) == 0),
            FieldKind::Via => self.pick(VIAS).0.into(),
            FieldKind::Locale => Fact::Missing,
            FieldKind::Id(relation) => Fact::Int(self.id(relation)),
            FieldKind::Tags => Fact::Many(self.some(TAGS)),
            FieldKind::Options => Fact::Many(self.some(OPTIONS)),
            FieldKind::Option => self.pick(OPTIONS).into(),
            FieldKind::Words(_) => self.pick(TEXTS).into(),
            FieldKind::Text => self.pick(RECIPIENTS).into(),
            FieldKind::Integer => Fact::Int(self.small_int()),
            FieldKind::Decimal => Fact::Real(self.small_int() as f64 / 2.0),
            FieldKind::Checkbox => Fact::Int(i64::from(self.below(2) == 0)),
            FieldKind::Date => Fact::Text(self.day()),
            FieldKind::Instant | FieldKind::HoursSince(_) | FieldKind::HoursUntil => Fact::Int(self.time()),
        }
    }

    fn value(&mut self, field: &Field, operator: Operator) -> Value {
        use Operator as O;
        let is_ordering = matches!(operator, O::LessThan | O::LessThanEqual | O::GreaterThan | O::GreaterThanEqual);
        let is_several = matches!(operator, O::Includes | O::NotIncludes);
        if operator.is_terminal() {
            return Value::Null;
        }
        if matches!(operator, O::WithinPreviousDays | O::WithinNextDays) {
            return json!(self.below(3));
        }
        if field.nullable && !is_ordering && !is_several && self.below(4) == 0 {
            return json!("");
        }
        match field.kind {
            FieldKind::Status => json!(self.pick(Status::NAMES)),
            FieldKind::Priority => json!(self.pick(Priority::NAMES)),
            FieldKind::Choice { values, .. } => json!(self.pick(values)),
            FieldKind::Visibility => json!(self.pick(&["public", "private"])),
            FieldKind::Checkbox => json!(self.pick(&["true", "false"])),
            FieldKind::Via => json!(self.pick(VIAS).1.to_string()),
            FieldKind::Locale => json!(self.pick(&["1", "101", "84", "27"])),
            FieldKind::Id(relation) if is_several => json!([self.id(relation), self.id(relation)]),
            FieldKind::Id(relation) => self.id_value(relation, field.key),
            FieldKind::Tags => json!(format!("{} {}", self.pick(TAGS), self.pick(TAGS))),
            FieldKind::Options => json!([self.pick(OPTIONS), self.pick(OPTIONS)]),
            FieldKind::Option => json!(self.pick(OPTIONS)),
            FieldKind::Words(_) => json!(self.pick(if is_several { WORDS } else { PHRASES })),
            FieldKind::Text => json!(self.pick(RECIPIENTS)),
            FieldKind::Integer => json!(self.small_int()),
            FieldKind::Decimal => json!(self.small_int() as f64 / 2.0),
            FieldKind::Date => json!(self.day()),
            FieldKind::Instant if self.below(2) == 0 => json!(Timestamp(self.time()).to_string()),
            FieldKind::Instant => json!(self.day()),
            FieldKind::HoursSince(_) | FieldKind::HoursUntil => json!(self.below(6)),
        }
    }

    fn id_value(&mut self, relation: Relation, key: FieldKey) -> Value {
        let id = json!(self.id(relation).to_string());
        match (self.below(4), relation, key) {
            (0, Relation::Agent | Relation::User, _) => json!("current_user"),
            (0, Relation::Group, _) => json!("current_groups"),
            (1, _, FieldKey::Assignee) => json!("requester_id"),
            (1, _, FieldKey::Requester) => json!("assignee_id"),
            _ => id,
        }
    }

    fn id(&mut self, relation: Relation) -> i64 {
        let ids = match relation {
            Relation::Agent | Relation::User => return self.pick_user().0,
            Relation::Group => self.world.groups.clone(),
            Relation::Organization => self.world.organizations.clone(),
            Relation::Brand => self.world.brands.clone(),
            Relation::Form => self.world.forms.clone(),
            Relation::CustomStatus => self.world.custom_statuses.clone(),
        };
        self.pick(&ids)
    }

    fn pick_user(&mut self) -> (i64, Option<&'static str>) {
        let users = self.world.users.clone();
        self.pick(&users)
    }

    fn some(&mut self, names: &[&str]) -> Vec<String> {
        names.iter().filter(|_| self.below(2) == 0).map(|name| (*name).to_owned()).collect()
    }

    fn small_int(&mut self) -> i64 {
        self.below(7) as i64 - 3
    }

    fn day(&mut self) -> String {
        let today = self.world.now.0.div_euclid(base::time::DAY);
        day_name(today + self.small_int())
    }

    /// An instant within some hours of now; often a whole number of hours away, where bounds are.
    fn time(&mut self) -> i64 {
        let near = self.world.now.0 + (self.below(12) as i64 - 8) * HOUR / 2;
        if self.below(3) == 0 { near - self.below(3 * 24) as i64 * HOUR } else { near }
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        let at = self.below(of.len() as u64) as usize;
        of[at].clone()
    }

    /// SplitMix64, cut to below `n`.
    fn below(&mut self, n: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n.max(1)
    }
}

/// A ticket as facts, which can also say how to store itself.
#[derive(Clone, Debug)]
pub struct RandomTicket {
    /// Its id.
    pub id: i64,
    /// Its values.
    pub facts: BTreeMap<FieldKey, Fact>,
}

impl Facts for RandomTicket {
    fn now(&self, field: FieldKey) -> Fact {
        self.facts.get(&field).cloned().unwrap_or(Fact::Missing)
    }

    fn before(&self, _: FieldKey) -> Option<Fact> {
        None
    }
}

impl RandomTicket {
    /// The statement that stores the ticket, with what the table needs beside the columns of fields.
    pub fn insert(&self, more: &[(&'static str, Stored)]) -> Fragment {
        let mut columns: BTreeMap<_, _> = more.iter().cloned().collect();
        columns.extend(self.columns());
        let names: Vec<_> = columns.keys().copied().collect();
        let mut insert = Fragment::new(format!("INSERT INTO tickets ({}) VALUES (", names.join(", ")));
        insert.bind_all(columns.into_values()).push(")");
        insert
    }

    fn columns(&self) -> BTreeMap<&'static str, Stored> {
        let mut columns = BTreeMap::from([("id", Stored::Int(self.id))]);
        for field in BUILT_IN {
            if let Column::Ticket(name) = field.column {
                columns.insert(name, stored(self.now(field.key)));
            }
        }
        columns
    }

    /// Statements that store the ticket's tags and custom values.
    pub fn inserts(&self, catalogue: &Catalogue) -> Vec<Fragment> {
        let mut inserts = Vec::new();
        for tag in texts(&self.now(FieldKey::Tags)) {
            let mut insert = Fragment::new("INSERT INTO ticket_tags (ticket_id, tag) VALUES (");
            insert.bind(self.id).push(", ").bind(tag).push(")");
            inserts.push(insert);
        }
        for custom in catalogue.custom() {
            let column = custom.kind.column();
            for value in values(self.now(FieldKey::Custom(custom.id))) {
                inserts.push(self.insert_value(custom.id, column, value));
            }
        }
        inserts
    }

    fn insert_value(&self, field: FieldId, column: ValueColumn, value: Stored) -> Fragment {
        let mut insert = Fragment::new("INSERT INTO ticket_field_values (ticket_id, field_id, ");
        insert.push(column.name()).push(") VALUES (").bind(self.id).push(", ").bind(field).push(", ");
        insert.bind(value).push(")");
        insert
    }
}

/// Columns that every ticket has a value in.
fn is_required(field: &Field) -> bool {
    let required = [
        "custom_status_id",
        "brand_id",
        "requester_id",
        "satisfaction",
        "created_at",
        "updated_at",
        "status_changed_at",
        "reopens",
        "replies",
        "assignee_stations",
        "group_stations",
    ];
    matches!(field.kind, FieldKind::Status | FieldKind::Visibility | FieldKind::Via)
        || matches!(field.column, Column::Ticket(name) if required.contains(&name))
}

fn texts(fact: &Fact) -> Vec<String> {
    match fact {
        Fact::Many(words) => words.clone(),
        _ => Vec::new(),
    }
}

fn values(fact: Fact) -> Vec<Stored> {
    match fact {
        Fact::Missing => Vec::new(),
        Fact::Many(words) => words.into_iter().map(Stored::Text).collect(),
        one => vec![stored(one)],
    }
}

fn stored(fact: Fact) -> Stored {
    match fact {
        Fact::Missing | Fact::Many(_) => Stored::Null,
        Fact::Int(n) => Stored::Int(n),
        Fact::Real(x) => Stored::Real(x),
        Fact::Bool(flag) => Stored::Bool(flag),
        Fact::Text(text) => Stored::Text(text),
    }
}
