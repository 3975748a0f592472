"""A recipe says how to make one call: ids for the path, query, body, who asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conform.spec import Operation
from conform.world import PASSWORD, World
from desk import ADMIN
from desk import PASSWORD as DEMO_PASSWORD

Made = Callable[[World], Any]

"""Names in paths whose kind is not the name without `_id`."""
KINDS = {"token": "upload", "agent_id": "agent", "custom_status_id": "custom_status", "webhook_id": "webhook"}

"""What `{id}` is, by tag."""
KIND_OF_ID = {"Suspended Tickets": "suspended_ticket", "Dynamic Content": "dynamic_content_item"}


@dataclass
class Recipe:
    """How to make one call. What is not said is found out: ids of shared things, new ones for DELETE."""

    body: Made | None = None
    params: dict[str, Any] = field(default_factory=dict)
    query: Made | dict[str, Any] | None = None
    raw: Made | None = None
    headers: dict[str, str] = field(default_factory=dict)
    files: Made | None = None
    end_user: bool = False
    bearer: Made | None = None
    browser: bool = False
    status: tuple[int, ...] = ()
    before: Made | None = None

    def path(self, operation: Operation, world: World) -> str:
        """The path with ids in its place."""
        path = operation.path
        for name in operation.names:
            path = path.replace(f"{{{name}}}", str(self._value(operation, name, world)))
        return path

    def _value(self, operation: Operation, name: str, world: World) -> Any:
        if name in self.params:
            given = self.params[name]
            return given(world) if callable(given) else given
        kind = KIND_OF_ID.get(operation.tag) if name == "id" else KINDS.get(name, name.removesuffix("_id"))
        fresh = operation.method == "DELETE" and name == operation.names[-1] and operation.path.endswith("}")
        return world.new(kind) if fresh else world.one(kind or name)

    def arguments(self, world: World) -> dict[str, Any]:
        """What goes with the call besides its path."""
        query = self.query(world) if callable(self.query) else self.query
        arguments: dict[str, Any] = {"params": query, "headers": self.headers or None}
        if self.body:
            arguments["json"] = self.body(world)
        if self.raw:
            arguments["data"] = self.raw(world)
        if self.files:
            arguments["files"] = self.files(world)
        if self.bearer:
            arguments |= {"headers": {"Authorization": f"Bearer {self.bearer(world)}"}, "anonymous": True}
        if self.browser:
            who = {"email": ADMIN, "password": DEMO_PASSWORD}
            world.expect(world.desk.call("POST", "/api/v2/sessions", json=who, anonymous=True))
            arguments["anonymous"] = True
        if self.end_user:
            mail = world.get(f"users/{world.one('user')}")["user"]["email"]
            arguments["auth"] = (mail, PASSWORD)
        return arguments


def new(kind: str) -> Made:
    """The id of a thing of its own."""
    return lambda world: world.new(kind)


def ids(kind: str, count: int = 2) -> Made:
    """A query with ids of new things."""
    return lambda world: {"ids": world.many(kind, count)}


def shared(kind: str) -> Made:
    """A query with the id of the shared thing."""
    return lambda world: {"ids": str(world.one(kind))}


def under(wrapper: str, **values: Any) -> Made:
    """A body with these values under a wrapper; functions are given the world."""

    def body(world: World) -> Any:
        return {wrapper: {name: value(world) if callable(value) else value for name, value in values.items()}}

    return body


def word(world: World) -> str:
    """A word of its own."""
    return world.word()


def one(kind: str) -> Made:
    """The id of the shared thing."""
    return lambda world: world.one(kind)
