"""The desk under test: the real program with its demo data, or one that already runs, and plain HTTP calls to it."""

from __future__ import annotations

import contextlib
import os
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Any

import requests

ADMIN = "admin@tugi.test"
TOKEN = "tugi-demo-token"
PASSWORD = "tugi-demo"
ROOT = Path(__file__).resolve().parent.parent


def binary() -> Path:
    """The program; `TUGI_BIN` names another build of it."""
    path = Path(os.environ.get("TUGI_BIN") or ROOT / "target/debug/tugi")
    if not path.is_file():
        raise SystemExit(f"{path} is not there; build it with: cargo xtask build")
    return path


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Answer:
    """What came back: the status, the headers, and the JSON when it is JSON."""

    method: str
    url: str
    status: int
    headers: Any
    content: bytes
    json: Any

    def __str__(self) -> str:
        return f"{self.method} {self.url} -> {self.status} {self.content[:300].decode(errors='replace')}"


@dataclass
class Desk:
    """A running desk at `url`, who asks when nobody else is named, and where it receives mail (host and port)."""

    url: str
    user: str = f"{ADMIN}/token"
    secret: str = TOKEN
    smtp: str | None = None
    session: requests.Session = field(default_factory=requests.Session)

    def call(
        self,
        method: str,
        path: str,
        json: Any = None,
        params: Any = None,
        data: Any = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        files: Any = None,
        anonymous: bool = False,
    ) -> Answer:
        """One request; `path` may be a whole address, as links in answers are."""
        url = path if path.startswith("http") else self.url + path
        who = None if anonymous else auth or (self.user, self.secret)
        answer = self.session.request(
            method, url, json=json, params=params, data=data, headers=headers, auth=who, files=files,
            timeout=60, allow_redirects=False,
        )  # fmt: skip
        body = None
        if "json" in answer.headers.get("content-type", ""):
            with contextlib.suppress(ValueError):
                body = answer.json()
        return Answer(method, url, answer.status_code, answer.headers, answer.content, body)

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of a GET that must succeed."""
        answer = self.call("GET", path, params=params or None)
        assert answer.status == 200, str(answer)
        return answer.json


def send_mail(desk: Desk, sender: str, subject: str, to: str = "support@tugi.test") -> None:
    """A mail to the desk, by SMTP."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"], message["Date"] = make_msgid(domain="example.com"), formatdate()
    message.set_content("It smokes.")
    host, _, port = (desk.smtp or "").rpartition(":")
    with smtplib.SMTP(host, int(port), timeout=20) as server:
        server.send_message(message)


def wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Returns once the desk answers; raises with its log when it ended or took three minutes."""
    end = time.monotonic() + 180
    while time.monotonic() < end:
        with contextlib.suppress(requests.RequestException):
            if requests.get(f"{url}/readyz", timeout=2).status_code == 200:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"the desk did not start:\n{log.read_text()[-4000:]}")


@contextlib.contextmanager
def demo_desk(**settings: str) -> Iterator[Desk]:
    """The demo desk on a free port and in a folder of its own, until the block ends.

    Settings are the program's `TUGI_` variables, in small letters and without their beginning.
    """
    with tempfile.TemporaryDirectory(prefix="tugi-clients-") as folder:
        url = f"http://127.0.0.1:{free_port()}"
        line = [str(binary()), "serve", "--demo", "--data", f"{folder}/data", "--http", url.removeprefix("http://")]
        smtp = f"127.0.0.1:{free_port()}"
        line += ["--smtp", smtp]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TUGI_")}
        environment |= {f"TUGI_{name.upper()}": value for name, value in settings.items()}
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(line, env=environment, stdout=output, stderr=output)
        try:
            wait_until_ready(url, process, log)
            yield Desk(url, smtp=smtp)
        finally:
            process.terminate()
            process.wait(timeout=30)
