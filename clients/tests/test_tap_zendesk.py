"""tap-zendesk: discovery, a full sync that is compared with the desk, and a second one that brings what changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from desk import Desk, demo_desk
from oauth import authorize, register
from tap import HOST, SUBDOMAIN, Said, Tap
from tls import authority_and_certificate, tls_proxy

STREAMS = {
    "tickets", "groups", "users", "organizations", "ticket_audits", "ticket_comments", "ticket_fields", "ticket_forms",
    "group_memberships", "macros", "satisfaction_ratings", "tags", "ticket_metrics", "ticket_metric_events",
    "sla_policies", "talk_phone_numbers",
}  # fmt: skip
PASSWORD = "a-Passw0rd-of-the-test"


@pytest.fixture(scope="module")
def own_desk() -> Iterator[Desk]:
    """A desk of its own: after 450 tickets the tap would pause for a minute."""
    with demo_desk(trusted_proxies="127.0.0.1") as running:
        yield running


@pytest.fixture(scope="module")
def tap(own_desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tap]:
    """The tap, with OAuth tokens that last for half an hour: it fetches new ones whenever it starts."""
    folder = tmp_path_factory.mktemp("tap")
    authority, certificate = authority_and_certificate(HOST, folder)
    client = register(own_desk, "tap")
    tokens = authorize(own_desk, client)
    config = {
        "subdomain": SUBDOMAIN,
        "start_date": "2020-01-01T00:00:00Z",
        "access_token": tokens["access_token"],
        "refresh_token": tokens["refresh_token"],
        "client_id": client["identifier"],
        "client_secret": client["secret"],
    }
    with tls_proxy(own_desk.url, certificate) as port:
        yield Tap(folder, port, authority, config)


@pytest.fixture(scope="module")
def full(own_desk: Desk, tap: Tap) -> Said:
    """Everything, after each stream was given something to show."""
    rate_a_ticket(own_desk)
    filters = {"all": [{"field": "priority", "operator": "is", "value": "urgent"}], "any": []}
    metrics = [{"priority": "urgent", "metric": "first_reply_time", "target": 30, "business_hours": False}]
    policy = {"title": "Urgent", "filter": filters, "policy_metrics": metrics}
    assert own_desk.call("POST", "/api/v2/slas/policies", json={"sla_policy": policy}).status == 201
    assert own_desk.call("DELETE", "/api/v2/tickets/5").status == 204
    assert set(tap.discover()) == STREAMS
    return tap.sync()


def rate_a_ticket(desk: Desk) -> None:
    """A customer writes, is answered, and is content."""
    user = {"name": "Rater", "email": "rater@example.com", "password": PASSWORD, "verified": True}
    id_ = desk.call("POST", "/api/v2/users", json={"user": user}).json["user"]["id"]
    me = desk.get("/api/v2/users/me")["user"]["id"]
    ticket = {"subject": "Rate", "comment": {"body": "x"}, "requester_id": id_, "status": "solved", "assignee_id": me}
    number = desk.call("POST", "/api/v2/tickets", json={"ticket": ticket}).json["ticket"]["id"]
    rating = {"satisfaction_rating": {"score": "good", "comment": "Quick"}}
    path = f"/api/v2/tickets/{number}/satisfaction_rating"
    answer = desk.call("POST", path, json=rating, auth=("rater@example.com", PASSWORD))
    assert answer.status in (200, 201), str(answer)


def listed(desk: Desk, path: str, wrapper: str) -> list[dict[str, Any]]:
    """Everything on a list, by cursor."""
    found, url = [], f"/api/v2/{path}?page%5Bsize%5D=100"
    while True:
        page = desk.call("GET", url).json
        found += page[wrapper]
        if not page["meta"]["has_more"]:
            return found
        url = page["links"]["next"]


def test_records_fit_the_schemas_of_the_tap(full: Said) -> None:
    assert full.wrong() == []
    assert set(full.schemas) == STREAMS
    assert {stream for stream in STREAMS if not full.records[stream]} <= {"talk_phone_numbers"}


def test_every_ticket_came_with_what_it_holds(full: Said, own_desk: Desk) -> None:
    desk_tickets = {one["id"]: one for one in listed(own_desk, "tickets", "tickets")}
    came = full.by_id("tickets")
    assert len(full.ids("tickets")) == len(came), "a ticket came twice"
    deleted = {id_ for id_, one in came.items() if one["status"] == "deleted"}
    assert deleted == {5} and set(came) - deleted == set(desk_tickets)
    names = [
        "subject",
        "status",
        "priority",
        "type",
        "assignee_id",
        "requester_id",
        "group_id",
        "organization_id",
        "via",
    ]
    for id_, ticket in desk_tickets.items():
        assert {name: came[id_][name] for name in names if name != "via"} == {n: ticket[n] for n in names if n != "via"}
        assert sorted(came[id_]["tags"]) == sorted(ticket["tags"])
        assert came[id_]["generated_timestamp"] == ticket["generated_timestamp"]
        assert {one["id"]: one["value"] for one in came[id_]["custom_fields"]}.keys() == {
            one["id"] for one in ticket["custom_fields"]
        }
    assert {one["ticket_id"] for one in full.records["ticket_metrics"]} == set(desk_tickets)


def test_every_comment_and_audit_came(full: Said, own_desk: Desk) -> None:
    comments: dict[int, dict[int, str]] = {}
    for one in full.records["ticket_comments"]:
        assert one["created_at"] and one["via"] and one["metadata"] is not None
        comments.setdefault(one["ticket_id"], {})[one["id"]] = one["body"]
    total = sum(len(inner) for inner in comments.values())
    assert total == len(full.records["ticket_comments"]), "a comment came twice"
    for id_ in list(comments)[::40]:
        said = {one["id"]: one["body"] for one in listed(own_desk, f"tickets/{id_}/comments", "comments")}
        assert comments[id_] == said
        audits = {one["id"] for one in full.records["ticket_audits"] if one["ticket_id"] == id_}
        assert audits == {one["id"] for one in listed(own_desk, f"tickets/{id_}/audits", "audits")}
    assert {one["ticket_id"] for one in full.records["ticket_audits"]} == set(full.by_id("tickets")) - {5}


@pytest.mark.parametrize(
    ("stream", "names"),
    [
        ("groups", ["name"]),
        ("organizations", ["name", "notes", "tags"]),
        ("macros", ["title", "active", "actions"]),
        ("ticket_fields", ["title", "type", "active"]),
        ("ticket_forms", ["name", "ticket_field_ids"]),
        ("group_memberships", ["user_id", "group_id", "default"]),
        ("satisfaction_ratings", ["score", "comment", "ticket_id", "requester_id"]),
    ],
)
def test_lists_came_whole(full: Said, own_desk: Desk, stream: str, names: list[str]) -> None:
    desk_has = {one["id"]: {name: one[name] for name in names} for one in listed(own_desk, stream, stream)}
    came = full.by_id(stream)
    assert len(came) == len(full.records[stream])
    if stream == "macros":
        assert {id_: {**one, "actions": 0} for id_, one in desk_has.items()}.keys() == came.keys()
        return
    assert {id_: {name: one[name] for name in names} for id_, one in came.items()} == desk_has


def test_people_tags_and_metric_events_came(full: Said, own_desk: Desk) -> None:
    users = {one["id"]: one["name"] for one in listed(own_desk, "users", "users")}
    came = {id_: one["name"] for id_, one in full.by_id("users").items()}
    assert {id_: came.get(id_) for id_ in users} == users
    tags = {one["name"]: one["count"] for one in listed(own_desk, "tags", "tags")}
    assert {one["name"]: one["count"] for one in full.records["tags"]} == tags
    events = full.records["ticket_metric_events"]
    assert len({one["id"] for one in events}) == len(events) > 400
    assert {one["ticket_id"] for one in events} <= set(full.by_id("tickets"))


def test_the_tap_fetched_new_tokens(full: Said, tap: Tap) -> None:
    kept = json.loads(tap.file("config.json").read_text())
    assert full.state
    assert {kept[name] for name in ("access_token", "refresh_token")}.isdisjoint(tap.config.values())


def test_a_second_sync_brings_only_what_changed(full: Said, own_desk: Desk, tap: Tap) -> None:
    ticket = {"comment": {"body": "Once more", "public": False}, "priority": "low"}
    assert own_desk.call("PUT", "/api/v2/tickets/400", json={"ticket": ticket}).status == 200
    new = own_desk.call("POST", "/api/v2/organizations", json={"organization": {"name": "New & Co"}}).json
    second = tap.sync(full.state)
    assert second.wrong() == []
    bookmark = max(full.by_id("tickets").values(), key=lambda one: one["generated_timestamp"])["generated_timestamp"]
    assert 400 in second.ids("tickets") and len(second.ids("tickets")) < 10
    assert all(one["generated_timestamp"] >= bookmark for one in second.records["tickets"])
    assert "Once more" in {one["body"] for one in second.records["ticket_comments"]}
    assert second.by_id("tickets")[400]["priority"] == "low"
    assert new["organization"]["id"] in second.ids("organizations")
    for stream in ("users", "organizations", "macros", "groups", "ticket_fields"):
        since = full.state["bookmarks"][stream]["updated_at"]
        assert all(one["updated_at"][:19] >= since[:19] for one in second.records[stream]), stream
