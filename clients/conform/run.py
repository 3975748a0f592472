"""Makes the calls and judges the answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from conform import extra, people, rules_and_desk, tickets
from conform.deviations import excused
from conform.recipe import Recipe
from conform.spec import Operation, Spec
from conform.world import Unmade, World

RECIPES = {**people.RECIPES, **tickets.RECIPES, **rules_and_desk.RECIPES, **extra.RECIPES}


@dataclass
class Verdict:
    """What became of one operation."""

    operation: Operation
    answered: bool = False
    differences: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def valid(self) -> bool:
        """Whether status and body are as described."""
        return self.answered and not self.differences


def judge(spec: Spec, operation: Operation, world: World) -> Verdict:
    """One call, judged."""
    verdict = Verdict(operation)
    recipe = RECIPES.get(operation.key)
    if recipe is None and operation.method in ("POST", "PATCH") and operation.path not in BARE:
        verdict.differences.append("the run has no recipe for it")
        return verdict
    recipe = recipe or Recipe()
    try:
        if recipe.before:
            recipe.before(world)
        path = recipe.path(operation, world)
        arguments = recipe.arguments(world)
    except (Unmade, KeyError, TypeError, AttributeError) as reason:
        verdict.differences.append(f"what it needs can't be made: {type(reason).__name__} {reason}"[:400])
        return verdict
    answer = world.desk.call(operation.method, path, **arguments)
    world.desk.session.cookies.clear()
    allowed = recipe.status or tuple(int(code) for code in operation.good_statuses())
    # Creating answers 201, whatever the specification says: recordings of the real service do.
    if operation.method == "POST" and 201 not in allowed and not recipe.status:
        allowed = (*allowed, 201)
    if answer.status not in allowed:
        said = answer.content[:200].decode(errors="replace")
        verdict.differences.append(f"{operation.method} {path}: status {answer.status}, not {allowed}: {said}")
        verdict.answered = answer.status not in (404, 405) or "InvalidEndpoint" not in said
        return verdict
    verdict.answered = True
    verdict.differences += body_differences(spec, operation, answer)
    if answer.json is not None and not verdict.differences:
        verdict.missing = missing_keys(spec, operation, answer.status, answer.json)
    return verdict


BARE = {
    "/api/v2/ticket_forms/{ticket_form_id}/clone",
    "/api/v2/suspended_tickets/export",
    "/api/v2/audit_logs/export",
    "/api/v2/webhooks/{webhook_id}/signing_secret",
    "/api/v2/channels/voice/agents/{agent_id}/tickets/{ticket_id}/display",
    "/api/v2/channels/voice/agents/{agent_id}/users/{user_id}/display",
}


def body_differences(spec: Spec, operation: Operation, answer: Any) -> list[str]:
    """What is wrong with the body."""
    if answer.status == 204:
        return ["204 with a body"] if answer.content else []
    content = spec.content(operation, answer.status)
    if content is None:
        return []
    if answer.json is None and answer.content.strip() in (b"", b"null") and is_text(content):
        return []
    if answer.json is None:
        return [f"no JSON: {answer.headers.get('content-type')} {answer.content[:100]!r}"]
    found = spec.differences(content, answer.json)
    return [str(one) for one in found if not excused(operation, one)]


def is_text(content: dict[str, Any]) -> bool:
    """Whether the specification describes no more than a text, as it does where there is nothing to say."""
    return (content.get("schema") or {}).get("type") == "string"


def missing_keys(spec: Spec, operation: Operation, status: int, body: Any) -> list[str]:
    """Keys of the specification's example, and of the things in it, that the answer hasn't got."""
    content = spec.content(operation, status)
    examples = spec.examples(content) if content else []
    return sorted(set(_missing(examples[0], body, "", 2))) if examples else []


def _missing(example: Any, value: Any, place: str, depth: int) -> list[str]:
    if isinstance(example, list) and isinstance(value, list) and example and value:
        return _missing(example[0], value[0], place, depth)
    if not isinstance(example, dict) or not isinstance(value, dict) or depth == 0:
        return []
    lost = [f"{place}{name}" for name in example if name not in value]
    for name in example.keys() & value.keys():
        lost += _missing(example[name], value[name], f"{place}{name}.", depth - 1)
    return lost
