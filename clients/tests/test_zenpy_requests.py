"""zenpy: what a customer sees and may do: requests, their comments, and the rating of a solved one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from zenpy import Zenpy
from zenpy.lib.api_objects import Comment, Request, SatisfactionRating, Skip, Ticket, User
from zenpy.lib.exception import APIException, RecordNotFoundException

Word = Callable[[], str]
ZenpyAs = Callable[..., Zenpy]
PASSWORD = "a-Passw0rd-of-the-test"


@pytest.fixture
def customer(zenpy: Zenpy, zenpy_as: ZenpyAs, word: Word) -> tuple[User, Zenpy]:
    """A customer, and their zenpy."""
    name = word()
    user = zenpy.users.create(User(name=name, email=f"{name}@example.com", verified=True))
    zenpy.users.set_password(user, PASSWORD)
    return user, zenpy_as(user.email, password=PASSWORD)


def test_a_customer_asks_and_is_answered(zenpy: Zenpy, customer: tuple[User, Zenpy], word: Word) -> None:
    user, theirs = customer
    subject = word()
    request = theirs.requests.create(Request(subject=subject, comment=Comment(body="Where is it?")))
    ticket = zenpy.tickets(id=request.id)
    assert (ticket.subject, ticket.requester_id, ticket.via.channel) == (subject, user.id, "api")
    ticket.comment = Comment(body="Between us", public=False)
    zenpy.tickets.update(ticket)
    ticket.comment, ticket.status = Comment(body="On its way", public=True), "pending"
    zenpy.tickets.update(ticket)
    assert [one.body for one in theirs.requests.comments(request.id)] == ["Where is it?", "On its way"]
    again = theirs.requests(id=request.id)
    assert again.status == "pending"
    again.comment = Comment(body="Thank you")
    theirs.requests.update(again)
    assert zenpy.tickets(id=request.id).status == "open"
    assert request.id in {one.id for one in theirs.requests.open()}
    assert request.id in {one.id for one in theirs.requests()}
    assert [one.id for one in theirs.requests.search(subject)] == [request.id]
    assert request.id in {one.id for one in zenpy.users.requests(id=user.id)}


def test_a_customer_sees_only_what_is_theirs(zenpy: Zenpy, customer: tuple[User, Zenpy], word: Word) -> None:
    _, theirs = customer
    stranger = zenpy.tickets.create(Ticket(subject=word(), description="Secret")).ticket
    assert stranger.id not in {one.id for one in theirs.requests()}
    with pytest.raises((RecordNotFoundException, APIException)) as refused:
        theirs.requests(id=stranger.id)
    assert refused.value.response.status_code in (403, 404)
    with pytest.raises(APIException) as refused:
        theirs.tickets(id=stranger.id)
    assert refused.value.response.status_code in (403, 404)


def test_a_solved_ticket_is_rated_by_its_requester(zenpy: Zenpy, customer: tuple[User, Zenpy], word: Word) -> None:
    user, theirs = customer
    ticket = Ticket(subject=word(), description="x", requester_id=user.id, assignee_id=zenpy.users.me().id)
    ticket = zenpy.tickets.create(ticket).ticket
    ticket.status = "solved"
    zenpy.tickets.update(ticket)
    begin = datetime.now(UTC) - timedelta(minutes=1)
    rating = theirs.satisfaction_ratings.create(ticket.id, SatisfactionRating(score="good", comment="Quick"))
    assert (rating.score, rating.comment) == ("good", "Quick")
    seen = {one.ticket_id: one for one in zenpy.satisfaction_ratings(score="good", start_time=begin)}
    assert (seen[ticket.id].comment, seen[ticket.id].requester_id) == ("Quick", user.id)
    assert zenpy.tickets(id=ticket.id).satisfaction_rating.score == "good"
    assert ticket.id not in {one.ticket_id for one in zenpy.satisfaction_ratings(score="bad")}
    assert ticket.id in {one.id for one in theirs.requests.solved()}


def test_a_skip_is_kept(zenpy: Zenpy, word: Word) -> None:
    ticket = zenpy.tickets.create(Ticket(subject=word(), description="x")).ticket
    zenpy.skips.create(Skip(ticket_id=ticket.id, reason="Not mine"))
    assert [one.reason for one in zenpy.tickets.skips(ticket)] == ["Not mine"]
    assert ticket.id in {one.ticket_id for one in zenpy.users.skips(zenpy.users.me())}
