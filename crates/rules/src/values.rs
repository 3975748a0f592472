//! The ordered and named values of a ticket's own fields: status category, priority, type and channel.

use serde::{Deserialize, Serialize};

macro_rules! named_values {
    ($(#[$doc:meta])* $type:ident { $($(#[$vdoc:meta])* $variant:ident = $name:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        pub enum $type {
            $($(#[$vdoc])* #[serde(rename = $name)] $variant),+
        }

        impl $type {
            /// Every value, in Zendesk's order.
            pub const ALL: &'static [$type] = &[$($type::$variant),+];

            /// Every name, in the order of [`Self::ALL`].
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// The name in the API.
            pub fn name(self) -> &'static str {
                match self { $($type::$variant => $name),+ }
            }

            /// The value of that name.
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some($type::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

named_values! {
    /// A status category. Custom statuses lie within one.
    Status {
        /// Nobody has looked at it yet.
        New = "new",
        /// The desk has to act.
        Open = "open",
        /// The requester has to answer.
        Pending = "pending",
        /// Somebody outside has to act.
        Hold = "hold",
        /// Done; an answer opens it again.
        Solved = "solved",
        /// Done for good; an answer makes a follow-up.
        Closed = "closed",
    }
}

named_values! {
    /// How urgent a ticket is. A ticket may have none, which ranks below `low`.
    Priority {
        /// Rank 1.
        Low = "low",
        /// Rank 2.
        Normal = "normal",
        /// Rank 3.
        High = "high",
        /// Rank 4.
        Urgent = "urgent",
    }
}

named_values! {
    /// What kind of request a ticket is. A ticket may have none.
    TicketType {
        /// A question.
        Question = "question",
        /// One occurrence of a problem.
        Incident = "incident",
        /// What lies behind incidents.
        Problem = "problem",
        /// Something to do, with a due date.
        Task = "task",
    }
}

impl Status {
    /// What `tickets.status` keeps: 0 new, 1 open, 2 pending, 3 hold, 4 solved, 5 closed.
    pub fn rank(self) -> i64 {
        self as i64
    }

    /// The status of that rank.
    pub fn from_rank(rank: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|status| status.rank() == rank)
    }
}

impl Priority {
    /// What `tickets.priority` keeps: 1 low, 2 normal, 3 high, 4 urgent (NULL: none).
    pub fn rank(self) -> i64 {
        self as i64 + 1
    }

    /// The priority of that rank.
    pub fn from_rank(rank: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|priority| priority.rank() == rank)
    }
}

/// The channels that a ticket can come by: `tickets.via`, and the number that Zendesk's conditions name it with
/// ([via types](https://developer.zendesk.com/documentation/ticketing/reference-guides/via-types/)).
pub const VIAS: &[(&str, i64)] = &[
    ("web", 0),
    ("email", 4),
    ("api", 5),
    ("rule", 8),
    ("merge", 19),
    ("suspended", 21),
    ("follow_up", 27),
    ("chat", 29),
    ("twitter", 30),
    ("voice", 33),
    ("facebook", 38),
    ("facebook_message", 41),
    ("web_widget", 48),
    ("mobile_sdk", 49),
    ("sms", 57),
    ("messaging", 75),
];

/// The channel that a condition's value names, by name or by Zendesk's number.
pub(crate) fn via_named(text: &str) -> Option<&'static str> {
    VIAS.iter().find(|(name, id)| *name == text || text.parse() == Ok(*id)).map(|(name, _)| *name)
}

/// Zendesk's number for a channel, or the name itself when it has none.
pub(crate) fn via_number(name: &str) -> String {
    VIAS.iter().find(|(known, _)| *known == name).map_or_else(|| name.to_owned(), |(_, id)| id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ranks_are_read_back_in_order() {
        assert!(
            Status::ALL.iter().all(|s| Status::parse(s.name()) == Some(*s) && Status::from_rank(s.rank()) == Some(*s))
        );
        assert!(Priority::ALL.iter().all(|p| Priority::from_rank(p.rank()) == Some(*p)));
        assert_eq!((Status::New.rank(), Status::Closed.rank()), (0, 5));
        assert_eq!((Priority::Low.rank(), Priority::Urgent.rank()), (1, 4));
        assert_eq!(TicketType::parse("chore"), None);
    }

    #[test]
    fn a_channel_is_known_by_name_and_by_number() {
        assert_eq!(via_named("4"), Some("email"));
        assert_eq!(via_named("email"), Some("email"));
        assert_eq!(via_number("email"), "4");
        assert_eq!(via_named("pigeon"), None);
    }
}
