"""schemathesis over our own document: whatever is sent, no answer is a fault of the server or outside the document."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desk import ADMIN, TOKEN, demo_desk

"""Requests that would end the run itself, go on for ever, or ask other machines."""
LEFT_OUT = "|".join(
    [
        r"/api/v2/live",
        r"/api/v2/api_tokens/\{id\}",
        r"/api/v2/oauth/tokens(/.*)?",
        r"/api/v2/setup",
        r"/api/v2/settings/(sign_in|api)",
        r"/api/v2/(sessions|users/\{id\}/sessions.*|users/me/.*)",
        r"/api/v2/mail_settings(/test_relay)?",
        r"/api/v2/mailboxes/\{id\}/test",
        r"/api/v2/webhooks/test",
    ]
)
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def test_no_answer_is_outside_the_document(tmp_path: Path) -> None:
    examples = os.environ.get("CLIENTS_FUZZ_EXAMPLES", "4")
    phases = os.environ.get("CLIENTS_FUZZ_PHASES", "fuzzing")
    seed = os.environ.get("CLIENTS_FUZZ_SEED", "1")
    credentials = base64.b64encode(f"{ADMIN}/token:{TOKEN}".encode()).decode()
    with demo_desk() as desk:
        line = [
            str(Path(sys.executable).parent / "schemathesis"), "run", f"{desk.url}/api/v2/openapi",
            "--header", f"Authorization: Basic {credentials}", "--exclude-path-regex", f"^({LEFT_OUT})$",
            "--checks", CHECKS, "--phases", phases, "--max-examples", examples, "--seed", seed, "--workers", "2",
            "--no-shrink", "--generation-database", "none", "--suppress-health-check", "all", "--warnings", "off",
            "--request-timeout", "20", "--request-retries", "2", "--continue-on-failure", "--no-color",
        ]  # fmt: skip
        done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, timeout=3600, check=False)
        still = desk.get("/api/v2/users/me")["user"]["email"]
    if done.returncode != 0:
        pytest.fail(f"schemathesis found faults:\n{done.stdout[-12000:]}\n{done.stderr[-2000:]}", pytrace=False)
    assert still == ADMIN, "the run took away its own credentials"
