"""Calls about users, organizations, groups and sign-in."""

from __future__ import annotations

from conform import makers
from conform.recipe import Recipe, ids, new, one, shared, under, word
from conform.world import PASSWORD, World


def new_user(world: World) -> dict:
    """A user that isn't there yet."""
    return {"name": world.word("User"), "email": world.email()}


def users(count: int):  # noqa: ANN201 - a body
    """A body of many new users."""
    return lambda world: {"users": [new_user(world) for _ in range(count)]}


def organizations(count: int):  # noqa: ANN201 - a body
    """A body of many new organizations."""
    return lambda world: {"organizations": [{"name": world.word("Org")} for _ in range(count)]}


def identity_of_new_user(world: World) -> tuple:
    """A new user's second address."""
    user = world.new("user")
    body = {"identity": {"type": "email", "value": world.email(), "skip_verify_email": True}}
    answer = world.desk.call("POST", f"/api/v2/users/{user}/identities", json=body)
    return user, world.expect(answer)["identity"]["id"]


class Pair:
    """Two ids that belong together, made once for one call."""

    def __init__(self, make) -> None:  # noqa: ANN001 - a maker
        self._make, self._pair = make, None

    def at(self, index: int):  # noqa: ANN201 - a maker
        """The id at this place; the first one asked for makes them."""

        def value(world: World):  # noqa: ANN202 - an id
            if self._pair is None or index == 0:
                self._pair = self._make(world)
            return self._pair[index]

        return value

    def params(self, *names: str) -> dict:
        """Parameters of a recipe."""
        return {name: self.at(index) for index, name in enumerate(names)}


def identity() -> dict:
    """Parameters: a user and an identity of theirs."""
    return Pair(identity_of_new_user).params("user_id", "user_identity_id")


def member_of_group(world: World) -> tuple:
    """An agent and a membership of theirs."""
    membership = world.new("group_membership")
    return world.get(f"group_memberships/{membership}")["group_membership"]["user_id"], membership


def member_of_organization(world: World) -> tuple:
    """A user, a membership of theirs, and its organization."""
    membership = world.new("organization_membership")
    found = world.get(f"organization_memberships/{membership}")["organization_membership"]
    return found["user_id"], membership, found["organization_id"]


def user_and_organization() -> dict:
    """Parameters: a user and an organization that they belong to."""
    pair = Pair(lambda world: member_of_organization(world)[::2])
    return pair.params("user_id", "organization_id")


def group_member() -> dict:
    """Parameters: an agent and a membership of theirs."""
    return Pair(member_of_group).params("user_id", "group_membership_id")


def organization_member() -> dict:
    """Parameters: a user and a membership of theirs."""
    return Pair(member_of_organization).params("user_id", "organization_membership_id")


def password_change(world: World) -> dict:
    """The same password again is refused, so another."""
    return {"previous_password": PASSWORD, "password": PASSWORD + "-2"}


def choices(wrapper: str):  # noqa: ANN201 - a body
    """The fields of a kind, all, in their order."""

    def body(world: World) -> dict:
        return {f"{wrapper}_ids": [one["id"] for one in world.get(f"{wrapper}s")[f"{wrapper}s"]]}

    return body


def field_recipes(wrapper: str) -> dict[str, Recipe]:
    """Custom fields of users or organizations."""
    path, name = f"/api/v2/{wrapper}s", f"{{{wrapper}_id}}"
    made = {"type": "text", "title": word, "key": word}
    option = under("custom_field_option", name="A new option", value=word)
    return {
        f"POST {path}": Recipe(under(wrapper, **made)),
        f"PUT {path}/{name}": Recipe(under(wrapper, title=word)),
        f"PUT {path}/reorder": Recipe(choices(wrapper)),
        f"POST {path}/{name}/options": Recipe(option),
        f"GET {path}/show_many": Recipe(query=shared(wrapper)),
        f"DELETE {path}/{name}/options/{{{wrapper}_option_id}}": Recipe(
            params=Pair(
                lambda w: (f := w.new(wrapper), w.first(f"{wrapper}s/{f}/options", "custom_field_options")["id"])
            ).params(f"{wrapper}_id", f"{wrapper}_option_id")
        ),
    }


RECIPES: dict[str, Recipe] = {
    "POST /api/v2/users": Recipe(lambda w: {"user": new_user(w)}),
    "PUT /api/v2/users/{user_id}": Recipe(under("user", name=word)),
    "POST /api/v2/users/create_many": Recipe(users(2)),
    "POST /api/v2/users/create_or_update": Recipe(lambda w: {"user": new_user(w)}),
    "POST /api/v2/users/create_or_update_many": Recipe(users(2)),
    "PUT /api/v2/users/update_many": Recipe(under("user", notes="Noted"), query=ids("user")),
    "DELETE /api/v2/users/destroy_many": Recipe(query=ids("user")),
    "GET /api/v2/users/show_many": Recipe(query=shared("user")),
    "GET /api/v2/users/search": Recipe(query={"query": "User"}),
    "GET /api/v2/users/autocomplete": Recipe(query={"name": "User"}),
    "POST /api/v2/users/autocomplete": Recipe(lambda _: {"name": "User"}),
    "POST /api/v2/users/request_create": Recipe(lambda w: {"user": new_user(w)}),
    "POST /api/v2/users/logout_many": Recipe(query=ids("user")),
    "PUT /api/v2/users/{user_id}/merge": Recipe(under("user", id=one("user")), params={"user_id": new("user")}),
    "PUT /api/v2/users/me/settings": Recipe(under("settings", lotus={"keyboard_shortcuts_enabled": True})),
    "DELETE /api/v2/deleted_users/{deleted_user_id}": Recipe(),
    "POST /api/v2/users/{user_id}/password": Recipe(lambda _: {"password": PASSWORD}, params={"user_id": new("user")}),
    "PUT /api/v2/users/{user_id}/password": Recipe(password_change, params={"user_id": one("user")}, end_user=True),
    "POST /api/v2/users/{user_id}/identities": Recipe(lambda w: {"identity": {"type": "email", "value": w.email()}}),
    "PUT /api/v2/users/{user_id}/identities/{user_identity_id}": Recipe(
        under("identity", verified=True), params=identity()
    ),
    "DELETE /api/v2/users/{user_id}/identities/{user_identity_id}": Recipe(params=identity()),
    "PUT /api/v2/users/{user_id}/identities/{user_identity_id}/make_primary": Recipe(params=identity()),
    "PUT /api/v2/users/{user_id}/identities/{user_identity_id}/request_verification": Recipe(params=identity()),
    "PUT /api/v2/users/{user_id}/identities/{user_identity_id}/verify": Recipe(params=identity()),
    "POST /api/v2/end_users/{user_id}/identities": Recipe(
        lambda w: {"identity": {"type": "email", "value": w.email()}}, end_user=True
    ),
    "GET /api/v2/end_users/{user_id}/identities": Recipe(end_user=True),
    "GET /api/v2/end_users/{user_id}/identities/{user_identity_id}": Recipe(end_user=True),
    "DELETE /api/v2/end_users/{user_id}/identities/{user_identity_id}": Recipe(
        params={
            "user_identity_id": lambda w: w.expect(
                w.desk.call(
                    "POST",
                    f"/api/v2/users/{w.one('user')}/identities",
                    json={"identity": {"type": "email", "value": w.email()}},
                )
            )["identity"]["id"]
        },
        end_user=True,
    ),
    "PUT /api/v2/end_users/{user_id}/identities/{user_identity_id}/make_primary": Recipe(end_user=True),
    "PUT /api/v2/end_users/{user_id}/identities/{user_identity_id}/request_verification": Recipe(end_user=True),
    "POST /api/v2/organizations": Recipe(under("organization", name=word)),
    "PUT /api/v2/organizations/{organization_id}": Recipe(under("organization", notes="Noted")),
    "POST /api/v2/organizations/create_many": Recipe(organizations(2)),
    "POST /api/v2/organizations/create_or_update": Recipe(under("organization", name=word, external_id=word)),
    "PUT /api/v2/organizations/update_many": Recipe(under("organization", notes="Noted"), query=ids("organization")),
    "DELETE /api/v2/organizations/destroy_many": Recipe(query=ids("organization")),
    "GET /api/v2/organizations/show_many": Recipe(query=shared("organization")),
    "GET /api/v2/organizations/search": Recipe(query={"name": "Org"}),
    "GET /api/v2/organizations/autocomplete": Recipe(query={"name": "Org"}),
    "POST /api/v2/organizations/{organization_id}/merge": Recipe(
        under("organization_merge", winner_id=one("organization")), params={"organization_id": new("organization")}
    ),
    "POST /api/v2/organization_memberships": Recipe(
        under("organization_membership", user_id=new("user"), organization_id=one("organization"))
    ),
    "POST /api/v2/organization_memberships/create_many": Recipe(
        lambda w: {
            "organization_memberships": [{"user_id": w.new("user"), "organization_id": w.one("organization")}] * 1
        }
    ),
    "DELETE /api/v2/organization_memberships/destroy_many": Recipe(query=ids("organization_membership")),
    "POST /api/v2/users/{user_id}/organization_memberships": Recipe(
        under("organization_membership", organization_id=new("organization")), params={"user_id": new("user")}
    ),
    "GET /api/v2/users/{user_id}/organization_memberships/{organization_membership_id}": Recipe(
        params=organization_member()
    ),
    "DELETE /api/v2/users/{user_id}/organization_memberships/{organization_membership_id}": Recipe(
        params=organization_member()
    ),
    "PUT /api/v2/users/{user_id}/organization_memberships/{organization_membership_id}/make_default": Recipe(
        params=organization_member()
    ),
    "DELETE /api/v2/users/{user_id}/organizations/{organization_id}": Recipe(params=user_and_organization()),
    "PUT /api/v2/users/{user_id}/organizations/{organization_id}/make_default": Recipe(params=user_and_organization()),
    "POST /api/v2/organization_subscriptions": Recipe(
        lambda w: {"organization_subscription": makers.subscription_body(w)}
    ),
    "POST /api/v2/groups": Recipe(under("group", name=word)),
    "PUT /api/v2/groups/{group_id}": Recipe(under("group", name=word)),
    "GET /api/v2/groups/autocomplete": Recipe(query={"name": "Group"}),
    "POST /api/v2/group_memberships": Recipe(under("group_membership", user_id=new("agent"), group_id=one("group"))),
    "POST /api/v2/group_memberships/create_many": Recipe(
        lambda w: {"group_memberships": [{"user_id": w.new("agent"), "group_id": w.one("group")}]}
    ),
    "DELETE /api/v2/group_memberships/destroy_many": Recipe(query=ids("group_membership")),
    "POST /api/v2/users/{user_id}/group_memberships": Recipe(
        under("group_membership", group_id=one("group")), params={"user_id": new("agent")}
    ),
    "GET /api/v2/users/{user_id}/group_memberships/{group_membership_id}": Recipe(params=group_member()),
    "DELETE /api/v2/users/{user_id}/group_memberships/{group_membership_id}": Recipe(params=group_member()),
    "PUT /api/v2/users/{user_id}/group_memberships/{group_membership_id}/make_default": Recipe(params=group_member()),
    "GET /api/v2/users/{user_id}/groups": Recipe(params={"user_id": one("agent")}),
    "POST /api/v2/custom_roles": Recipe(under("custom_role", name=word, description="Of the run", configuration={})),
    "PUT /api/v2/custom_roles/{custom_role_id}": Recipe(under("custom_role", name=word)),
    "POST /api/v2/oauth/clients": Recipe(lambda w: {"client": makers.client_body(w)}),
    "PUT /api/v2/oauth/clients/{oauth_client_id}": Recipe(under("client", name=word)),
    "POST /api/v2/oauth/tokens": Recipe(under("token", client_id=one("oauth_client"), scopes=["read"])),
    "GET /api/v2/users/me/session": Recipe(browser=True),
    "GET /api/v2/users/me/session/renew": Recipe(browser=True),
    "GET /api/v2/oauth/tokens/current": Recipe(bearer=one("bearer")),
    "DELETE /api/v2/oauth/tokens/current": Recipe(bearer=new("bearer")),
    "GET /api/v2/users/{user_id}/sessions/{session_id}": Recipe(
        params=Pair(lambda w: session(w)).params("user_id", "session_id")
    ),
    "DELETE /api/v2/users/{user_id}/sessions/{session_id}": Recipe(
        params=Pair(lambda w: session(w)).params("user_id", "session_id")
    ),
    "DELETE /api/v2/users/{user_id}/sessions": Recipe(params={"user_id": new("user")}),
    **field_recipes("user_field"),
    **field_recipes("organization_field"),
}


def session(world: World) -> tuple:
    """A user and a session of theirs."""
    user = world.new("user")
    mail = world.get(f"users/{user}")["user"]["email"]
    world.desk.call("POST", "/api/v2/sessions", json={"email": mail, "password": PASSWORD}, anonymous=True)
    world.desk.session.cookies.clear()
    return user, world.first(f"users/{user}/sessions", "sessions")["id"]
