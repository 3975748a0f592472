//! People: end users, agents, organizations, groups, roles, identities, sign-in.
//!
//! | module | holds |
//! |---|---|
//! | [`user`], [`organization`] | the types, and how addresses and numbers are written down |
//! | [`access`] | loaders; [`access::actor_of`]; who may change whom |
//! | [`change`] | the only writer of people |
//! | [`receive`] | the person behind a message or a call |
//! | [`groups`], [`organizations`] | writers of groups, custom roles, organizations and memberships |
//! | [`identities`], [`merge`] | addresses and numbers; one person out of two |
//! | [`news`] | what happened to people, for those who want to hear |
//! | [`fields`] | custom fields and their values |
//! | [`sign_in`], [`password`], [`totp`], [`tokens`], [`letters`] | sessions, passwords, second factor, API tokens, links |
//! | [`oauth`] | programs that act for people: clients, codes, tokens |
//! | [`settings`], [`time_zone`] | the desk's settings; names of time zones |
//! | [`view`], `http`, [`live`], [`bulk`] | the JSON shapes, the routes, the live event, work on many |
//! | `search`, `store` | finding by beginnings of words; the SQL |
//!
//! Invariants: every address belongs to one person. Nobody makes another mightier than themselves; nobody but the owner
//! changes the owner; one admin stays. Passwords are hashed outside transactions. Secrets are kept hashed or sealed.

pub mod access;
pub mod bulk;
pub mod change;
pub mod counts;
pub mod deletion;
pub mod dynamic_content;
pub mod fields;
pub mod groups;
mod http;
pub mod identities;
pub mod letters;
pub mod live;
pub mod merge;
pub mod news;
pub mod oauth;
pub mod organization;
pub mod organization_merge;
pub mod organizations;
pub mod password;
pub mod receive;
mod search;
pub mod settings;
pub mod sign_in;
mod store;
pub mod time_zone;
pub mod tokens;
pub mod totp;
pub mod user;
pub mod view;

pub use access::organizations as organizations_by_ids;
pub use access::{
    actor_of, actor_of_user, agent_in_group, default_group, find_by_email, find_by_identity, find_by_phone,
    find_group_named, find_organization_named, find_user, get_group, get_organization, get_user, group_exists,
    groups_by_ids, groups_of, members_of, merged_among, organizations_of, survivor_of, tags_of, users,
};
pub use change::{create_user, delete_user, update_user};
pub use groups::{Left, add_to_group, create_group, create_role, delete_group, update_group};
pub use letters::{Letter, LetterKind, Letters};
pub use merge::{Merged, merge};
pub use news::{News, Told};
pub use organization::{CustomRole, Group, GroupChange, Organization, OrganizationChange};
pub use organizations::{OrganizationGone, add_to_organization, create_organization, update_organization};
pub use password::{PasswordCost, hash_password};
pub use receive::{bounce, find_or_create, unbounce};
pub use sign_in::{authenticate, basic_password, setup};
pub use tokens::{create_token, keep_token};
pub use user::{Contact, Identity, IdentityKind, NewUser, User, UserChange};

pub use http::routes;
