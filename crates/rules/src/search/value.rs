//! The values of clauses: people, ranks, flags and times.

use base::Timestamp;
use base::time::{DAY, HOUR, MINUTE};

use super::{Comparison, Keyword, Target};
use crate::context::{Context, day_number};
use crate::values::{Priority, Status, TicketType};

/// Reads the text after a keyword's sign.
pub(super) fn read_value(keyword: Keyword, comparison: Comparison, text: &str, context: &Context) -> Target {
    use Keyword as K;
    let lower = text.to_lowercase();
    let is_none = matches!(lower.as_str(), "none" | "-");
    match keyword {
        _ if text.is_empty() => Target::Unreadable,
        K::Created | K::Updated | K::Solved | K::DueDate if is_none => Target::Nothing,
        K::Created | K::Updated | K::Solved | K::DueDate => times(&lower, comparison, context),
        K::Status => Status::parse(&lower).map_or(Target::Unreadable, |status| Target::Rank(status.rank())),
        K::Priority if is_none => Target::Nothing,
        K::Priority => Priority::parse(&lower).map_or(Target::Unreadable, |priority| Target::Rank(priority.rank())),
        K::TicketType if is_none => Target::Nothing,
        K::TicketType => ticket_type(&lower).map_or(Target::Unreadable, |kind| Target::Text(kind.name().into())),
        K::HasAttachment | K::IsPublic => flag(&lower),
        K::Id | K::Problem | K::CustomStatus => lower.parse().map_or(Target::Unreadable, Target::Number),
        K::Requester | K::Assignee | K::Submitter | K::Cc | K::Follower | K::Commenter if lower == "me" => Target::Me,
        _ if is_none => Target::Nothing,
        K::Requester | K::Assignee | K::Submitter | K::Cc | K::Follower | K::Commenter => number_or_text(text),
        K::Group | K::Organization | K::Brand | K::Form | K::Custom(_) => number_or_text(text),
        _ => Target::Text(text.to_owned()),
    }
}

/// The ticket type of that name.
pub(super) fn ticket_type(name: &str) -> Option<TicketType> {
    TicketType::parse(name)
}

fn number_or_text(text: &str) -> Target {
    text.parse().map_or_else(|_| Target::Text(text.to_owned()), Target::Number)
}

fn flag(text: &str) -> Target {
    match text {
        "true" | "yes" => Target::Flag(true),
        "false" | "no" => Target::Flag(false),
        _ => Target::Unreadable,
    }
}

/// A period compared with: `:` within it, `<` before it, `>` after it, `<=` and `>=` with it.
fn times(text: &str, comparison: Comparison, context: &Context) -> Target {
    let Some((from, to)) = period(text, context) else { return Target::Unreadable };
    let (from, to) = match comparison {
        Comparison::Equal => (Some(from), Some(to)),
        Comparison::Less => (None, Some(from)),
        Comparison::LessEqual => (None, Some(to)),
        Comparison::Greater if is_relative(text) => (Some(from), None),
        Comparison::Greater => (Some(to), None),
        Comparison::GreaterEqual => (Some(from), None),
    };
    Target::Times { from, to }
}

fn is_relative(text: &str) -> bool {
    text.ends_with(char::is_alphabetic) && text.starts_with(|c: char| c.is_ascii_digit()) && !text.ends_with('z')
}

/// The first millisecond of a period and the one after its last.
fn period(text: &str, context: &Context) -> Option<(i64, i64)> {
    let today = context.today();
    let days = |first: i64, after: i64| Some((context.start_of_day(first).0, context.start_of_day(after).0));
    match text {
        "today" => return days(today, today + 1),
        "yesterday" => return days(today - 1, today),
        _ => {}
    }
    if is_relative(text) {
        let now = context.now;
        return ago(text).map(|ms| (now.plus(-ms).0, now.0 + 1));
    }
    if let Some(day) = day_number(text).filter(|_| text.len() == 10) {
        return days(day, day + 1);
    }
    if let Some(instant) = instant(text, context) {
        return Some((instant.0, instant.0 + 1000));
    }
    let (first, next) = month_or_year(text)?;
    days(day_number(&first)?, day_number(&next)?)
}

/// `2026-05-01T10:00:00Z`, or local time without an offset (`2026-05-01 10:00`).
fn instant(text: &str, context: &Context) -> Option<Timestamp> {
    if let Ok(instant) = text.to_uppercase().parse::<jiff::Timestamp>() {
        return Some(Timestamp(instant.as_millisecond()));
    }
    if text.len() < 12 {
        return None;
    }
    let local: jiff::civil::DateTime = text.to_uppercase().parse().ok()?;
    let utc = local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond();
    Some(Timestamp(utc).plus(-i64::from(context.offset_minutes) * MINUTE))
}

/// The first day of `2026-05` or `2026`, and the first day after it.
fn month_or_year(text: &str) -> Option<(String, String)> {
    let (year, month) = match text.split_once('-') {
        Some((year, month)) if month.len() == 2 => (year, Some(month.parse::<u8>().ok()?)),
        None => (text, None),
        Some(_) => return None,
    };
    let year: i32 = Some(year).filter(|digits| digits.len() == 4)?.parse().ok()?;
    Some(match month {
        None => (format!("{year:04}-01-01"), format!("{:04}-01-01", year + 1)),
        Some(12) => (format!("{year:04}-12-01"), format!("{:04}-01-01", year + 1)),
        Some(month) => (format!("{year:04}-{month:02}-01"), format!("{year:04}-{:02}-01", month + 1)),
    })
}

/// `4hours`, `30 minutes`, `2weeks` in milliseconds.
fn ago(text: &str) -> Option<i64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let count: i64 = text[..digits].parse().ok().filter(|n| *n <= 1_000_000)?;
    let unit = match text[digits..].trim().trim_end_matches('s') {
        "minute" | "min" => MINUTE,
        "hour" | "h" => HOUR,
        "day" | "d" => DAY,
        "week" | "w" => 7 * DAY,
        "month" => 30 * DAY,
        "year" => 365 * DAY,
        _ => return None,
    };
    Some(count * unit)
}
