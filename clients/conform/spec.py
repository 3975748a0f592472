"""Reads the specifications: operations, and the schema of an operation's answer as JSON Schema."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

METHODS = ("get", "post", "put", "patch", "delete")


class _Loader(yaml.CSafeLoader):
    """YAML in which a bare `=` is text, and so are times, as in JSON."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as in the class above
        first: [one for one in all_ if one[0] != "tag:yaml.org,2002:timestamp"]
        for first, all_ in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


_Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: loader.construct_scalar(node))


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    tag: str
    body: dict[str, Any]

    @property
    def key(self) -> str:
        """What recipes and lists name it by."""
        return f"{self.method} {self.path}"

    @property
    def names(self) -> list[str]:
        """The names in the path's braces."""
        return re.findall(r"{(\w+)}", self.path)

    def good_statuses(self) -> list[str]:
        """The statuses of success that the specification names."""
        return [str(code) for code in self.body.get("responses", {}) if str(code).startswith("2")]


class Spec:
    """A specification file."""

    def __init__(self, file: Path) -> None:
        self.document = yaml.load(file.read_text(), Loader=_Loader)  # noqa: S506 - a safe loader with one more word
        schemas = self.document.get("components", {}).get("schemas", {})
        self.definitions = {name: to_json_schema(schema) for name, schema in schemas.items()}

    def operations(self) -> Iterator[Operation]:
        """Every operation; paths without `.json`."""
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item and isinstance(item[method], dict):
                    tags = item[method].get("tags") or ["-"]
                    yield Operation(method.upper(), path.removesuffix(".json"), tags[0], item[method])

    def resolve(self, node: Any) -> Any:
        """What a `$ref` stands for."""
        while isinstance(node, dict) and "$ref" in node:
            found = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step.replace("~1", "/").replace("~0", "~")]
            node = found
        return node

    def content(self, operation: Operation, status: int) -> dict[str, Any] | None:
        """The JSON content of the answer with this status, or of the only good one when this one isn't named."""
        responses = operation.body.get("responses", {})
        response = responses.get(str(status))
        good = operation.good_statuses()
        if response is None and good:
            response = responses[good[0]]
        response = self.resolve(response) or {}
        kinds = response.get("content") or {}
        return next((kind for name, kind in kinds.items() if "json" in name), None)

    def examples(self, content: dict[str, Any]) -> list[Any]:
        """The specification's own examples of a content."""
        named = [self.resolve(one) for one in (content.get("examples") or {}).values()]
        found = [one.get("value") for one in named if isinstance(one, dict)]
        return found + ([content["example"]] if "example" in content else [])

    def differences(self, content: dict[str, Any], value: Any) -> list[Difference]:
        """Where a value differs from the content's schema, but for places where its own examples do so too."""
        check = self._validator(content)
        own = {found.kind for example in self.examples(content) for found in _differences(check, example)}
        return [found for found in _differences(check, value) if found.kind not in own]

    def _validator(self, content: dict[str, Any]) -> Any:
        schema = to_json_schema(content.get("schema") or {})
        return jsonschema_rs.Draft7Validator(
            {"allOf": [schema], "definitions": self.definitions}, validate_formats=True
        )


@dataclass(frozen=True)
class Difference:
    """Where a value isn't what the schema says."""

    path: str
    message: str
    kind: tuple[str, str]
    is_null: bool = False

    def __str__(self) -> str:
        return f"{self.path or 'body'}: {self.message}"


def _differences(check: Any, value: Any) -> list[Difference]:
    return [found for error in check.iter_errors(value) for found in _leaves(error)]


def _leaves(error: Any) -> list[Difference]:
    """An error as differences; of alternatives, those of the one that fits best."""
    if error.kind.name == "anyOf" and isinstance(error.instance, dict | list):
        branches = [[found for inner in branch for found in _leaves(inner)] for branch in error.kind.context]
        return min(branches, key=lambda branch: (sum(not found.is_null for found in branch), len(branch)))
    steps = [str(step) for step in error.instance_path]
    names = [step for step in steps if not step.isdigit()]
    message = error.message if len(error.message) < 160 else error.message[:80] + " ... " + error.message[-80:]
    place = ".".join(names[-2:]) + (":" + message if error.kind.name == "required" else "")
    return [Difference(".".join(steps), message, (place, error.kind.name), error.instance is None)]


@functools.singledispatch
def to_json_schema(schema: Any) -> Any:
    """OpenAPI 3.0's dialect as JSON Schema draft 7: `nullable`, references, objects open to more keys."""
    return schema


@to_json_schema.register
def _(schema: list) -> Any:
    return [to_json_schema(one) for one in schema]


@to_json_schema.register
def _(schema: dict) -> Any:
    if "$ref" in schema:
        return {"$ref": schema["$ref"].replace("#/components/schemas/", "#/definitions/")}
    out = {}
    for key, value in schema.items():
        if key in ("example", "examples", "discriminator", "xml", "externalDocs", "description", "title", "default"):
            continue
        if key == "additionalProperties" and value is False or key == "nullable":
            continue
        if key == "properties":
            out[key] = {name: to_json_schema(one) for name, one in value.items()}
        elif key == "oneOf":
            out["anyOf"] = to_json_schema(value)
        elif key == "format" and value not in ("date-time", "date", "email", "uuid", "ipv4"):
            continue
        else:
            out[key] = to_json_schema(value)
    hidden = {
        name for name, one in schema.get("properties", {}).items() if isinstance(one, dict) and one.get("writeOnly")
    }
    if "required" in out and isinstance(out["required"], list):
        out["required"] = [name for name in out["required"] if name not in hidden]
    return _with_null(out) if schema.get("nullable") else out


def _with_null(schema: dict) -> dict:
    if isinstance(schema.get("type"), str) and not {"anyOf", "allOf"} & schema.keys():
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
        return schema
    return {"anyOf": [schema, {"type": "null"}]}
