"""Operations that no specification file describes: webhooks, schedules, side conversations, calls. What must be in the answers is
said here by the keys that clients read."""

from __future__ import annotations

from conform import makers
from conform.recipe import Recipe, new, one, under, word
from conform.spec import Operation
from conform.world import World

KINDS = {"s": "string", "i": "integer", "b": "boolean", "o": "object", "a": "array", "n": "number"}


def shape(text: str) -> dict:
    """A schema from `name:kind` words; `?` after a kind lets it be null: `id:s description:s?`."""
    properties = {}
    for part in text.split():
        name, kind = part.split(":")
        properties[name] = {"type": KINDS[kind[0]], "nullable": kind.endswith("?")}
    return {"type": "object", "properties": properties, "required": list(properties)}


def wrapped(name: str, inner: dict) -> dict:
    """A schema of an object that holds another."""
    return {"type": "object", "properties": {name: inner}, "required": [name]}


def listed(name: str, inner: dict) -> dict:
    """A schema of an object that holds a list."""
    return wrapped(name, {"type": "array", "items": inner})


def operation(tag: str, key: str, status: int, schema: dict | None = None) -> Operation:
    """An operation that is described here."""
    method, path = key.split(" ", 1)
    content = {"content": {"application/json": {"schema": schema}}} if schema else {}
    return Operation(method, path, tag, {"responses": {str(status): content}})


WEBHOOK = shape(
    "id:s name:s endpoint:s http_method:s request_format:s status:s subscriptions:a created_at:s created_by:s"
)
SECRET = wrapped("signing_secret", shape("secret:s algorithm:s"))
SCHEDULE = shape("id:i name:s time_zone:s intervals:a created_at:s updated_at:s")
HOLIDAY = shape("id:i name:s start_date:s end_date:s")
SIDE = shape(
    "id:s url:s ticket_id:i subject:s? preview_text:s? state:s participants:a created_at:s updated_at:s "
    "message_added_at:s state_updated_at:s external_ids:o"
)
EVENT = shape("id:s side_conversation_id:s type:s via:s actor:o created_at:s message:o? updates:o ticket_id:i")
STARTED = {"allOf": [wrapped("side_conversation", SIDE), wrapped("event", EVENT)]}
CALL = shape("id:s app_id:i from_line:s to_line:s call_started_at:s direction:s")
CALL["properties"]["id"] = {}
VOICE_COMMENT = shape("id:i type:s public:b data:o body:s html_body:s trusted:b attachments:a created_at:s")

W, S, SIDES = "/api/v2/webhooks", "/api/v2/business_hours/schedules", "/api/v2/tickets/{ticket_id}/side_conversations"
OPERATIONS = [
    operation("Webhooks", f"GET {W}", 200, {"allOf": [listed("webhooks", WEBHOOK), wrapped("meta", shape("has_more:b"))]}),
    operation("Webhooks", f"POST {W}", 201, wrapped("webhook", WEBHOOK)),
    operation("Webhooks", f"GET {W}/{{webhook_id}}", 200, wrapped("webhook", WEBHOOK)),
    operation("Webhooks", f"PUT {W}/{{webhook_id}}", 204),
    operation("Webhooks", f"PATCH {W}/{{webhook_id}}", 204),
    operation("Webhooks", f"DELETE {W}/{{webhook_id}}", 204),
    operation("Webhooks", f"GET {W}/{{webhook_id}}/signing_secret", 200, SECRET),
    operation("Webhooks", f"POST {W}/{{webhook_id}}/signing_secret", 201, SECRET),
    operation("Webhooks", f"GET {W}/{{webhook_id}}/invocations", 200, listed("invocations", shape("id:s status:s"))),
    operation("Webhooks", f"POST {W}/test", 200, wrapped("response", shape("headers:a status_code:i payload:s"))),
    operation("Schedules", f"GET {S}", 200, listed("schedules", SCHEDULE)),
    operation("Schedules", f"POST {S}", 201, wrapped("schedule", SCHEDULE)),
    operation("Schedules", f"GET {S}/{{schedule_id}}", 200, wrapped("schedule", SCHEDULE)),
    operation("Schedules", f"PUT {S}/{{schedule_id}}", 200, wrapped("schedule", SCHEDULE)),
    operation("Schedules", f"DELETE {S}/{{schedule_id}}", 204),
    operation("Schedules", f"PUT {S}/{{schedule_id}}/workweek", 200, wrapped("workweek", shape("intervals:a"))),
    operation("Schedules", f"GET {S}/{{schedule_id}}/holidays", 200, listed("holidays", HOLIDAY)),
    operation("Schedules", f"POST {S}/{{schedule_id}}/holidays", 201, wrapped("holiday", HOLIDAY)),
    operation("Schedules", f"GET {S}/{{schedule_id}}/holidays/{{holiday_id}}", 200, wrapped("holiday", HOLIDAY)),
    operation("Schedules", f"PUT {S}/{{schedule_id}}/holidays/{{holiday_id}}", 200, wrapped("holiday", HOLIDAY)),
    operation("Schedules", f"DELETE {S}/{{schedule_id}}/holidays/{{holiday_id}}", 204),
    operation("Side Conversations", f"GET {SIDES}", 200, listed("side_conversations", SIDE)),
    operation("Side Conversations", f"POST {SIDES}", 201, STARTED),
    operation("Side Conversations", f"GET {SIDES}/{{side_conversation_id}}", 200, wrapped("side_conversation", SIDE)),
    operation("Side Conversations", f"PUT {SIDES}/{{side_conversation_id}}", 200, wrapped("side_conversation", SIDE)),
    operation("Side Conversations", f"POST {SIDES}/{{side_conversation_id}}/reply", 201, STARTED),
    operation("Side Conversations", f"GET {SIDES}/{{side_conversation_id}}/events", 200, listed("events", EVENT)),
    operation(
        "Side Conversations", "POST /api/v2/tickets/side_conversations/attachments", 201,
        wrapped("attachment", shape("id:s")),
    ),
    operation("Calls", "POST /api/v2/calls", 201, wrapped("call", CALL)),
    operation("Calls", "GET /api/v2/calls/{call_id}", 200, wrapped("call", CALL)),
    operation("Calls", "PATCH /api/v2/calls/{call_id}", 200, wrapped("call", CALL)),
    operation("Calls", "POST /api/v2/calls/{call_id}/comments", 201, VOICE_COMMENT),
    operation("Voice", "GET /api/v2/channels/voice/phone_numbers", 200, listed("phone_numbers", shape("id:i number:s"))),
]  # fmt: skip


def holiday(world: World) -> int:
    """A day off in the shared schedule."""
    path = f"business_hours/schedules/{world.one('schedule')}/holidays"
    return world.post(path, holiday_body(world), "holiday")["id"]


def holiday_body(world: World) -> dict:
    """A day off."""
    return {"holiday": {"name": world.word("Day"), "start_date": "2027-02-24", "end_date": "2027-02-24"}}


def message(world: World) -> dict:
    """What a side conversation begins with."""
    return {"message": {"subject": world.word(), "body": "May I?", "to": [{"email": "partner@example.com"}]}}


def credentials(world: World) -> dict:
    """What an OAuth client shows for a token of its own."""
    answer = world.desk.call("POST", "/api/v2/oauth/clients", json={"client": makers.client_body(world)})
    client = world.expect(answer)["client"]
    return {
        "grant_type": "client_credentials", "client_id": client["identifier"], "client_secret": client["secret"],
        "scope": "read write",
    }  # fmt: skip


makers.MAKERS["holiday"] = holiday
RECIPES: dict[str, Recipe] = {
    f"POST {W}": Recipe(lambda w: {"webhook": makers.webhook_body(w)}),
    f"PUT {W}/{{webhook_id}}": Recipe(lambda w: {"webhook": makers.webhook_body(w)}),
    f"PATCH {W}/{{webhook_id}}": Recipe(under("webhook", name=word)),
    f"POST {W}/test": Recipe(lambda _: {"request": {}}, query=lambda w: {"webhook_id": w.one("webhook")}),
    f"POST {S}": Recipe(under("schedule", name=word, time_zone="Tallinn")),
    f"PUT {S}/{{schedule_id}}": Recipe(under("schedule", name=word)),
    f"PUT {S}/{{schedule_id}}/workweek": Recipe(under("workweek", intervals=[{"start_time": 1980, "end_time": 2460}])),
    f"POST {S}/{{schedule_id}}/holidays": Recipe(holiday_body),
    f"PUT {S}/{{schedule_id}}/holidays/{{holiday_id}}": Recipe(under("holiday", name=word)),
    f"POST {SIDES}": Recipe(message),
    f"PUT {SIDES}/{{side_conversation_id}}": Recipe(under("side_conversation", state="closed")),
    f"POST {SIDES}/{{side_conversation_id}}/reply": Recipe(
        lambda _: {"message": {"body": "And?", "to": [{"email": "partner@example.com"}]}}
    ),
    "POST /api/v2/tickets/side_conversations/attachments": Recipe(
        files=lambda _: {"file": ("note.txt", b"some text", "text/plain")}
    ),
    "POST /api/v2/calls": Recipe(lambda w: {"call": makers.call_body(w)}),
    "PATCH /api/v2/calls/{call_id}": Recipe(under("call", call_ended_at="2026-01-02T03:14:05Z")),
    "POST /api/v2/calls/{call_id}/comments": Recipe(
        lambda w: {"title": w.word("Call"), "call_fields": ["from_line", "to_line"], "author_id": w.one("me")},
        params={"call_id": new("call")},
    ),
    "POST /oauth/tokens": Recipe(credentials, status=(200,)),
    f"GET {W}": Recipe(before=one("webhook")),
}
