"""zenpy: every operator of the search language that it can write, and the search export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from zenpy import Zenpy
from zenpy.lib.api_objects import Comment, CustomField, Organization, Ticket, TicketField, User

from desk import Desk

Word = Callable[[], str]


class Found:
    """Four tickets, and what tells them apart."""

    def __init__(self, zenpy: Zenpy, word: Word) -> None:
        self.mark, self.person = word(), word()
        self.organization = zenpy.organizations.create(Organization(name=word()))
        self.requester = zenpy.users.create(
            User(name=self.person, email=f"{self.person}@example.com", organization_id=self.organization.id)
        )
        self.field = zenpy.ticket_fields.create(TicketField(type="text", title=word()))
        me = zenpy.users.me().id
        self.external = word()
        self.tickets = [
            zenpy.tickets.create(Ticket(requester_id=self.requester.id, subject=f"{self.mark} {subject}", **more)).ticket
            for subject, more in (
                ("printer smokes", {"description": "red toner", "status": "new", "priority": "urgent", "tags": ["hot"]}),
                ("screen dark", {"description": "blue cable", "status": "open", "priority": "low", "assignee_id": me}),
                ("mouse gone", {"description": "no cable", "status": "pending", "type": "question", "tags": ["hot", "pet"]}),
                (
                    "printer mended",
                    {
                        "comment": Comment(body="thanks", public=True), "status": "solved", "assignee_id": me,
                        "external_id": self.external, "custom_fields": [CustomField(id=self.field.id, value="ZX81")],
                    },
                ),
            )
        ]  # fmt: skip


@pytest.fixture
def found(zenpy: Zenpy, word: Word) -> Found:
    """Tickets to find."""
    return Found(zenpy, word)


def test_operators_that_zenpy_writes(zenpy: Zenpy, found: Found) -> None:
    def places(*query: str, **operators: object) -> list[int]:
        hits = zenpy.search(f"{found.mark} {' '.join(query)}".strip(), type="ticket", **operators)
        ids = [ticket.id for ticket in found.tickets]
        return sorted(ids.index(hit.id) for hit in hits)

    now = datetime.now(UTC)
    assert places() == [0, 1, 2, 3]
    assert places("printer") == [0, 3]
    assert places("cable") == [1, 2]
    assert places('"no cable"') == [2]
    assert places("print*") == [0, 3]
    assert places(minus="printer") == [1, 2]
    assert places(minus=["printer", "mouse"]) == [1]
    assert places(minus="status:solved") == [0, 1, 2]
    assert places(status="open") == [1]
    assert places(status=["open", "pending"]) == [1, 2]
    assert places(status_less_than="solved") == [0, 1, 2]
    assert places(status_greater_than="open") == [2, 3]
    assert places("status>=pending") == [2, 3]
    assert places("status<=open") == [0, 1]
    assert places(priority="urgent") == [0]
    assert places(priority_greater_than="low") == [0]
    assert places(ticket_type="question") == [2]
    assert places(tags="hot") == [0, 2]
    assert places(tags=["pet", "nothing_else"]) == [2]
    assert places(requester=found.requester.email) == [0, 1, 2, 3]
    assert places(requester=found.requester.id) == [0, 1, 2, 3]
    assert places(requester=found.person) == [0, 1, 2, 3]
    assert places(assignee="me") == [1, 3]
    assert places(assignee="none") == [0, 2]
    assert places(organization=found.organization.name) == [0, 1, 2, 3]
    assert places(external_id=found.external) == [3]
    assert places(f"custom_field_{found.field.id}:ZX81") == [3]
    assert places(subject="screen") == [1]
    assert places(description="toner") == [0]
    assert places(created_after=now - timedelta(days=1)) == [0, 1, 2, 3]
    assert places(created_before=now - timedelta(days=1)) == []
    assert places(created_after=(now - timedelta(days=1)).date()) == [0, 1, 2, 3]
    assert places(created_between=[now - timedelta(hours=1), now + timedelta(hours=1)]) == [0, 1, 2, 3]
    assert places(updated_before=now + timedelta(hours=1)) == [0, 1, 2, 3]
    assert places(solved_after=now - timedelta(hours=1)) == [3]
    assert places("created>1hour") == [0, 1, 2, 3]
    assert places(via="api") == [0, 1, 2, 3]
    assert places(group="none") == [place for place in range(4) if found.tickets[place].group_id is None]


def test_order_count_and_kinds(zenpy: Zenpy, found: Found) -> None:
    ids = [ticket.id for ticket in found.tickets]
    up = [hit.id for hit in zenpy.search(found.mark, type="ticket", sort_by="created_at", sort_order="asc")]
    assert up == ids
    assert [hit.id for hit in zenpy.search(found.mark, type="ticket", sort_by="created_at", sort_order="desc")] == ids[
        ::-1
    ]
    assert [hit.id for hit in zenpy.search(f"{found.mark} order_by:priority sort:desc", type="ticket")][0] == ids[0]
    assert zenpy.search.count(found.mark, type="ticket") == 4
    users = list(zenpy.search(type="user", email=found.requester.email))
    assert [(type(hit).__name__, hit.id) for hit in users] == [("User", found.requester.id)]
    organizations = list(zenpy.search(type="organization", name=found.organization.name))
    assert [hit.id for hit in organizations] == [found.organization.id]
    everything = {type(hit).__name__ for hit in zenpy.search(found.person)}
    assert "User" in everything
    assert len(zenpy.search(type="ticket")) == zenpy.search.count(type="ticket") > 100


def test_pages_of_a_search_follow_each_other(desk: Desk, found: Found) -> None:
    first = desk.get("/api/v2/search.json", query=f"type:ticket {found.mark}", per_page=3)
    assert (len(first["results"]), first["count"], first["previous_page"]) == (3, 4, None)
    second = desk.call("GET", first["next_page"]).json
    assert (len(second["results"]), second["next_page"]) == (1, None)
    assert {hit["result_type"] for hit in first["results"] + second["results"]} == {"ticket"}
    assert desk.call("GET", "/api/v2/search.json", params={"query": "x", "page[size]": 2}).status == 400


def test_search_export_gives_everything_by_cursor(desk: Desk, found: Found) -> None:
    path, pages = f"/api/v2/search/export.json?filter%5Btype%5D=ticket&page%5Bsize%5D=3&query={found.mark}", []
    while path:
        page = desk.call("GET", path).json
        pages.append([hit["id"] for hit in page["results"]])
        path = page["links"]["next"] if page["meta"]["has_more"] else None
    assert sorted(sum(pages, [])) == sorted(ticket.id for ticket in found.tickets) and len(pages[0]) == 3
