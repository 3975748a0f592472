"""One demo desk for all tests, and clients that talk to it."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterator

import pytest
from zenpy import Zenpy

from desk import ADMIN, TOKEN, Desk, demo_desk


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """The demo desk."""
    with demo_desk() as running:
        yield running


@pytest.fixture
def zenpy(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Zenpy:
    """The administrator's zenpy. It remembers nothing, so that every value it shows came from the desk just now."""
    return zenpy_of(desk, monkeypatch, token=TOKEN)


@pytest.fixture
def zenpy_as(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Zenpy]:
    """Somebody else's zenpy: address and password."""
    return lambda email, password: zenpy_of(desk, monkeypatch, email=email, password=password)


def zenpy_of(desk: Desk, monkeypatch: pytest.MonkeyPatch, email: str = ADMIN, **who: str) -> Zenpy:
    """A zenpy that finds the desk by the variables it has for that."""
    scheme, netloc = desk.url.split("://")
    monkeypatch.setenv("ZENPY_FORCE_SCHEME", scheme)
    monkeypatch.setenv("ZENPY_FORCE_NETLOC", netloc)
    return Zenpy(subdomain="tugi", email=email, disable_cache=True, **who)


_numbers = itertools.count(1)


@pytest.fixture
def word() -> Callable[[], str]:
    """Words that nothing else on the desk has."""
    run = secrets.token_hex(3)
    return lambda: f"w{run}x{next(_numbers)}"
