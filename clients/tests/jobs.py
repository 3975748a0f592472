"""Waiting for jobs."""

from __future__ import annotations

import time
from typing import Any

from zenpy import Zenpy

SECONDS = 30


def finished(zenpy: Zenpy, job: Any) -> Any:
    """Looks at a job that was just asked for until it is done; fails unless it succeeds."""
    assert job.status == "queued", f"a new job is {job.status}"
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        now = zenpy.job_status(id=job.id)
        if now.status not in ("queued", "working"):
            assert now.status == "completed", f"{now.status}: {now.message}"
            return now
        time.sleep(0.05)
    raise AssertionError(f"job {job.id} is {now.status} after {SECONDS} s")
