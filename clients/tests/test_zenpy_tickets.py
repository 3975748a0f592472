"""zenpy: tickets, comments with files, audits, metrics, tags, bulk work, merge, delete and restore."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from zenpy import Zenpy
from zenpy.lib.api_objects import Comment, CustomField, Ticket, TicketField, User
from zenpy.lib.exception import APIException, RecordNotFoundException

from desk import Desk
from jobs import finished

Word = Callable[[], str]


def customer(zenpy: Zenpy, word: Word) -> User:
    """An end user of the test."""
    name = word()
    return zenpy.users.create(User(name=name, email=f"{name}@example.com", verified=True))


def new_ticket(zenpy: Zenpy, word: Word, **more: object) -> Ticket:
    """A ticket that was written just now, as the desk gives it."""
    body = {"subject": word(), "description": "It smokes.", "requester_id": customer(zenpy, word).id, **more}
    return zenpy.tickets.create(Ticket(**body)).ticket


def test_a_ticket_is_what_was_written(zenpy: Zenpy, word: Word) -> None:
    requester, field = customer(zenpy, word), zenpy.ticket_fields.create(TicketField(type="text", title=word()))
    written = {
        "subject": word(), "priority": "urgent", "status": "open", "type": "task", "external_id": word(),
        "tags": ["alpha", "beta"], "due_at": "2027-03-04T05:06:07Z", "requester_id": requester.id,
        "group_id": next(iter(zenpy.groups())).id, "assignee_id": zenpy.users.me().id,
    }  # fmt: skip
    created = zenpy.tickets.create(
        Ticket(
            comment=Comment(body="Hello.\n\nIt smokes.", public=True),
            custom_fields=[CustomField(id=field.id, value="X1")],
            **written,
        )
    )
    assert created.audit.ticket_id == created.ticket.id
    ticket = zenpy.tickets(id=created.ticket.id)
    assert {name: getattr(ticket, name) for name in written} == written
    assert (ticket.description, ticket.via.channel, ticket.is_public) == ("Hello.\n\nIt smokes.", "api", True)
    assert {"id": field.id, "value": "X1"} in ticket.custom_fields
    assert [one.id for one in zenpy.tickets(external_id=written["external_id"])] == [ticket.id]
    assert (ticket.requester.email, ticket.group.id) == (requester.email, written["group_id"])


def test_every_change_is_an_audit(zenpy: Zenpy, word: Word) -> None:
    ticket = new_ticket(zenpy, word, priority="low")
    ticket.priority, ticket.status = "high", "pending"
    ticket.comment = Comment(body="A note", public=False)
    audit = zenpy.tickets.update(ticket).audit
    events = {event["type"]: event for event in audit.events}
    assert events["Comment"]["body"] == "A note" and events["Comment"]["public"] is False
    changes = {
        event["field_name"]: (event["previous_value"], event["value"])
        for event in audit.events
        if event["type"] == "Change"
    }
    assert changes == {"priority": ("low", "high"), "status": ("new", "pending")} or changes["priority"] == (
        "low",
        "high",
    )
    audits = list(zenpy.tickets.audits(ticket=ticket.id))
    assert [one.id for one in audits][-1] == audit.id and len(audits) == 2
    assert all(one.created_at and one.via and one.metadata is not None for one in audits)


def test_comments_keep_what_was_said_and_who_may_read_it(zenpy: Zenpy, word: Word) -> None:
    ticket = new_ticket(zenpy, word)
    for body, public in (("First answer", True), ("Between us", False), ("Inherits", None)):
        ticket.comment = Comment(body=body) if public is None else Comment(body=body, public=public)
        zenpy.tickets.update(ticket)
    ticket.comment = Comment(html_body="<p>Say <b>it</b> <script>alert(1)</script></p>")
    zenpy.tickets.update(ticket)
    comments = list(zenpy.tickets.comments(ticket))
    assert [(one.body, one.public) for one in comments[:4]] == [
        ("It smokes.", True), ("First answer", True), ("Between us", False), ("Inherits", True),
    ]  # fmt: skip
    assert "<b>it</b>" in comments[4].html_body and "script" not in comments[4].html_body
    zenpy.tickets.comment_redact(ticket.id, comments[1].id, "answer")
    assert "answer" not in list(zenpy.tickets.comments(ticket))[1].body


def test_a_file_comes_back_byte_for_byte(zenpy: Zenpy, word: Word, tmp_path: Path) -> None:
    content = secrets.token_bytes(300_000)
    files = [tmp_path / "photo of it.bin", tmp_path / "õun.txt"]
    files[0].write_bytes(content)
    files[1].write_text("tere", encoding="utf-8")
    upload = zenpy.attachments.upload(str(files[0]), target_name="photo_of_it.bin", content_type="application/json")
    upload = zenpy.attachments.upload(files[1], token=upload.token)
    ticket = new_ticket(zenpy, word)
    ticket.comment = Comment(body="See the files.", uploads=[upload.token])
    zenpy.tickets.update(ticket)
    attachments = {one.file_name: one for one in list(zenpy.tickets.comments(ticket))[-1].attachments}
    assert set(attachments) == {"photo_of_it.bin", "õun.txt"}
    photo = attachments["photo_of_it.bin"]
    assert (photo.size, zenpy.attachments(id=photo.id).size) == (len(content), len(content))
    with (tmp_path / "back").open("wb") as back:
        zenpy.attachments.download(photo.id, str(tmp_path / "back"))
        back.flush()
    assert hashlib.sha256((tmp_path / "back").read_bytes()).digest() == hashlib.sha256(content).digest()


def test_tags_of_a_ticket(zenpy: Zenpy, word: Word) -> None:
    ticket = new_ticket(zenpy, word)
    assert sorted(zenpy.tickets.set_tags(ticket.id, ["a1", "b1"])) == ["a1", "b1"]
    assert sorted(zenpy.tickets.add_tags(ticket.id, ["c1"])) == ["a1", "b1", "c1"]
    zenpy.tickets.delete_tags(ticket.id, ["a1"])
    assert sorted(zenpy.tickets.tags(ticket.id)) == ["b1", "c1"]
    assert sorted(zenpy.tickets(id=ticket.id).tags) == ["b1", "c1"]
    assert "b1" in {tag["name"] for tag in zenpy.tags()}


def test_tickets_are_made_changed_and_deleted_in_bulk(zenpy: Zenpy, word: Word) -> None:
    requester = customer(zenpy, word)
    subjects = [word() for _ in range(7)]
    new = [Ticket(subject=subject, description=f"About {subject}", requester_id=requester.id) for subject in subjects]
    made = finished(zenpy, zenpy.tickets.create(new))
    assert [one.index for one in made.results] == list(range(7)) and made.total == 7
    ids = [one.id for one in made.results]
    tickets = {ticket.id: ticket for ticket in zenpy.tickets(ids=ids)}
    assert [tickets[id_].subject for id_ in ids] == subjects
    assert {ticket.id for ticket in zenpy.users.requested(user=requester)} == set(ids)

    for ticket in tickets.values():
        ticket.priority, ticket.external_id = "high", f"x-{ticket.id}"
    changed = finished(zenpy, zenpy.tickets.update(list(tickets.values())))
    assert all(one.success and one.status == "Updated" for one in changed.results)
    after = list(zenpy.tickets(ids=ids))
    assert {(one.priority, one.external_id) for one in after} == {("high", f"x-{id_}") for id_ in ids}

    finished(zenpy, zenpy.tickets.delete(after[:4]))
    for ticket in after[:4]:
        with pytest.raises(RecordNotFoundException):
            zenpy.tickets(id=ticket.id)
    assert {one.id for one in zenpy.tickets(ids=ids)} == {one.id for one in after[4:]}


def test_a_deleted_ticket_can_come_back_or_go_for_good(zenpy: Zenpy, desk: Desk, word: Word) -> None:
    back, gone = new_ticket(zenpy, word), new_ticket(zenpy, word)
    for ticket in (back, gone):
        zenpy.tickets.delete(ticket)
    deleted = {one.id: one for one in zenpy.tickets.deleted()}
    assert deleted[back.id].subject == back.subject and gone.id in deleted
    assert desk.call("PUT", f"/api/v2/deleted_tickets/{back.id}/restore.json").status == 200
    assert zenpy.tickets(id=back.id).subject == back.subject
    finished(zenpy, zenpy.tickets.permanently_delete(gone))
    assert gone.id not in {one.id for one in zenpy.tickets.deleted()}


def test_merged_tickets_go_on_as_one(zenpy: Zenpy, word: Word) -> None:
    target, source = new_ticket(zenpy, word), new_ticket(zenpy, word)
    job = zenpy.tickets.merge(target, source, target_comment="Taken in", source_comment="Goes on there")
    finished(zenpy, job)
    assert zenpy.tickets(id=source.id).status == "closed"
    assert "Taken in" in [comment.body for comment in zenpy.tickets.comments(target)]
    assert "Goes on there" in [comment.body for comment in zenpy.tickets.comments(source)]


def test_a_closed_ticket_stays_as_it_is(zenpy: Zenpy, word: Word) -> None:
    ticket = new_ticket(zenpy, word, assignee_id=zenpy.users.me().id, status="closed")
    ticket.subject = "Another"
    with pytest.raises(APIException) as refused:
        zenpy.tickets.update(ticket)
    answer = refused.value.response
    assert answer.status_code == 422
    assert answer.json()["details"]["status"][0]["description"].endswith("closed prevents ticket update")


def test_metrics_and_incidents(zenpy: Zenpy, word: Word) -> None:
    asker = customer(zenpy, word)
    problem = new_ticket(zenpy, word, type="problem", requester_id=asker.id, submitter_id=asker.id)
    incident = new_ticket(zenpy, word, type="incident", problem_id=problem.id)
    assert [one.id for one in zenpy.tickets.incidents(problem)] == [incident.id]
    assert zenpy.tickets(id=incident.id).problem.id == problem.id
    problem.status, problem.assignee_id = "solved", zenpy.users.me().id
    problem.comment = Comment(body="Mended", public=True)
    zenpy.tickets.update(problem)
    metric = zenpy.tickets.metrics(problem.id)
    assert (metric.ticket_id, metric.replies, metric.reopens) == (problem.id, 1, 0)
    assert metric.solved_at and metric.reply_time_in_minutes["calendar"] == 0
    assert problem.id in {one.ticket_id for one in zenpy.ticket_metrics()}


def test_who_is_copied_follows_and_is_listed(zenpy: Zenpy, word: Word) -> None:
    copied = customer(zenpy, word)
    ticket = new_ticket(zenpy, word, email_ccs=[{"user_id": copied.id, "action": "put"}])
    assert zenpy.tickets(id=ticket.id).email_cc_ids == [copied.id]
    assert ticket.id in {one.id for one in zenpy.users.cced(user=copied)}


def test_problems_of_bad_input_name_the_field(zenpy: Zenpy, word: Word) -> None:
    before = zenpy.search.count("type:ticket")
    for wrong, field in (
        ({"status": "nonsense"}, "status"),
        ({"assignee_id": 99_999_999}, "assignee"),
        ({"priority": "loud"}, "priority"),
    ):
        with pytest.raises(APIException) as refused:
            new_ticket(zenpy, word, **wrong)
        details = refused.value.response.json()["details"]
        assert any(field in name for name in details), details
    assert zenpy.search.count("type:ticket") == before
