"""A refused request answers, and leaves the connection usable."""

from __future__ import annotations

import http.client
import socket
import time
from urllib.parse import urlsplit

import pytest

from desk import Desk


@pytest.mark.parametrize("path", ["/api/v2/nowhere", "/api/v2/tickets", "/api/v2/openapi"])
def test_a_body_that_nobody_reads_does_not_break_the_connection(desk: Desk, path: str) -> None:
    place = urlsplit(desk.url)
    body = b'{"ticket": {"subject": "x"}}'
    head = f"POST {path} HTTP/1.1\r\nhost: {place.netloc}\r\ncontent-type: application/json\r\n"
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        for _ in range(2):
            connection.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode())
            time.sleep(0.05)
            connection.sendall(body)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            assert answer.status in (401, 404, 405)
            answer.read()
