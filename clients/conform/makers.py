"""How to make each kind of thing that a call may need; a maker gives its id."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from conform.world import PASSWORD, Unmade, World
from desk import send_mail

Maker = Callable[[World], Any]


def simple(path: str, wrapper: str, body: Callable[[World], Any], delete: str | None = None) -> Maker:
    """POST `path` with the body under `wrapper`."""
    return lambda world: world.post(path, {wrapper: body(world)}, wrapper, delete)["id"]


def listed(path: str, wrapper: str, key: str = "id") -> Maker:
    """The first of a list that the desk fills by itself."""
    return lambda world: world.first(path, wrapper)[key]


def user(world: World) -> Any:
    """An end user who can sign in."""
    body = {"name": world.word("User"), "email": world.email(), "password": PASSWORD, "verified": True}
    return world.post("users", {"user": body}, "user")["id"]


def agent(world: World) -> Any:
    """An agent."""
    body = {"name": world.word("Agent"), "email": world.email(), "role": "agent", "verified": True}
    return world.post("users", {"user": body}, "user")["id"]


def new_ticket(world: World, **more: Any) -> dict[str, Any]:
    """A ticket of the run's end user."""
    body = {
        "subject": f"The printer {world.word()}",
        "comment": {"body": "It smokes."},
        "requester_id": world.one("user"),
        "tags": [world.word("tag")],
        **more,
    }
    return world.post("tickets", {"ticket": body}, "ticket")


def deleted_ticket(world: World) -> Any:
    """A ticket in the bin."""
    id_ = new_ticket(world)["id"]
    world.desk.call("DELETE", f"/api/v2/tickets/{id_}")
    return id_


def deleted_user(world: World) -> Any:
    """An end user who was deleted, not for good."""
    id_ = world.new("user")
    world.expect(world.desk.call("DELETE", f"/api/v2/users/{id_}"))
    return id_


def upload(world: World) -> str:
    """The token of an uploaded file."""
    answer = world.desk.call(
        "POST", "/api/v2/uploads?filename=note.txt", data=b"some text", headers={"content-type": "text/plain"}
    )
    return world.expect(answer)["upload"]["token"]


def comment_with_file(world: World) -> tuple[Any, Any, Any]:
    """Ticket, comment and attachment."""
    id_ = new_ticket(world, comment={"body": "See the file.", "uploads": [upload(world)]})["id"]
    for comment in world.get(f"tickets/{id_}/comments")["comments"]:
        for attachment in comment["attachments"]:
            return id_, comment["id"], attachment["id"]
    raise Unmade(f"ticket {id_} has no attachment")


def audit(world: World) -> Any:
    """An audit of the shared ticket."""
    return world.first(f"tickets/{world.one('ticket')}/audits", "audits")["id"]


def custom_field(path: str, wrapper: str) -> Maker:
    """A drop-down field with two options."""

    def make(world: World) -> Any:
        options = [{"name": f"Option {n}", "value": world.word("option")} for n in (1, 2)]
        kind = "tagger" if wrapper == "ticket_field" else "dropdown"
        body = {"type": kind, "title": world.word("Field"), "custom_field_options": options}
        if wrapper != "ticket_field":
            body["key"] = world.word("key")
        return world.post(path, {wrapper: body}, wrapper)["id"]

    return make


def option(path: str, field: str) -> Maker:
    """An option of the shared field."""
    return lambda world: world.first(f"{path}/{world.one(field)}/options", "custom_field_options")["id"]


def membership(path: str, other: str) -> Maker:
    """Somebody new in the shared group or organization."""
    wrapper = path.removesuffix("s")

    def make(world: World) -> Any:
        who = world.new("agent" if other == "group" else "user")
        body = {"user_id": who, f"{other}_id": world.one(other)}
        return world.post(path, {wrapper: body}, wrapper)["id"]

    return make


def rule_body(world: World) -> dict[str, Any]:
    """A trigger that never fires."""
    return {
        "title": world.word("Trigger"),
        "conditions": {"all": [{"field": "current_tags", "operator": "includes", "value": world.word("never")}]},
        "actions": [{"field": "priority", "value": "high"}],
    }


def automation_body(world: World) -> dict[str, Any]:
    """An automation that never fires."""
    return {
        "title": world.word("Automation"),
        "conditions": {
            "all": [
                {"field": "status", "operator": "is", "value": "open"},
                {"field": "OPEN", "operator": "is", "value": "700"},
                {"field": "current_tags", "operator": "includes", "value": world.word("never")},
            ]
        },
        "actions": [{"field": "priority", "value": "high"}],
    }


def view_body(world: World) -> dict[str, Any]:
    """A view of open tickets."""
    return {
        "title": world.word("View"),
        "all": [{"field": "status", "operator": "less_than", "value": "solved"}],
        "output": {"columns": ["subject", "requester", "status"]},
    }


def macro_body(world: World) -> dict[str, Any]:
    """A macro that solves."""
    return {"title": world.word("Macro"), "actions": [{"field": "status", "value": "solved"}]}


def sla_body(world: World) -> dict[str, Any]:
    """A policy for urgent tickets."""
    return {
        "title": world.word("Policy"),
        "description": "For urgent tickets",
        "filter": {"all": [{"field": "current_tags", "operator": "includes", "value": world.word("never")}], "any": []},
        "policy_metrics": [
            {"priority": "urgent", "metric": "first_reply_time", "target": 60, "business_hours": False},
            {"priority": "high", "metric": "requester_wait_time", "target": 120, "business_hours": False},
        ],
    }


def rated_ticket(world: World) -> Any:
    """A solved ticket whose requester was content."""
    id_ = new_ticket(world, status="solved", assignee_id=world.one("me"))["id"]
    mail = world.get(f"users/{world.one('user')}")["user"]["email"]
    body = {"satisfaction_rating": {"score": "good", "comment": "Quick"}}
    rated = world.desk.call("POST", f"/api/v2/tickets/{id_}/satisfaction_rating", json=body, auth=(mail, PASSWORD))
    return world.expect(rated)["satisfaction_rating"]["id"]


def variant(world: World) -> Any:
    """A variant of the shared item, in a second language."""
    path = f"dynamic_content/items/{world.one('dynamic_content_item')}/variants"
    return world.first(path, "variants")["id"]


def activity(world: World) -> Any:
    """A colleague gave the administrator a ticket."""
    colleague = ("agent1@tugi.test", "tugi-demo")
    new_ticket(world, assignee_id=world.one("me"), priority="urgent")
    id_ = new_ticket(world)["id"]
    body = {"ticket": {"assignee_id": world.one("me"), "comment": {"body": "Yours"}}}
    world.expect(world.desk.call("PUT", f"/api/v2/tickets/{id_}", json=body, auth=colleague))
    return world.first("activities", "activities")["id"]


def job(world: World) -> Any:
    """A job that has run."""
    body = {"tickets": [{"subject": world.word(), "comment": {"body": "x"}}]}
    return world.finished(world.expect(world.desk.call("POST", "/api/v2/tickets/create_many", json=body)))["id"]


def request(world: World) -> Any:
    """A ticket as its requester sees it."""
    return new_ticket(world)["id"]


def suspended(world: World) -> Any:
    """A mail that was held back, of a sender whose mails are."""
    if world.desk.smtp is None:
        raise Unmade("where the desk receives mail isn't known (--smtp)")
    body = {"sender_list": {"pattern": "held@example.com", "kind": "block"}}
    world.desk.call("POST", "/api/v2/sender_lists", json=body)
    subject = world.word("Held")
    send_mail(world.desk, "Held <held@example.com>", subject)
    for _ in range(100):
        held = world.get("suspended_tickets?per_page=100")["suspended_tickets"]
        found = [one["id"] for one in held if one["subject"] == subject]
        if found:
            return found[0]
        time.sleep(0.1)
    raise Unmade("the mail isn't among suspended_tickets")


def attribute_value(world: World) -> Any:
    """A value of the shared skill."""
    path = f"routing/attributes/{world.one('attribute')}/values"
    return world.post(path, {"attribute_value": {"name": world.word("Skill")}}, "attribute_value")["id"]


def form_status(world: World) -> Any:
    """A status of the shared form."""
    path = f"ticket_forms/{world.one('ticket_form')}/ticket_form_statuses"
    body = {"ticket_form_status": [{"custom_status_id": world.one("custom_status")}]}
    world.expect(world.desk.call("POST", f"/api/v2/{path}", json=body))
    return world.first(path, "ticket_form_statuses")["id"]


def organization_merge(world: World) -> Any:
    """A merge of two organizations."""
    loser, winner = world.new("organization"), world.one("organization")
    body = {"organization_merge": {"winner_id": winner}}
    answer = world.desk.call("POST", f"/api/v2/organizations/{loser}/merge", json=body)
    return world.expect(answer)["organization_merge"]["id"]


def subscription_body(world: World) -> dict[str, Any]:
    """A member of the shared organization who wants to hear of its tickets."""
    membership = world.new("organization_membership")
    found = world.get(f"organization_memberships/{membership}")["organization_membership"]
    return {"user_id": found["user_id"], "organization_id": found["organization_id"]}


def client_body(world: World) -> dict[str, Any]:
    """An OAuth client."""
    word = world.word("client")
    return {"name": word, "identifier": word, "kind": "confidential", "redirect_uri": ["https://example.com/back"]}


def oauth_token(world: World) -> dict[str, Any]:
    """A token of the shared client, in full."""
    body = {"token": {"client_id": world.one("oauth_client"), "scopes": ["read", "write"]}}
    return world.post("oauth/tokens", body, "token")


def side_conversation(world: World) -> Any:
    """A side conversation of the shared ticket."""
    body = {"message": {"subject": world.word(), "body": "May I?", "to": [{"email": "partner@example.com"}]}}
    path = f"/api/v2/tickets/{world.one('ticket')}/side_conversations"
    return world.expect(world.desk.call("POST", path, json=body))["side_conversation"]["id"]


def webhook_body(world: World) -> dict[str, Any]:
    """A webhook whose address nobody answers at."""
    return {
        "name": world.word("Webhook"),
        "endpoint": "https://example.com/hook",
        "http_method": "POST",
        "request_format": "json",
        "status": "active",
        "subscriptions": ["zen:event-type:user.created"],
    }


def call_body(world: World) -> dict[str, Any]:
    """A call that came in."""
    return {
        "app_id": 1,
        "from_line": "+3725550001",
        "to_line": "+3725550002",
        "call_started_at": "2026-01-02T03:04:05+01:00",
        "direction": "inbound",
    }


MAKERS: dict[str, Maker] = {
    "me": lambda world: world.get("users/me")["user"]["id"],
    "user": user,
    "agent": agent,
    "deleted_user": deleted_user,
    "organization": simple("organizations", "organization", lambda w: {"name": w.word("Org")}),
    "group": simple("groups", "group", lambda w: {"name": w.word("Group")}),
    "ticket": lambda world: new_ticket(world)["id"],
    "deleted_ticket": deleted_ticket,
    "incident": lambda world: new_ticket(world, type="incident", problem_id=world.one("problem"))["id"],
    "problem": lambda world: new_ticket(world, type="problem")["id"],
    "solved_ticket": lambda world: new_ticket(world, status="solved", assignee_id=world.one("me"))["id"],
    "upload": upload,
    "file": comment_with_file,
    "ticket_comment": lambda world: world.first(f"tickets/{world.one('ticket')}/comments", "comments")["id"],
    "ticket_audit": audit,
    "ticket_metric": listed("ticket_metrics", "ticket_metrics"),
    "ticket_field": custom_field("ticket_fields", "ticket_field"),
    "user_field": custom_field("user_fields", "user_field"),
    "organization_field": custom_field("organization_fields", "organization_field"),
    "ticket_field_option": option("ticket_fields", "ticket_field"),
    "user_field_option": option("user_fields", "user_field"),
    "ticket_form": simple("ticket_forms", "ticket_form", lambda w: {"name": w.word("Form"), "end_user_visible": True}),
    "ticket_form_status": form_status,
    "brand": simple("brands", "brand", lambda w: {"name": w.word("Brand"), "subdomain": w.word("b").replace("_", "-")}),
    "group_membership": membership("group_memberships", "group"),
    "organization_membership": membership("organization_memberships", "organization"),
    "organization_subscription": simple("organization_subscriptions", "organization_subscription", subscription_body),
    "organization_merge": organization_merge,
    "view": simple("views", "view", view_body),
    "macro": simple("macros", "macro", macro_body),
    "trigger": simple("triggers", "trigger", rule_body),
    "trigger_category": simple("trigger_categories", "trigger_category", lambda w: {"name": w.word("Category")}),
    "automation": simple("automations", "automation", automation_body),
    "sla_policy": simple("slas/policies", "sla_policy", sla_body),
    "custom_status": simple(
        "custom_statuses",
        "custom_status",
        lambda w: {"agent_label": w.word("Status"), "status_category": "open", "active": True},
    ),
    "custom_role": simple("custom_roles", "custom_role", lambda w: {"name": w.word("Role"), "description": "x"}),
    "locale": listed("locales", "locales"),
    "support_address": simple(
        "recipient_addresses", "recipient_address", lambda w: {"name": w.word(), "email": f"{w.word()}@tugi.test"}
    ),
    "dynamic_content_item": simple(
        "dynamic_content/items",
        "item",
        lambda w: {
            "name": w.word("Item"),
            "default_locale_id": 1,
            "variants": [{"locale_id": 1, "default": True, "content": "Hi"}],
        },
    ),
    "dynamic_content_variant": variant,
    "user_identity": lambda world: world.first(f"users/{world.one('user')}/identities", "identities")["id"],
    "satisfaction_rating": rated_ticket,
    "satisfaction_reason": listed("satisfaction_reasons", "reasons"),
    "activity": activity,
    "audit_log": listed("audit_logs", "audit_logs"),
    "job_status": job,
    "request": request,
    "suspended_ticket": suspended,
    "attribute": simple("routing/attributes", "attribute", lambda w: {"name": w.word("Language")}),
    "attribute_value": attribute_value,
    "oauth_client": simple("oauth/clients", "client", client_body),
    "oauth_token": lambda world: oauth_token(world)["id"],
    "bearer": lambda world: oauth_token(world)["full_token"],
    "session": lambda world: world.first("sessions", "sessions")["id"],
    "bookmark": lambda world: world.post("bookmarks", {"bookmark": {"ticket_id": world.one("ticket")}}, "bookmark")[
        "id"
    ],
    "webhook": simple("webhooks", "webhook", webhook_body),
    "side_conversation": side_conversation,
    "call": lambda world: world.post("calls", {"call": call_body(world)}, "call", delete="")["id"],
    "schedule": simple("business_hours/schedules", "schedule", lambda w: {"name": w.word(), "time_zone": "Tallinn"}),
}
