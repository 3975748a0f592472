//! The condition language: one table of fields, read three ways.
//!
//! | module | holds |
//! |---|---|
//! | [`values`] | [`Status`], [`Priority`], [`TicketType`], channels |
//! | [`field`] | what a field is: key, kind, column, operators |
//! | [`catalogue`] | the table of built-in fields, and a desk's custom fields |
//! | [`operator`], [`operand`], [`condition`] | conditions as data, from and to Zendesk's JSON |
//! | [`action`] | actions of macros and triggers as data |
//! | [`context`] | who looks, and when |
//! | [`mod@eval`] | conditions evaluated in memory |
//! | [`sql`] | conditions compiled to SQL |
//! | [`mod@describe`] | the vocabulary for editors |
//! | `testing` | random tickets and conditions (feature `testing`) |
//! | [`search`] | the search language: read, and compiled to SQL |
//!
//! Evaluation and SQL both start from the private `predicate`, the one place that gives operators their meaning.

pub mod action;
pub mod catalogue;
pub mod condition;
pub mod context;
pub mod describe;
pub mod eval;
pub mod field;
pub mod operand;
pub mod operator;
mod predicate;
pub mod search;
pub mod sql;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod values;

pub use action::{
    Action, CustomValue, GroupChoice, Mail, Notified, Payload, Person, actions_to_json, parse_actions,
    parse_actions_for,
};
pub use catalogue::{BUILT_IN, Catalogue, CustomField, CustomKind, CustomOption};
pub use condition::{Condition, Conditions};
pub use context::Context;
pub use describe::{Definitions, describe};
pub use eval::{Fact, Facts, eval, word_run};
pub use field::{Column, Field, FieldKey, FieldKind, Purpose, Relation, TextScope, ValueColumn};
pub use operand::Operand;
pub use operator::Operator;
pub use sql::{FullText, to_sql};
pub use values::{Priority, Status, TicketType};
