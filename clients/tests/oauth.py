"""How a program gets its tokens: a person signs in, is asked, and allows it."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from desk import ADMIN, PASSWORD, Desk

BACK = "https://example.com/back"


def register(desk: Desk, name: str) -> dict[str, Any]:
    """Makes a confidential client; with its secret, which is shown this once."""
    body = {"name": name, "identifier": name, "redirect_uri": [BACK], "kind": "confidential"}
    made = desk.call("POST", "/api/v2/oauth/clients", json={"client": body})
    assert made.status == 201, str(made)
    return made.json["client"]


def authorize(desk: Desk, client: dict[str, Any], scope: str = "read") -> dict[str, Any]:
    """Goes through the pages as the administrator, and redeems the code."""
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code", "client_id": client["identifier"], "redirect_uri": BACK, "scope": scope, "state": "s",
        "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    with requests.Session() as browser:
        browser.headers["Origin"] = desk.url
        signed_in = browser.post(f"{desk.url}/api/v2/sessions", json={"email": ADMIN, "password": PASSWORD}, timeout=20)
        assert signed_in.status_code in (200, 201), signed_in.text
        page = browser.get(f"{desk.url}/oauth/authorizations/new", params=asked, timeout=20)
        hidden = re.findall(r'<input type=hidden name="([^"]+)" value="([^"]*)"', page.text)
        form = {name: unescape(value) for name, value in hidden} | {"decision": "allow"}
        decided = browser.post(f"{desk.url}/oauth/authorizations", data=form, timeout=20, allow_redirects=False)
    assert decided.status_code in (302, 303), decided.text
    way_back = parse_qs(urlsplit(decided.headers["location"]).query)
    assert way_back["state"] == ["s"]
    grant = {
        "grant_type": "authorization_code", "client_id": client["identifier"], "client_secret": client["secret"],
        "code": way_back["code"][0], "redirect_uri": BACK, "code_verifier": verifier,
    }  # fmt: skip
    answer = desk.call("POST", "/oauth/tokens", json=grant, anonymous=True)
    assert answer.status == 200, str(answer)
    return answer.json
