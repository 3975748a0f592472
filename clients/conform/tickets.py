"""Calls about tickets, their comments and audits, requests, imports, exports and search."""

from __future__ import annotations

from conform import makers
from conform.people import Pair, choices
from conform.recipe import Recipe, ids, new, one, shared, under, word
from conform.world import World

EXPORT = {"start_time": "1700000000"}


def import_body(world: World) -> dict:
    """A ticket of long ago with its history."""
    return {
        "subject": world.word("Import"),
        "requester_id": world.one("user"),
        "created_at": "2025-01-02T03:04:05Z",
        "updated_at": "2025-01-03T03:04:05Z",
        "solved_at": "2025-01-03T03:04:05Z",
        "status": "solved",
        "assignee_id": world.one("me"),
        "comments": [
            {"author_id": world.one("user"), "value": "It was broken.", "created_at": "2025-01-02T03:04:05Z"},
            {
                "author_id": world.one("me"),
                "value": "It was mended.",
                "created_at": "2025-01-03T03:04:05Z",
                "public": False,
            },
        ],
    }


def ticket_body(world: World) -> dict:
    """A plain new ticket."""
    return {"subject": world.word("Broken"), "comment": {"body": "It smokes."}, "requester_id": world.one("user")}


def file_of_ticket(*places: int):  # noqa: ANN201 - a pair
    """Ids of a new ticket with a file: ticket, comment, attachment."""
    return Pair(
        lambda world: tuple(world.new("file")[place] for place in places) if len(places) == 1 else pick(world, places)
    )


def pick(world: World, places: tuple) -> tuple:
    """Some of the ids of one new ticket with a file."""
    made = world.new("file")
    return tuple(made[place] for place in places)


def comment_of_new_ticket(world: World) -> tuple:
    """A new ticket and its comment."""
    ticket = world.new("ticket")
    return ticket, world.first(f"tickets/{ticket}/comments", "comments")["id"]


def audit_of_new_ticket(world: World) -> tuple:
    """A new ticket and its audit."""
    ticket = world.new("ticket")
    return ticket, world.first(f"tickets/{ticket}/audits", "audits")["id"]


def tags(world: World) -> dict:
    """Two tags."""
    return {"tags": [world.word("tag"), world.word("tag")]}


def tag_recipes(kind: str) -> dict[str, Recipe]:
    """The tags of tickets, users or organizations."""
    path = f"/api/v2/{kind}s/{{{kind}_id}}/tags"
    return {f"{method} {path}": Recipe(tags) for method in ("POST", "PUT", "DELETE")}


def comment_of_request(world: World) -> int:
    """The first comment of the shared request."""
    return world.first(f"requests/{world.one('request')}/comments", "comments")["id"]


RECIPES: dict[str, Recipe] = {
    "POST /api/v2/tickets": Recipe(lambda w: {"ticket": ticket_body(w)}),
    "PUT /api/v2/tickets/{ticket_id}": Recipe(
        under("ticket", comment={"body": "A note", "public": False}, priority="high")
    ),
    "POST /api/v2/tickets/create_many": Recipe(lambda w: {"tickets": [ticket_body(w), ticket_body(w)]}),
    "PUT /api/v2/tickets/update_many": Recipe(under("ticket", priority="low"), query=ids("ticket")),
    "DELETE /api/v2/tickets/destroy_many": Recipe(query=ids("ticket")),
    "GET /api/v2/tickets/show_many": Recipe(query=shared("ticket")),
    "PUT /api/v2/tickets/mark_many_as_spam": Recipe(query=lambda w: {"ids": str(spam(w))}),
    "PUT /api/v2/tickets/{ticket_id}/mark_as_spam": Recipe(params={"ticket_id": lambda w: spam(w)}),
    "POST /api/v2/tickets/{ticket_id}/merge": Recipe(
        lambda w: {"ids": [w.new("ticket")], "target_comment": "Merged in.", "source_comment": "Goes on there."},
        params={"ticket_id": new("ticket")},
    ),
    "GET /api/v2/tickets/{ticket_id}/incidents": Recipe(params={"ticket_id": one("problem")}, before=new("incident")),
    "GET /api/v2/problems": Recipe(before=one("problem")),
    "POST /api/v2/problems/autocomplete": Recipe(lambda _: {"text": "printer"}, before=one("problem")),
    "GET /api/v2/deleted_tickets": Recipe(before=new("deleted_ticket")),
    "DELETE /api/v2/deleted_tickets/{ticket_id}": Recipe(params={"ticket_id": new("deleted_ticket")}),
    "PUT /api/v2/deleted_tickets/{ticket_id}/restore": Recipe(params={"ticket_id": new("deleted_ticket")}),
    "DELETE /api/v2/deleted_tickets/destroy_many": Recipe(query=ids("deleted_ticket")),
    "PUT /api/v2/deleted_tickets/restore_many": Recipe(query=ids("deleted_ticket")),
    "GET /api/v2/organizations/{organization_id}/tickets": Recipe(),
    "PUT /api/v2/comment_redactions/{ticket_comment_id}": Recipe(
        lambda w: {"ticket_id": w.redacted[0], "html_body": "<div>It <redact>smokes</redact>.</div>"},
        params={"ticket_comment_id": lambda w: redacted(w)[1]},
    ),
    "PUT /api/v2/tickets/{ticket_id}/comments/{ticket_comment_id}/make_private": Recipe(
        params=Pair(comment_of_new_ticket).params("ticket_id", "ticket_comment_id")
    ),
    "PUT /api/v2/tickets/{ticket_id}/comments/{ticket_comment_id}/redact": Recipe(
        lambda _: {"text": "smokes"}, params=Pair(comment_of_new_ticket).params("ticket_id", "ticket_comment_id")
    ),
    "PUT /api/v2/tickets/{ticket_id}/audits/{ticket_audit_id}/make_private": Recipe(
        params=Pair(audit_of_new_ticket).params("ticket_id", "ticket_audit_id")
    ),
    "PUT /api/v2/tickets/{ticket_id}/comments/{comment_id}/attachments/{attachment_id}/redact": Recipe(
        params=Pair(lambda w: pick(w, (0, 1, 2))).params("ticket_id", "comment_id", "attachment_id")
    ),
    "POST /api/v2/uploads": Recipe(
        raw=lambda _: b"some text", headers={"content-type": "text/plain"}, query={"filename": "note.txt"}
    ),
    "GET /api/v2/attachments/{attachment_id}": Recipe(params={"attachment_id": lambda w: w.one("file")[2]}),
    "PUT /api/v2/attachments/{attachment_id}": Recipe(
        under("attachment", malware_access_override=True), params={"attachment_id": lambda w: w.one("file")[2]}
    ),
    "DELETE /api/v2/attachments/{attachment_id}": Recipe(params={"attachment_id": lambda w: w.new("file")[2]}),
    "POST /api/v2/imports/tickets": Recipe(lambda w: {"ticket": import_body(w)}),
    "POST /api/v2/imports/tickets/create_many": Recipe(lambda w: {"tickets": [import_body(w), import_body(w)]}),
    "GET /api/v2/search": Recipe(query={"query": "type:ticket status<solved"}),
    "GET /api/v2/search/count": Recipe(query={"query": "type:ticket"}),
    "GET /api/v2/search/export": Recipe(query={"query": "status<solved", "filter[type]": "ticket"}),
    "GET /api/v2/incremental/organizations": Recipe(query=EXPORT),
    "GET /api/v2/incremental/ticket_events": Recipe(query={**EXPORT, "include": "comment_events"}),
    "GET /api/v2/incremental/ticket_metric_events": Recipe(query=EXPORT),
    "GET /api/v2/incremental/tickets": Recipe(query=EXPORT),
    "GET /api/v2/incremental/tickets/cursor": Recipe(query={**EXPORT, "include": "metric_sets"}),
    "GET /api/v2/incremental/users": Recipe(query=EXPORT),
    "GET /api/v2/incremental/users/cursor": Recipe(query=EXPORT),
    "GET /api/v2/incremental/{incremental_resource}/sample": Recipe(
        query=EXPORT, params={"incremental_resource": "tickets"}
    ),
    "GET /api/v2/job_statuses": Recipe(before=one("job_status")),
    "GET /api/v2/job_statuses/show_many": Recipe(query=shared("job_status")),
    "POST /api/v2/requests": Recipe(under("request", subject=word, comment={"body": "Help!"}), end_user=True),
    "PUT /api/v2/requests/{request_id}": Recipe(under("request", comment={"body": "Thanks!"}), end_user=True),
    "GET /api/v2/requests/{request_id}": Recipe(end_user=True),
    "GET /api/v2/requests/{request_id}/comments": Recipe(end_user=True),
    "GET /api/v2/requests/{request_id}/comments/{ticket_comment_id}": Recipe(
        end_user=True, params={"ticket_comment_id": comment_of_request}
    ),
    "GET /api/v2/requests": Recipe(end_user=True),
    "GET /api/v2/requests/open": Recipe(end_user=True),
    "GET /api/v2/requests/solved": Recipe(end_user=True),
    "GET /api/v2/requests/ccd": Recipe(end_user=True),
    "GET /api/v2/requests/search": Recipe(end_user=True, query={"query": "printer"}),
    "POST /api/v2/tickets/{ticket_id}/satisfaction_rating": Recipe(
        under("satisfaction_rating", score="bad", comment="Slow"),
        params={"ticket_id": new("solved_ticket")},
        end_user=True,
    ),
    "GET /api/v2/satisfaction_ratings": Recipe(before=one("satisfaction_rating")),
    "POST /api/v2/skips": Recipe(under("skip", ticket_id=one("ticket"), reason="Not mine")),
    "GET /api/v2/autocomplete/tags": Recipe(query={"name": "ba"}),
    "POST /api/v2/autocomplete/tags": Recipe(lambda _: {"name": "ba"}),
    **tag_recipes("ticket"),
    **tag_recipes("user"),
    **tag_recipes("organization"),
    "POST /api/v2/ticket_fields": Recipe(under("ticket_field", type="text", title=word)),
    "PUT /api/v2/ticket_fields/{ticket_field_id}": Recipe(under("ticket_field", title=word)),
    "PUT /api/v2/ticket_fields/reorder": Recipe(choices("ticket_field")),
    "POST /api/v2/ticket_fields/{ticket_field_id}/options": Recipe(
        under("custom_field_option", name="A new option", value=word)
    ),
    "DELETE /api/v2/ticket_fields/{ticket_field_id}/options/{ticket_field_option_id}": Recipe(
        params=Pair(
            lambda w: (f := w.new("ticket_field"), w.first(f"ticket_fields/{f}/options", "custom_field_options")["id"])
        ).params("ticket_field_id", "ticket_field_option_id")
    ),
    "GET /api/v2/ticket_fields/show_many": Recipe(query=shared("ticket_field")),
    "POST /api/v2/ticket_forms": Recipe(under("ticket_form", name=word)),
    "PUT /api/v2/ticket_forms/{ticket_form_id}": Recipe(under("ticket_form", name=word)),
    "GET /api/v2/ticket_forms/show_many": Recipe(query=shared("ticket_form")),
    "PUT /api/v2/ticket_forms/reorder": Recipe(choices("ticket_form")),
    "GET /api/v2/ticket_form_statuses/show_many": Recipe(query=shared("ticket_form_status")),
    "POST /api/v2/ticket_forms/{ticket_form_id}/ticket_form_statuses": Recipe(
        lambda w: {"ticket_form_status": [{"custom_status_id": w.new("custom_status")}]}
    ),
    "PUT /api/v2/ticket_forms/{ticket_form_id}/ticket_form_statuses": Recipe(
        lambda w: {"ticket_form_status": [{"custom_status_id": w.new("custom_status")}]}
    ),
    "PUT /api/v2/ticket_forms/{ticket_form_id}/ticket_form_statuses/{ticket_form_status_id}": Recipe(
        lambda w: {"ticket_form_status": {"custom_status_id": w.one("custom_status")}}
    ),
    "DELETE /api/v2/ticket_forms/{ticket_form_id}/ticket_form_statuses": Recipe(
        lambda w: {"ids": [w.one("ticket_form_status")]}
    ),
    "DELETE /api/v2/ticket_forms/{ticket_form_id}/ticket_form_statuses/{ticket_form_status_id}": Recipe(),
}


def spam(world: World) -> int:
    """A ticket of a requester of its own, who is suspended with it."""
    return makers.new_ticket(world, requester_id=world.new("user"))["id"]


def redacted(world: World) -> tuple:
    """A new ticket and its comment, remembered for the body."""
    world.redacted = comment_of_new_ticket(world)
    return world.redacted
