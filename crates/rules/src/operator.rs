//! The operators of conditions, with Zendesk's names.

macro_rules! operators {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// How a condition compares its field with its value.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Operator { $($(#[$doc])* $variant),+ }

        impl Operator {
            /// Every operator.
            pub const ALL: &'static [Operator] = &[$(Operator::$variant),+];

            /// The name in conditions.
            pub fn name(self) -> &'static str {
                match self { $(Operator::$variant => $name),+ }
            }

            /// The operator of that name.
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Operator::$variant),)+ _ => None }
            }
        }
    };
}

operators! {
    /// Equal.
    Is = "is",
    /// Not [`Operator::Is`].
    IsNot = "is_not",
    /// Smaller; a missing priority is the smallest.
    LessThan = "less_than",
    /// Smaller or equal.
    LessThanEqual = "less_than_equal",
    /// Greater.
    GreaterThan = "greater_than",
    /// Greater or equal.
    GreaterThanEqual = "greater_than_equal",
    /// At least one of the words, tags or options.
    Includes = "includes",
    /// Not [`Operator::Includes`].
    NotIncludes = "not_includes",
    /// Has a value.
    Present = "present",
    /// Not [`Operator::Present`].
    NotPresent = "not_present",
    /// From midnight n days ago until now.
    WithinPreviousDays = "within_previous_n_days",
    /// From now until the end of the day n days ahead.
    WithinNextDays = "within_next_n_days",
    /// This update changes the field.
    Changed = "changed",
    /// Not [`Operator::Changed`].
    NotChanged = "not_changed",
    /// This update changes the field to the value ("changed to").
    Value = "value",
    /// Not [`Operator::Value`].
    NotValue = "not_value",
    /// This update changes the field from the value ("changed from").
    ValuePrevious = "value_previous",
    /// Not [`Operator::ValuePrevious`].
    NotValuePrevious = "not_value_previous",
}

impl Operator {
    pub(crate) const ORDERED: [Operator; 6] = [
        Operator::Is,
        Operator::IsNot,
        Operator::LessThan,
        Operator::LessThanEqual,
        Operator::GreaterThan,
        Operator::GreaterThanEqual,
    ];

    pub(crate) const DATED: [Operator; 8] = [
        Operator::Is,
        Operator::IsNot,
        Operator::LessThan,
        Operator::LessThanEqual,
        Operator::GreaterThan,
        Operator::GreaterThanEqual,
        Operator::WithinPreviousDays,
        Operator::WithinNextDays,
    ];

    pub(crate) const CHANGES_TO: [Operator; 4] =
        [Operator::Value, Operator::NotValue, Operator::ValuePrevious, Operator::NotValuePrevious];

    /// Whether conditions with the operator carry no value.
    pub fn is_terminal(self) -> bool {
        use Operator::*;
        matches!(self, Present | NotPresent | Changed | NotChanged)
    }

    /// Whether the operator asks about an update, and so has no SQL.
    pub fn is_about_update(self) -> bool {
        use Operator::*;
        matches!(self, Changed | NotChanged | Value | NotValue | ValuePrevious | NotValuePrevious)
    }

    /// The operator that this one is the complement of, if it is a negation.
    pub fn negates(self) -> Option<Operator> {
        use Operator::*;
        match self {
            IsNot => Some(Is),
            NotIncludes => Some(Includes),
            NotPresent => Some(Present),
            NotChanged => Some(Changed),
            NotValue => Some(Value),
            NotValuePrevious => Some(ValuePrevious),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        assert!(Operator::ALL.iter().all(|op| Operator::parse(op.name()) == Some(*op)));
        assert_eq!(Operator::parse("resembles"), None);
    }
}
