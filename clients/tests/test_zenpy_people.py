"""zenpy: users, organizations, groups, memberships and identities, written and read back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from zenpy import Zenpy
from zenpy.lib.api_objects import (
    Group,
    GroupMembership,
    Identity,
    Organization,
    OrganizationMembership,
    User,
)
from zenpy.lib.exception import APIException, RecordNotFoundException, TooManyValuesException

from conftest import zenpy_of
from desk import Desk
from jobs import finished
from oauth import authorize, register

Word = Callable[[], str]


def new_user(word: Word, **more: object) -> User:
    """An end user who isn't there yet."""
    name = word()
    return User(name=name, email=f"{name}@example.com", **more)


def test_a_user_is_what_was_written(zenpy: Zenpy, word: Word) -> None:
    organization = zenpy.organizations.create(Organization(name=word()))
    written = {
        "phone": "+37255500123", "notes": "Calls on Mondays", "details": "Street 1", "external_id": word(),
        "locale": "et", "time_zone": "Tallinn", "organization_id": organization.id, "tags": ["vip"], "alias": "M",
    }  # fmt: skip
    user = zenpy.users.create(new_user(word, role="end-user", **written))
    read = zenpy.users(id=user.id)
    assert {name: getattr(read, name) for name in written} == written
    assert (read.role, read.active, read.name) == ("end-user", True, user.name)
    assert read.organization.name == organization.name

    read.name, read.notes = word(), None
    zenpy.users.update(read)
    again = zenpy.users(id=user.id)
    assert (again.name, again.notes, again.details) == (read.name, None, "Street 1")


def test_users_are_made_changed_and_deleted_in_bulk(zenpy: Zenpy, word: Word) -> None:
    made = finished(zenpy, zenpy.users.create([new_user(word) for _ in range(5)]))
    ids = [one.id for one in made.results]
    assert all(one.status == "Created" for one in made.results) and len(set(ids)) == 5
    users = list(zenpy.users(ids=ids))
    assert sorted(user.id for user in users) == sorted(ids)
    for user in users:
        user.notes = f"note of {user.id}"
    changed = finished(zenpy, zenpy.users.update(users))
    assert {one.id for one in changed.results} == set(ids) and all(one.success for one in changed.results)
    assert {user.notes for user in zenpy.users(ids=ids)} == {f"note of {id_}" for id_ in ids}
    finished(zenpy, zenpy.users.delete(users[:3]))
    assert not any(zenpy.users(id=user.id).active for user in users[:3])
    assert all(zenpy.users(id=user.id).active for user in users[3:])


def test_more_than_a_hundred_at_once_are_refused(zenpy: Zenpy, word: Word) -> None:
    with pytest.raises(TooManyValuesException):
        zenpy.users.create([new_user(word) for _ in range(101)])


def test_create_or_update_finds_who_is_there(zenpy: Zenpy, word: Word) -> None:
    first = zenpy.users.create_or_update(new_user(word, external_id=word()))
    again = zenpy.users.create_or_update(User(name="Another name", email=first.email))
    assert (again.id, again.name) == (first.id, "Another name")
    found = list(zenpy.users.search(external_id=first.external_id))
    assert [user.id for user in found] == [first.id]
    assert [user.id for user in zenpy.users.search(query=first.email)] == [first.id]
    fresh = new_user(word)
    finished(zenpy, zenpy.users.create_or_update([fresh, User(name="A third name", email=first.email)]))
    assert zenpy.users(id=first.id).name == "A third name"
    assert [user.name for user in zenpy.users.search(query=fresh.email)] == [fresh.name]


def test_external_ids_name_users_in_bulk(zenpy: Zenpy, word: Word) -> None:
    users = [zenpy.users.create(new_user(word, external_id=word())) for _ in range(2)]
    found = zenpy.users(external_ids=[user.external_id for user in users])
    assert {user.id for user in found} == {user.id for user in users}
    for user in users:
        user.notes = "by external id"
    finished(zenpy, zenpy.users.update_by_external_id(users))
    assert {zenpy.users(id=user.id).notes for user in users} == {"by external id"}
    finished(zenpy, zenpy.users.delete_by_external_id(users))
    assert not any(zenpy.users(id=user.id).active for user in users)


def test_identities_of_a_user(zenpy: Zenpy, word: Word) -> None:
    user = zenpy.users.create(new_user(word, verified=True))
    second = f"{word()}@example.com"
    identity = zenpy.users.identities.create(user, Identity(type="email", value=second))
    assert {one.value for one in zenpy.users.identities(id=user.id)} >= {user.email, second}
    zenpy.users.identities.verify(user, identity)
    assert zenpy.users.identities.show(user, identity).verified
    zenpy.users.identities.make_primary(user, identity)
    assert zenpy.users(id=user.id).email == second
    old = next(one for one in zenpy.users.identities(id=user.id) if one.value == user.email)
    zenpy.users.identities.delete(user, old)
    assert [one.value for one in zenpy.users.identities(id=user.id) if one.type == "email"] == [second]


def test_merged_users_become_one(zenpy: Zenpy, word: Word) -> None:
    loser, winner = zenpy.users.create(new_user(word)), zenpy.users.create(new_user(word))
    merged = zenpy.users.merge(loser, winner)
    assert merged.id == winner.id
    assert loser.email in {one.value for one in zenpy.users.identities(id=winner.id)}


def test_deleted_users_are_listed_and_can_go_for_good(zenpy: Zenpy, word: Word) -> None:
    user = zenpy.users.create(new_user(word))
    zenpy.users.delete(user)
    assert user.id in {one.id for one in zenpy.users.deleted()}
    zenpy.users.permanently_delete(user)
    assert {one.id: one.name for one in zenpy.users.deleted()}[user.id] == "Permanently Deleted User"


def test_organizations_with_their_people(zenpy: Zenpy, word: Word) -> None:
    domain = f"{word()}.example.com"
    made = zenpy.organizations.create(
        Organization(name=word(), domain_names=[domain], external_id=word(), notes="Big", tags=["gold"])
    )
    read = zenpy.organizations(id=made.id)
    assert (read.domain_names, read.notes, read.tags) == ([domain], "Big", ["gold"])
    assert [one.id for one in zenpy.organizations(external_ids=[made.external_id])] == [made.id]
    user = zenpy.users.create(new_user(word))
    membership = zenpy.organization_memberships.create(OrganizationMembership(user_id=user.id, organization_id=made.id))
    assert [one.id for one in zenpy.organizations.users(made)] == [user.id]
    assert membership.id in {one.id for one in zenpy.users.organization_memberships(user=user.id)}
    assert [one.id for one in zenpy.users.organizations(user=user)] == [made.id]
    zenpy.organization_memberships.delete(membership)
    assert not list(zenpy.users.organizations(user=user))

    assert zenpy.organizations.create_or_update(Organization(id=made.id, name=read.name, notes="Bigger")).id == made.id
    assert zenpy.organizations(id=made.id).notes == "Bigger"
    job = finished(zenpy, zenpy.organizations.create([Organization(name=word()) for _ in range(3)]))
    many = list(zenpy.organizations(ids=[one.id for one in job.results]))
    assert len(many) == 3
    finished(zenpy, zenpy.organizations.delete(many))
    with pytest.raises(RecordNotFoundException):
        zenpy.organizations(id=many[0].id)


def test_groups_with_their_agents(zenpy: Zenpy, word: Word) -> None:
    group = zenpy.groups.create(Group(name=word(), description="Of the test"))
    agent = zenpy.users.create(new_user(word, role="agent"))
    membership = zenpy.group_memberships.create(GroupMembership(user_id=agent.id, group_id=group.id))
    assert agent.id in {one.id for one in zenpy.groups.users(group)}
    assert membership.id in {one.id for one in zenpy.groups.memberships(group)}
    assert group.id in {one.id for one in zenpy.users.groups(agent)}
    zenpy.group_memberships.make_default(agent, membership)
    assert zenpy.group_memberships(id=membership.id).default
    group.name = word()
    zenpy.groups.update(group)
    assert zenpy.groups(id=group.id).name == group.name
    zenpy.group_memberships.delete(membership)
    zenpy.groups.delete(group)
    assert group.id not in {one.id for one in zenpy.groups()}


def test_tags_of_users_and_organizations(zenpy: Zenpy, word: Word) -> None:
    for api, thing in (
        (zenpy.users, zenpy.users.create(new_user(word))),
        (zenpy.organizations, zenpy.organizations.create(Organization(name=word()))),
    ):
        assert sorted(api.set_tags(thing.id, ["one", "two"])) == ["one", "two"]
        assert sorted(api.add_tags(thing.id, ["three"])) == ["one", "three", "two"]
        api.delete_tags(thing.id, ["two"])
        assert sorted(api.tags(thing.id)) == ["one", "three"]


def test_what_is_wrong_is_said_with_the_name_of_the_field(zenpy: Zenpy, word: Word) -> None:
    with pytest.raises(APIException) as refused:
        zenpy.users.create(User(name=word(), email="not an address"))
    assert refused.value.response.status_code == 422
    assert "email" in refused.value.response.json()["details"]
    with pytest.raises(RecordNotFoundException):
        zenpy.users(id=99_999_999)


def test_an_oauth_token_may_what_its_scopes_say(desk: Desk, zenpy: Zenpy, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = authorize(desk, register(desk, "zenpy-reader"), "read")
    reader = zenpy_of(desk, monkeypatch, email="", oauth_token=tokens["access_token"])
    assert reader.users.me().id == zenpy.users.me().id
    with pytest.raises(APIException) as refused:
        reader.groups.create(Group(name="No"))
    assert refused.value.response.status_code == 403
    assert "Missing the following required scopes" in refused.value.response.json()["description"]
