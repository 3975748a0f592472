"""Runs tap-zendesk as it is, and reads what it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema

SUBDOMAIN = "tugi-test"
HOST = f"{SUBDOMAIN}.zendesk.com"
SITE = Path(__file__).parent / "sitecustomize"


@dataclass
class Said:
    """The messages of one sync."""

    schemas: dict[str, Any] = field(default_factory=dict)
    records: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    state: dict[str, Any] = field(default_factory=dict)

    def ids(self, stream: str) -> list[Any]:
        """The ids of a stream's records, in the order they came."""
        return [record["id"] for record in self.records[stream]]

    def by_id(self, stream: str) -> dict[Any, dict[str, Any]]:
        """A stream's records by their ids."""
        return {record["id"]: record for record in self.records[stream]}

    def wrong(self) -> list[str]:
        """Where records differ from the schemas that the tap itself declared."""
        found = []
        for stream, records in self.records.items():
            check = jsonschema.Draft4Validator(self.schemas[stream])
            for record in records:
                found += [f"{stream}: {list(error.path)} {error.message[:200]}" for error in check.iter_errors(record)]
        return found


@dataclass
class Tap:
    """The tap, its configuration, and the way to the desk."""

    folder: Path
    port: int
    authority: Path
    config: dict[str, Any]

    def __post_init__(self) -> None:
        self.file("config.json").write_text(json.dumps(self.config))

    def file(self, name: str) -> Path:
        """A file of the tap."""
        return self.folder / name

    def discover(self) -> list[str]:
        """Lets it look what is there, selects everything, and gives the streams' names."""
        catalog = json.loads(self._run("--discover"))
        for stream in catalog["streams"]:
            for entry in stream["metadata"]:
                entry["metadata"]["selected"] = True
        self.file("catalog.json").write_text(json.dumps(catalog))
        return [stream["stream"] for stream in catalog["streams"]]

    def sync(self, state: dict[str, Any] | None = None) -> Said:
        """Everything, or what changed since `state`."""
        arguments = ["--catalog", str(self.file("catalog.json"))]
        if state is not None:
            self.file("state.json").write_text(json.dumps(state))
            arguments += ["--state", str(self.file("state.json"))]
        said = Said()
        for line in self._run(*arguments).splitlines():
            message = json.loads(line)
            if message["type"] == "SCHEMA":
                said.schemas[message["stream"]] = message["schema"]
            elif message["type"] == "RECORD":
                said.records[message["stream"]].append(message["record"])
            elif message["type"] == "STATE":
                said.state = message["value"]
        return said

    def _run(self, *arguments: str) -> str:
        program = Path(sys.executable).parent / "tap-zendesk"
        environment = {
            **os.environ,
            "PYTHONPATH": str(SITE),
            "CLIENTS_HOST": HOST,
            "CLIENTS_PORT": str(self.port),
            "SSL_CERT_FILE": str(self.authority),
            "REQUESTS_CA_BUNDLE": str(self.authority),
        }
        line = [str(program), "--config", str(self.file("config.json")), *arguments]
        done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=150, check=False)
        assert done.returncode == 0, f"{' '.join(arguments)}:\n{done.stderr[-4000:]}"
        return done.stdout
