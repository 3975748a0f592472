"""What calls need: things made on demand through the API, remembered, and deleted at the end."""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Callable
from typing import Any

from desk import Answer, Desk

PASSWORD = "a-long-Passw0rd-of-the-run"


class Unmade(Exception):
    """Something that a call needs could not be made."""


class World:
    """One run's things. `one(kind)` is shared by calls that only read; `new(kind)` is the caller's to spoil."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.run = secrets.token_hex(3)
        self._numbers = itertools.count(1)
        self._shared: dict[str, Any] = {}
        self._made: list[str] = []
        self.redacted: tuple = ()

    def word(self, stem: str = "conform") -> str:
        """A word that nothing else on the desk has."""
        return f"{stem}_{self.run}_{next(self._numbers)}"

    def email(self) -> str:
        """An address that nobody has."""
        return f"{self.word()}@example.com"

    def one(self, kind: str) -> Any:
        """The id of a thing of this kind, the same at every call."""
        if kind not in self._shared:
            try:
                self._shared[kind] = self.new(kind)
            except Unmade as reason:
                self._shared[kind] = reason
        if isinstance(self._shared[kind], Unmade):
            raise self._shared[kind]
        return self._shared[kind]

    def new(self, kind: str) -> Any:
        """The id of a thing of this kind that was made just now."""
        from conform.makers import MAKERS

        if kind not in MAKERS:
            raise Unmade(f"no maker for {kind}")
        return MAKERS[kind](self)

    def many(self, kind: str, count: int = 2) -> str:
        """Ids with commas between."""
        return ",".join(str(self.new(kind)) for _ in range(count))

    def made(self, path: str) -> None:
        """Remembers what to DELETE at the end."""
        self._made.append(path)

    def post(self, path: str, body: Any, wrapper: str, delete: str | None = None, **more: Any) -> dict[str, Any]:
        """Makes something; gives what stands under `wrapper`, and deletes it at the end."""
        answer = self.desk.call("POST", f"/api/v2/{path}", json=body, **more)
        value = self.expect(answer).get(wrapper)
        if not isinstance(value, dict):
            raise Unmade(f"no {wrapper} in {answer}")
        if delete != "":
            self.made(f"/api/v2/{delete or path}/{value['id']}")
        return value

    def put(self, path: str, body: Any = None) -> Any:
        """A PUT that must succeed."""
        return self.expect(self.desk.call("PUT", f"/api/v2/{path}", json=body))

    def get(self, path: str, **more: Any) -> Any:
        """A GET that must succeed."""
        return self.expect(self.desk.call("GET", f"/api/v2/{path}", **more))

    def first(
        self, path: str, wrapper: str, fits: Callable[[dict[str, Any]], bool] = lambda one: True
    ) -> dict[str, Any]:
        """The first thing of a list."""
        found = [one for one in self.get(path).get(wrapper) or [] if fits(one)]
        if not found:
            raise Unmade(f"GET {path} is empty")
        return found[0]

    def expect(self, answer: Answer) -> Any:
        """The JSON of an answer that must be good."""
        if not 200 <= answer.status < 300 or (answer.status != 204 and not isinstance(answer.json, dict)):
            raise Unmade(str(answer))
        return answer.json

    def finished(self, answer: Any) -> dict[str, Any]:
        """Waits for the job of an answer."""
        job = answer["job_status"]
        for _ in range(200):
            job = self.get(f"job_statuses/{job['id']}")["job_status"]
            if job["status"] in ("completed", "failed", "killed"):
                return job
            time.sleep(0.05)
        raise Unmade(f"job {job['id']} stays {job['status']}")

    def clean(self) -> None:
        """Deletes what was made, newest first; what is gone already is no matter."""
        for path in reversed(self._made):
            self.desk.call("DELETE", path)
