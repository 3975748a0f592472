"""Where the specifications are known to be wrong: what the real service sends there, and clients expect."""

from __future__ import annotations

import re

from conform.spec import Difference, Operation

"""Values that are never null, whatever is absent."""
NEVER_NULL = {"id", "url", "created_at", "updated_at", "status", "name", "count", "active", "position"}

"""Objects and lists that are null when there is nothing to say."""
NULL_OBJECTS = {
    "logo",
    "restriction",
    "relationship_filter",
    "photo",
    "metric_set",
    "satisfaction_rating",
    "actor",
    "session",
}

"""Operation, place, and what is there instead."""
KNOWN = [
    (r"GET .*/tickets/\{ticket_id\}/metrics", "ticket_metric", "one object: that is what clients read"),
    (r"GET .*/satisfaction_ratings/\{satisfaction_rating_id\}", "satisfaction_rating", "one object, not a list of one"),
    (r".*/satisfaction_rating", "satisfaction_rating", "one object, not a list of one"),
    (r"GET .*/satisfaction_reasons/\{satisfaction_reason_id\}", "reason", "one object, not a list of one"),
    (r"GET .*/ticket_metrics/\{ticket_metric_id\}", "ticket_metric", "one object, not a list of one"),
    (r"GET .*/(users/me/session|sessions/\{session_id\})", "session", "one object, not a list of one"),
    (r".*", "", "an answer that is described as text is JSON"),
]


def excused(operation: Operation, found: Difference) -> bool:
    """Whether the specification is at fault."""
    if found.is_null:
        return _may_be_null(found)
    place = ".".join(step for step in found.path.split(".") if not step.isdigit())
    if place == "" and not found.message.endswith('is not of type "string"'):
        return False
    return any(re.fullmatch(pattern, operation.key) and place == where for pattern, where, _ in KNOWN)


def _may_be_null(found: Difference) -> bool:
    """The specifications rarely say `nullable`, while the service sends null for every value that is absent."""
    name = found.path.rsplit(".", 1)[-1]
    if name in NULL_OBJECTS:
        return True
    wrapper = "." not in found.path
    composite = re.search(r'of type "(object|array)"', found.message)
    return not wrapper and not composite and name not in NEVER_NULL and not name.isdigit()
