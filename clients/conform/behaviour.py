"""Behaviour that no specification states and that clients stand on: paging, ends of streams, envelopes of errors, headers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from conform.recipe import Recipe
from conform.run import RECIPES
from conform.spec import Operation
from conform.world import PASSWORD, Unmade, World

Findings = Iterator[str]
Check = Callable[[World], Findings]

"""Lists that give themselves whole, whatever is asked: definitions, and lists inside one thing."""
NOT_PAGED = re.compile(
    r".*/(show_many|count|count_many|definitions|search|autocomplete|execute|apply|related|current|compact|categories|new|actions"
    r"|count_many|export|preview|detect_best_locale|metrics|requirements|sample|cursor|recent)$|.*/incremental/.*|.*/account/.*"
    r"|.*/users/me.*|.*/locales.*|.*/oauth/tokens/current"
)


def lists(world: World, operations: list[Operation]) -> Findings:
    """Every list, asked with `page[size]`, says whether there is more, and where; a page after the last is empty."""
    for operation in operations:
        if operation.method != "GET" or NOT_PAGED.match(operation.path) or operation.path.endswith("}"):
            continue
        recipe = RECIPES.get(operation.key) or Recipe()
        try:
            if recipe.before:
                recipe.before(world)
            path, arguments = recipe.path(operation, world), recipe.arguments(world)
        except (Unmade, KeyError, TypeError):
            continue
        yield from one_list(world, operation, path, arguments)


def one_list(world: World, operation: Operation, path: str, arguments: dict[str, Any]) -> Findings:
    """One list by cursor, and by number."""
    query = {**(arguments.pop("params", None) or {}), "page[size]": 1}
    answer = world.desk.call("GET", path, params=query, **arguments)
    if answer.status != 200 or not isinstance(answer.json, dict):
        if answer.status not in (404, 405):
            yield f"{operation.key}?page[size]=1: {answer.status}"
        return
    wrapper = next(
        (
            name
            for name, value in answer.json.items()
            if isinstance(value, list) and not any(isinstance(one, str) for one in value)
        ),
        None,
    )
    if wrapper is None:
        return
    meta, links = answer.json.get("meta") or {}, answer.json.get("links") or {}
    if not isinstance(meta.get("has_more"), bool) or "next" not in links or "prev" not in links:
        if operation.tag != "Webhooks":
            yield f"{operation.key}?page[size]=1: no meta.has_more or links.next"
        return
    if len(answer.json[wrapper]) > 1:
        yield f"{operation.key}?page[size]=1: {len(answer.json[wrapper])} {wrapper}"
    if answer.json[wrapper] and not links["next"]:
        yield f"{operation.key}?page[size]=1: links.next is null on a page with {wrapper}"
    elif links["next"] and not links["next"].startswith(world.desk.url):
        yield f"{operation.key}: links.next leads to {links['next']}"
    pages, url = 0, links["next"]
    while meta.get("has_more") and pages < 3:
        answer = world.desk.call("GET", url, **arguments)
        if answer.status != 200:
            yield f"{operation.key}: links.next answers {answer.status}"
            return
        meta, url, pages = answer.json["meta"], answer.json["links"]["next"], pages + 1
    if not meta.get("has_more") and url:
        after = world.desk.call("GET", url, **arguments).json or {}
        rest = (after.get("meta") or {}).get("has_more"), (after.get("links") or {}).get("next"), after.get(wrapper)
        if rest != (False, None, []):
            yield f"{operation.key}: the page after the last is {str(rest)[:120]}"


def suffix(world: World) -> Findings:
    """`.json` may stand at the end of every address."""
    for path in (
        "tickets",
        "tickets/show_many",
        f"users/{world.one('user')}",
        "users/me",
        "webhooks",
        "search?query=x",
    ):
        name, _, query = path.partition("?")
        with_, without = (
            world.desk.call("GET", f"/api/v2/{name}{end}?{query or 'ids=1'}").status for end in (".json", "")
        )
        if with_ != without:
            yield f"{path}: {with_} with .json, {without} without"


def offset_pages(world: World) -> Findings:
    """`count`, `next_page`, `previous_page`; no deeper than ten thousand."""
    for path in ("tickets", "users", "organizations", "groups", "ticket_fields", "macros", "views", "triggers"):
        first = world.get(f"{path}?per_page=1&page=1")
        if not isinstance(first.get("count"), int) or first.get("previous_page", 1) is not None:
            yield f"{path}: no count, or previous_page on the first page"
        if first["count"] > 1:
            second = world.desk.call("GET", str(first.get("next_page"))) if first.get("next_page") else None
            if not second or second.status != 200 or not second.json.get("previous_page"):
                yield f"{path}: next_page doesn't lead to a page with previous_page"
    deep = world.desk.call("GET", "/api/v2/tickets?per_page=100&page=102")
    code = ((deep.json or {}).get("errors") or [{}])[0].get("code") if deep.json else None
    if (deep.status, code) != (400, "InvalidPaginationDepth"):
        yield f"tickets?per_page=100&page=102: {deep.status} {code}"


def errors(world: World) -> Findings:
    """The envelopes."""
    call = world.desk.call
    expected = [
        (call("GET", "/api/v2/tickets/99999999"), 404, {"error": "RecordNotFound", "description": "Not found"}),
        (call("GET", "/api/v2/nowhere_at_all"), 404, {"error": "InvalidEndpoint"}),
        (call("GET", "/api/v2/tickets", anonymous=True), 401, {"error": "Couldn't authenticate you"}),
        (call("POST", "/api/v2/tickets", json={"ticket": {"comment": {"body": "x"}, "status": "odd"}}), 422, {"error": "RecordInvalid"}),
        (call("POST", "/api/v2/tickets/create_many", json={"tickets": [{}] * 101}), 400, {"error": "TooManyValues", "max_count": 100}),
        (call("GET", "/api/v2/users/me", anonymous=True), 200, {}),
        (call("GET", "/api/v2/users/me", auth=("admin@tugi.test", "wrong")), 200, {}),
        (call("GET", "/api/v2/search", params={"query": "x", "page[size]": 1}), 400, {}),
        (call("GET", "/api/v2/search?query=type:ticket&page=11&per_page=100"), 422, {}),
    ]  # fmt: skip
    for answer, status, body in expected:
        if answer.status != status or not body.items() <= (answer.json or {}).items():
            yield f"expected {status} {body}, got {answer}"
    if (expected[5][0].json or {}).get("user", {}).get("name") != "Anonymous user":
        yield "users/me without credentials isn't the Anonymous user"


def headers(world: World) -> Findings:
    """What every answer carries."""
    answer = world.desk.call("GET", f"/api/v2/tickets/{world.one('ticket')}")
    for name in ("x-request-id", "x-rate-limit", "x-rate-limit-remaining", "x-zendesk-api-version", "etag"):
        if name not in answer.headers:
            yield f"GET ticket has no {name}"
    again = world.desk.call("GET", answer.url, headers={"If-None-Match": answer.headers.get("etag", "-")})
    if again.status != 304:
        yield f"If-None-Match with the ticket's ETag: {again.status}"
    if "retry-after" in answer.headers:
        yield "Retry-After on a 200"
    made = world.desk.call("POST", "/api/v2/groups", json={"group": {"name": world.word()}})
    if made.status != 201 or "location" not in made.headers:
        yield "POST groups: no 201 with Location"
    if made.status == 201:
        world.made(f"/api/v2/groups/{made.json['group']['id']}")


def jobs(world: World) -> Findings:
    """A new job is queued; a done one says when and what."""
    body = {"tickets": [{"subject": world.word(), "comment": {"body": "x"}} for _ in range(2)]}
    asked = world.desk.call("POST", "/api/v2/tickets/create_many", json=body).json["job_status"]
    if asked["status"] != "queued" or not re.fullmatch(r"V3-[0-9a-f]{32}", asked["id"]):
        yield f"a new job is {asked['status']}, {asked['id']}"
    done = world.finished({"job_status": asked})
    if not re.fullmatch(r"Completed at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000", done.get("message") or ""):
        yield f"message of a done job: {done.get('message')}"
    if not all({"index", "id"} <= one.keys() for one in done["results"]):
        yield f"results of tickets/create_many: {done['results']}"
    gone = world.desk.call("DELETE", "/api/v2/tickets/destroy_many", params={"ids": world.many("ticket")})
    results = world.finished(gone.json)["results"]
    if not isinstance(results, dict | list):
        yield f"results of tickets/destroy_many: {results}"


def exports(world: World) -> Findings:
    """Ends of streams, deleted tickets, kinds of start_time."""
    deleted = world.new("deleted_ticket")
    url, pages, last, seen = "/api/v2/incremental/tickets?start_time=1", 0, {}, {}
    while not last.get("end_of_stream") and pages < 50:
        answer = world.desk.call("GET", url)
        if answer.status != 200:
            yield str(answer)
            return
        last, pages = answer.json, pages + 1
        seen |= {one["id"]: one for one in last["tickets"]}
        if not last.get("next_page") or "end_time" not in last or "count" not in last:
            yield f"{url}: next_page, end_time or count is missing"
            return
        url = last["next_page"]
    if seen.get(deleted, {}).get("status") != "deleted":
        yield "a deleted ticket isn't in the time-based export with status deleted"
    for time in ("946684800", "946684800.0", "2000-01-01T00:00:00Z"):
        page = world.desk.call("GET", f"/api/v2/incremental/tickets/cursor?start_time={time}&include=metric_sets")
        if page.status != 200:
            yield f"cursor export with start_time={time}: {page.status}"
            continue
        for name in ("after_url", "after_cursor", "before_cursor", "before_url", "end_of_stream"):
            if name not in page.json:
                yield f"cursor export: no {name}"
        first = page.json["tickets"][0]
        if not isinstance(first.get("generated_timestamp"), int) or "metric_set" not in first or "fields" not in first:
            yield "cursor export: a ticket lacks generated_timestamp, metric_set or fields"


def tolerance(world: World) -> Findings:
    """Odd things that clients send."""
    ticket = world.one("ticket")
    odd = {
        "include=None": ("GET", f"/api/v2/tickets/{ticket}?include=None", {}, 200),
        "a body on DELETE": ("DELETE", f"/api/v2/tickets/{world.new('ticket')}", {"json": {"ticket": {}}}, 204),
        'a body of "" on POST': ("POST", "/api/v2/requests", {"data": b'""', "headers": {"content-type": "application/json"}}, 422),
        "a chunked upload as JSON": (
            "POST", "/api/v2/uploads?filename=a.txt",
            {"data": iter([b"ab", b"cd"]), "headers": {"content-type": "application/json"}}, 201,
        ),
        "a multipart upload": (
            "POST", "/api/v2/uploads?filename=a.txt", {"files": {"uploaded_data": ("a.txt", b"abcd", "text/plain")}}, 201,
        ),
    }  # fmt: skip
    for what, (method, path, arguments, status) in odd.items():
        answer = world.desk.call(method, path, **arguments)
        if answer.status != status:
            yield f"{what}: {answer.status}, not {status}: {answer.content[:120]!r}"
        elif status == 201 and answer.json["upload"]["attachment"]["size"] != 4:
            yield f"{what}: {answer.json['upload']['attachment']['size']} bytes came of 4"


def tickets(world: World) -> Findings:
    """Envelopes and kinds of hits; closed is final; comments inherit; side-loads."""
    made = world.desk.call(
        "POST", "/api/v2/tickets", json={"ticket": {"subject": "x", "comment": {"body": "y", "public": False}}}
    )
    if set(made.json) < {"ticket", "audit"}:
        yield "POST tickets doesn't answer with ticket and audit"
    id_ = made.json["ticket"]["id"]
    world.made(f"/api/v2/tickets/{id_}")
    world.put(f"tickets/{id_}", {"ticket": {"comment": {"body": "z"}}})
    if world.get(f"tickets/{id_}/comments")["comments"][-1]["public"]:
        yield "a comment on a private ticket is public"
    for hit in world.get("search?query=type:ticket&per_page=3")["results"]:
        if hit.get("result_type") != "ticket":
            yield "a hit has no result_type"
    closed = world.new("solved_ticket")
    world.put(f"tickets/{closed}", {"ticket": {"status": "closed"}})
    refused = world.desk.call("PUT", f"/api/v2/tickets/{closed}", json={"ticket": {"subject": "new"}})
    if refused.status != 422 or "closed prevents ticket update" not in refused.content.decode():
        yield f"a change of a closed ticket: {refused}"
    sides = "users,groups,organizations,last_audits,metric_sets,dates,sharing_agreements,comment_count,incident_counts,brands"
    page = world.get(f"tickets?include={sides},ticket_forms,slas,nothing&per_page=2")
    for name in ("users", "groups", "organizations", "brands", "ticket_forms"):
        if not isinstance(page.get(name), list):
            yield f"tickets?include={name}: no list"
    for name in ("metric_set", "comment_count"):
        if name not in page["tickets"][0]:
            yield f"tickets?include=metric_sets,comment_count: no {name} in the ticket"
    audit = world.first(f"tickets/{id_}/audits", "audits")
    comment = next((event for event in audit["events"] if event["type"] == "Comment"), {})
    if not {"created_at", "via", "metadata"} <= audit.keys() or "body" not in comment:
        yield "an audit lacks created_at, via, metadata or its comment's body"
    counted = world.get("tickets/count")["count"]
    if set(counted) != {"value", "refreshed_at"}:
        yield f"tickets/count: {counted}"
    if (
        world.get("account/settings")["settings"].get("active_features", {}).get("organization_access_enabled")
        is not True
    ):
        yield "account/settings: no active_features.organization_access_enabled"


def idempotency(world: World) -> Findings:
    """One ticket for one key."""
    key, body = {"Idempotency-Key": world.word()}, {"ticket": {"subject": "x", "comment": {"body": "y"}}}
    answers = [world.desk.call("POST", "/api/v2/tickets", json=body, headers=key) for _ in range(2)]
    looks = [answer.headers.get("x-idempotency-lookup") for answer in answers]
    if looks != ["miss", "hit"] or answers[0].json["ticket"]["id"] != answers[1].json["ticket"]["id"]:
        yield f"the same Idempotency-Key twice: {looks}"
    body["ticket"]["subject"] = "another"
    changed = world.desk.call("POST", "/api/v2/tickets", json=body, headers=key)
    if changed.status != 400 or "IdempotentRequestError" not in changed.content.decode():
        yield f"the same Idempotency-Key with another body: {changed.status}"


def rights(world: World) -> Findings:
    """An end user sees what is theirs; somebody may act for another."""
    mail = world.get(f"users/{world.one('user')}")["user"]["email"]
    for path in ("tickets", "users", "search?query=x", "incremental/tickets?start_time=1", "audit_logs", "macros"):
        answer = world.desk.call("GET", f"/api/v2/{path}", auth=(mail, PASSWORD))
        if answer.status not in (401, 403):
            yield f"an end user's GET {path}: {answer.status}"
    behalf = world.desk.call("GET", "/api/v2/users/me", headers={"X-On-Behalf-Of": mail})
    if (behalf.json or {}).get("user", {}).get("email") != mail:
        yield f"X-On-Behalf-Of: {behalf.status} {(behalf.json or {}).get('user', {}).get('email')}"


CHECKS: list[Check] = [suffix, offset_pages, errors, headers, jobs, exports, tolerance, tickets, idempotency, rights]


def run(world: World, operations: list[Operation]) -> list[tuple[str, str, list[str]]]:
    """Name, what it says, and findings of each check."""
    results = []
    for check in CHECKS:
        try:
            found = list(check(world))
        except (Unmade, KeyError, TypeError, AttributeError, IndexError) as reason:
            found = [f"stopped: {type(reason).__name__} {reason}"[:300]]
        results.append((check.__name__, (check.__doc__ or "").strip(), found))
    results.append(("lists", (lists.__doc__ or "").strip(), list(lists(world, operations))))
    return results
