"""zenpy: what was written is what the incremental exports and imports give, whatever happened to it in between."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from zenpy import Zenpy
from zenpy.lib.api_objects import Comment, Organization, Ticket, User

from desk import Desk
from jobs import finished

Word = Callable[[], str]


def everything(desk: Desk, path: str, wrapper: str) -> list[dict[str, Any]]:
    """All pages of a time-based export, as a careful client reads them."""
    found, url, pages = [], f"/api/v2/incremental/{path}", 0
    while True:
        page = desk.call("GET", url).json
        assert page["count"] == len(page[wrapper]) and page["next_page"]
        found += page[wrapper]
        pages += 1
        if page["end_of_stream"]:
            return found
        assert page["next_page"] != url and pages < 100, "the export goes round"
        url = page["next_page"]


def write_a_history(zenpy: Zenpy, word: Word) -> dict[int, dict[str, Any]]:
    """Tickets that were made, changed, deleted; what each should look like now."""
    user = zenpy.users.create(User(name=word(), email=f"{word()}@example.com"))
    new = [Ticket(subject=word(), description="x", requester_id=user.id, tags=[word()]) for _ in range(12)]
    ids = [one.id for one in finished(zenpy, zenpy.tickets.create(new)).results]
    written = {
        id_: {"subject": one.subject, "status": "new", "tags": one.tags} for id_, one in zip(ids, new, strict=True)
    }
    tickets = list(zenpy.tickets(ids=ids[:6]))
    for ticket in tickets:
        ticket.status, ticket.tags = "pending", ["changed"]
    finished(zenpy, zenpy.tickets.update(tickets))
    for ticket in tickets:
        written[ticket.id] |= {"status": "pending", "tags": ["changed"]}
    finished(zenpy, zenpy.tickets.delete(tickets[:2]))
    for ticket in tickets[:2]:
        written[ticket.id]["status"] = "deleted"
    return written


def as_written(tickets: list[Any], ids: Any) -> dict[int, dict[str, Any]]:
    """What an export says about some tickets; the last word counts."""
    wanted = [one for one in tickets if one["id"] in ids]
    return {one["id"]: {name: one[name] for name in ("subject", "status", "tags")} for one in wanted}


def test_ticket_exports_agree_with_what_was_written(zenpy: Zenpy, desk: Desk, word: Word) -> None:
    begin = int(time.time()) - 1
    written = write_a_history(zenpy, word)
    by_cursor = [one.to_dict() for one in zenpy.tickets.incremental(start_time=begin, paginate_by_time=False)]
    assert as_written(by_cursor, written) == written
    assert all(isinstance(one["generated_timestamp"], int) for one in by_cursor)
    by_time = everything(desk, f"tickets.json?start_time={begin}", "tickets")
    assert as_written(by_time, written) == written
    assert len({one["id"] for one in by_cursor}) == len(by_cursor)
    through_zenpy = {one.id for one in zenpy.tickets.incremental(start_time=begin)}
    assert set(written) <= through_zenpy


def test_start_times_come_as_number_fraction_or_text(desk: Desk) -> None:
    answers = [desk.get("/api/v2/incremental/tickets/cursor.json", start_time=text, per_page=5) for text in (
        "946684800", "946684800.0", "2000-01-01T00:00:00Z",
    )]  # fmt: skip
    assert len({str([one["id"] for one in answer["tickets"]]) for answer in answers}) == 1
    assert len(answers[0]["tickets"]) == 5 and not answers[0]["end_of_stream"]


def test_side_loads_of_the_ticket_export(desk: Desk) -> None:
    page = desk.get("/api/v2/incremental/tickets/cursor.json", start_time=1, include="metric_sets,users,groups,None")
    assert all(one["metric_set"]["ticket_id"] == one["id"] for one in page["tickets"])
    people = {one["id"] for one in page["users"]}
    assert {one["requester_id"] for one in page["tickets"]} <= people


def test_the_cursor_export_has_an_end_and_goes_on_from_there(zenpy: Zenpy, desk: Desk, word: Word) -> None:
    page = desk.get("/api/v2/incremental/tickets/cursor.json", start_time=1, per_page=100)
    seen = set()
    while not page["end_of_stream"]:
        seen |= {one["id"] for one in page["tickets"]}
        page = desk.get("/api/v2/incremental/tickets/cursor.json", cursor=page["after_cursor"], per_page=100)
    assert page["after_cursor"] and page["after_url"]
    ticket = zenpy.tickets.create(Ticket(subject=word(), description="x")).ticket
    after = desk.call("GET", page["after_url"]).json
    assert ticket.id in {one["id"] for one in after["tickets"]}


def test_events_of_tickets_carry_their_comments(zenpy: Zenpy, desk: Desk, word: Word) -> None:
    begin, said = int(time.time()) - 1, word()
    ticket = zenpy.tickets.create(Ticket(subject=word(), description="x")).ticket
    ticket.comment = Comment(body=said, public=False)
    zenpy.tickets.update(ticket)
    events = everything(desk, f"ticket_events.json?start_time={begin}&include=comment_events", "ticket_events")
    mine = [one for one in events if one["ticket_id"] == ticket.id]
    comments = [child for one in mine for child in one["child_events"] if child["event_type"] == "Comment"]
    assert [one["body"] for one in comments] == ["x", said]


def test_people_and_organizations_are_exported(zenpy: Zenpy, desk: Desk, word: Word) -> None:
    begin = int(time.time()) - 1
    organization = zenpy.organizations.create(Organization(name=word(), notes="n"))
    user = zenpy.users.create(User(name=word(), email=f"{word()}@example.com", organization_id=organization.id))
    users = {one["id"]: one for one in everything(desk, f"users.json?start_time={begin}", "users")}
    assert (users[user.id]["name"], users[user.id]["organization_id"]) == (user.name, organization.id)
    organizations = everything(desk, f"organizations.json?start_time={begin}", "organizations")
    assert organization.id in {one["id"] for one in organizations}
    page = desk.get("/api/v2/incremental/users/cursor.json", start_time=begin)
    assert user.id in {one["id"] for one in page["users"]} and page["after_cursor"]
    assert user.id in {one.id for one in zenpy.users.incremental(start_time=begin)}
    assert organization.id in {one.id for one in zenpy.organizations.incremental(start_time=begin)}


def test_metric_events_tell_the_clocks(zenpy: Zenpy, desk: Desk, word: Word) -> None:
    begin = int(time.time()) - 1
    ticket = zenpy.tickets.create(Ticket(subject=word(), description="x")).ticket
    events = everything(desk, f"ticket_metric_events.json?start_time={begin}", "ticket_metric_events")
    mine = {(one["metric"], one["type"]) for one in events if one["ticket_id"] == ticket.id}
    assert ("agent_work_time", "activate") in mine or ("requester_wait_time", "activate") in mine
    assert list(zenpy.tickets.metrics_incremental(start_time=begin))


def test_an_imported_ticket_keeps_its_history(zenpy: Zenpy, desk: Desk, word: Word) -> None:
    user = zenpy.users.create(User(name=word(), email=f"{word()}@example.com"))
    old = {
        "subject": word(), "requester_id": user.id, "status": "closed", "created_at": "2024-02-03T04:05:06Z",
        "updated_at": "2024-02-05T04:05:06Z", "solved_at": "2024-02-04T04:05:06Z", "assignee_id": zenpy.users.me().id,
        "comments": [
            {"author_id": user.id, "value": "Broken", "created_at": "2024-02-03T04:05:06Z"},
            {"author_id": zenpy.users.me().id, "value": "Mended", "created_at": "2024-02-04T04:05:06Z", "public": False},
        ],
    }  # fmt: skip
    made = desk.call("POST", "/api/v2/imports/tickets.json", json={"ticket": old})
    assert made.status == 201, str(made)
    ticket = zenpy.tickets(id=made.json["ticket"]["id"])
    assert (ticket.status, ticket.created_at) == ("closed", "2024-02-03T04:05:06Z")
    comments = [(one.body, one.public, one.created_at) for one in zenpy.tickets.comments(ticket)]
    assert comments == [("Broken", True, "2024-02-03T04:05:06Z"), ("Mended", False, "2024-02-04T04:05:06Z")]
    imported = zenpy.ticket_import.create(Ticket(subject=word(), description="Old", requester_id=user.id))
    assert imported.id
