"""Calls about views, macros, triggers, automations, SLA policies and the desk's settings."""

from __future__ import annotations

from conform import makers
from conform.people import Pair
from conform.recipe import Recipe, ids, new, one, shared, under, word
from conform.world import World

FILE = {"attachment": ("note.txt", b"some text", "text/plain")}


def many(wrapper: str, kind: str, **values: object):  # noqa: ANN201 - a body
    """A body for `update_many`: the same values for two new things."""
    return lambda world: {wrapper: [{"id": world.new(kind), **values} for _ in range(2)]}


def order_of(path: str, wrapper: str, key: str):  # noqa: ANN201 - a body
    """All ids of a list, in its order."""
    return lambda world: {key: [found["id"] for found in world.get(path)[wrapper]]}


def rule_recipes(plural: str, body) -> dict[str, Recipe]:  # noqa: ANN001 - a body
    """What triggers, automations, macros and views have in common."""
    kind, path = plural.removesuffix("s"), f"/api/v2/{plural}"
    return {
        f"POST {path}": Recipe(lambda w: {kind: body(w)}, status=(201,)),
        f"PUT {path}/{{{kind}_id}}": Recipe(lambda w: {kind: {**body(w), "title": w.word()}}),
        f"PUT {path}/update_many": Recipe(many(plural, kind, position=9999)),
        f"DELETE {path}/destroy_many": Recipe(query=ids(kind)),
        f"GET {path}/search": Recipe(query={"query": "conform"}, before=one(kind)),
        f"GET {path}": Recipe(before=one(kind)),
        f"GET {path}/active": Recipe(before=one(kind)),
    }


def preview(world: World) -> dict:
    """A view that isn't kept."""
    view = makers.view_body(world)
    return {"view": {"all": view["all"], "output": view["output"]}}


def second_variant(world: World) -> dict:
    """The item's text in another language."""
    return {"variant": {"locale_id": other_locale(world), "content": "Tere", "active": True, "default": False}}


def other_locale(world: World) -> int:
    """A language that isn't the first."""
    return world.first("locales", "locales", lambda found: found["id"] != 1)["id"]


def item_with_two(world: World) -> tuple:
    """A new item and a variant of it that isn't its default."""
    item = world.new("dynamic_content_item")
    path = f"/api/v2/dynamic_content/items/{item}/variants"
    return item, world.expect(world.desk.call("POST", path, json=second_variant(world)))["variant"]["id"]


def macro_file(world: World) -> int:
    """A file of the shared macro."""
    path = f"/api/v2/macros/{world.one('macro')}/attachments"
    answer = world.desk.call("POST", path, files={**FILE, "filename": (None, "note.txt")})
    return world.expect(answer)["macro_attachment"]["id"]


ITEMS = "/api/v2/dynamic_content/items"
RECIPES: dict[str, Recipe] = {
    **rule_recipes("views", makers.view_body),
    **rule_recipes("macros", makers.macro_body),
    **rule_recipes("triggers", makers.rule_body),
    **rule_recipes("automations", makers.automation_body),
    "GET /api/v2/views/count_many": Recipe(query=shared("view")),
    "GET /api/v2/views/show_many": Recipe(query=shared("view")),
    "POST /api/v2/views/preview": Recipe(preview),
    "POST /api/v2/views/preview/count": Recipe(preview),
    "GET /api/v2/macros/new": Recipe(query=lambda w: {"macro_id": w.one("macro"), "ticket_id": w.one("ticket")}),
    "GET /api/v2/macros/{macro_id}/attachments": Recipe(before=macro_file),
    "POST /api/v2/macros/{macro_id}/attachments": Recipe(files=lambda _: {**FILE, "filename": (None, "note.txt")}),
    "POST /api/v2/macros/attachments": Recipe(files=lambda _: {**FILE, "filename": (None, "note.txt")}),
    "GET /api/v2/macros/attachments/{attachment_id}": Recipe(params={"attachment_id": macro_file}),
    "PUT /api/v2/triggers/reorder": Recipe(order_of("triggers?per_page=100", "triggers", "trigger_ids")),
    "GET /api/v2/triggers/{trigger_id}/revisions/{trigger_revision_id}": Recipe(
        params={
            "trigger_revision_id": lambda w: w.first(f"triggers/{w.one('trigger')}/revisions", "trigger_revisions")[
                "id"
            ]
        }
    ),
    "POST /api/v2/trigger_categories": Recipe(under("trigger_category", name=word)),
    "PATCH /api/v2/trigger_categories/{trigger_category_id}": Recipe(under("trigger_category", name=word)),
    "POST /api/v2/trigger_categories/jobs": Recipe(
        lambda w: {
            "job": {
                "action": "patch",
                "items": {
                    "trigger_categories": [{"id": str(w.one("trigger_category")), "position": 1}],
                    "triggers": [],
                },
            }
        }
    ),
    "POST /api/v2/slas/policies": Recipe(lambda w: {"sla_policy": makers.sla_body(w)}),
    "PUT /api/v2/slas/policies/{sla_policy_id}": Recipe(lambda w: {"sla_policy": makers.sla_body(w)}),
    "PUT /api/v2/slas/policies/reorder": Recipe(order_of("slas/policies", "sla_policies", "sla_policy_ids")),
    "GET /api/v2/slas/policies": Recipe(before=one("sla_policy")),
    "GET /api/v2/activities": Recipe(before=one("activity")),
    "PUT /api/v2/account/settings": Recipe(under("settings", tickets={"markdown_ticket_comments": False})),
    "PUT /api/v2/custom_status/default": Recipe(lambda w: {"ids": str(w.one("custom_status"))}),
    "POST /api/v2/custom_statuses": Recipe(under("custom_status", agent_label=word, status_category="open")),
    "PUT /api/v2/custom_statuses/{custom_status_id}": Recipe(under("custom_status", agent_label=word)),
    "DELETE /api/v2/custom_statuses/{custom_status_id}": Recipe(),
    "POST /api/v2/custom_statuses/{custom_status_id}/ticket_form_statuses": Recipe(
        lambda w: {"ticket_form_status": [{"ticket_form_id": w.new("ticket_form")}]}
    ),
    "POST /api/v2/brands": Recipe(under("brand", name=word, subdomain=lambda w: w.word("b").replace("_", "-"))),
    "PUT /api/v2/brands/{brand_id}": Recipe(under("brand", name=word)),
    "GET /api/v2/brands/check_host_mapping": Recipe(query={"host_mapping": "help.example.com", "subdomain": "tugi"}),
    "POST /api/v2/recipient_addresses": Recipe(
        under("recipient_address", name=word, email=lambda w: f"{w.word()}@tugi.test")
    ),
    "PUT /api/v2/recipient_addresses/{support_address_id}": Recipe(under("recipient_address", name=word)),
    "PUT /api/v2/recipient_addresses/{support_address_id}/verify": Recipe(lambda _: {"type": "forwarding"}),
    f"POST {ITEMS}": Recipe(
        under("item", name=word, default_locale_id=1, variants=[{"locale_id": 1, "default": True, "content": "Hello"}])
    ),
    f"PUT {ITEMS}/{{dynamic_content_item_id}}": Recipe(under("item", name=word)),
    f"GET {ITEMS}/show_many": Recipe(query=lambda w: {"identifiers": identifier(w)}),
    f"POST {ITEMS}/{{dynamic_content_item_id}}/variants": Recipe(
        second_variant, params={"dynamic_content_item_id": new("dynamic_content_item")}
    ),
    f"PUT {ITEMS}/{{dynamic_content_item_id}}/variants/{{dynamic_content_variant_id}}": Recipe(
        under("variant", content="Hi again")
    ),
    f"DELETE {ITEMS}/{{dynamic_content_item_id}}/variants/{{dynamic_content_variant_id}}": Recipe(
        params=Pair(item_with_two).params("dynamic_content_item_id", "dynamic_content_variant_id")
    ),
    f"POST {ITEMS}/{{dynamic_content_item_id}}/variants/create_many": Recipe(
        lambda w: {"variants": [second_variant(w)["variant"]]},
        params={"dynamic_content_item_id": new("dynamic_content_item")},
    ),
    f"PUT {ITEMS}/{{dynamic_content_item_id}}/variants/update_many": Recipe(
        lambda w: {"variants": [{"id": w.one("dynamic_content_variant"), "content": "Hi once more", "active": True}]}
    ),
    "GET /api/v2/locales/detect_best_locale": Recipe(query={"available_locales[]": ["et", "en"]}),
    "PUT /api/v2/suspended_tickets/{id}/recover": Recipe(params={"id": new("suspended_ticket")}),
    "PUT /api/v2/suspended_tickets/bulk_recover": Recipe(lambda _: {}, query=ids("suspended_ticket", 1)),
    "PUT /api/v2/suspended_tickets/recover_many": Recipe(query=ids("suspended_ticket", 1)),
    "DELETE /api/v2/suspended_tickets/destroy_many": Recipe(query=ids("suspended_ticket", 1)),
    "POST /api/v2/suspended_tickets/attachments": Recipe(lambda w: {"ids": [w.new("suspended_ticket")]}),
    "POST /api/v2/routing/attributes": Recipe(under("attribute", name=word)),
    "PUT /api/v2/routing/attributes/{attribute_id}": Recipe(under("attribute", name=word)),
    "POST /api/v2/routing/attributes/{attribute_id}/values": Recipe(under("attribute_value", name=word)),
    "PATCH /api/v2/routing/attributes/{attribute_id}/values/{attribute_value_id}": Recipe(
        under("attribute_value", name=word)
    ),
    "POST /api/v2/routing/agents/{user_id}/instance_values": Recipe(
        lambda w: {"attribute_value_ids": [w.one("attribute_value")]}, params={"user_id": one("agent")}
    ),
    "GET /api/v2/routing/agents/{user_id}/instance_values": Recipe(params={"user_id": one("agent")}),
    "GET /api/v2/routing/agents/instance_values": Recipe(query=lambda w: {"filter[agent_ids]": w.one("agent")}),
    "POST /api/v2/routing/agents/instance_values/jobs": Recipe(
        lambda w: {
            "job": {
                "action": "upsert",
                "attributes": {"agents": [], "type": "agent"},
                "items": [{"agent_id": w.one("agent"), "attribute_value_ids": [w.one("attribute_value")]}],
            }
        }
    ),
    "POST /api/v2/routing/tickets/{ticket_id}/instance_values": Recipe(
        lambda w: {"attribute_value_ids": [w.one("attribute_value")]}
    ),
    "GET /api/v2/routing/requirements/fulfilled": Recipe(query=lambda w: {"ticket_ids": w.one("ticket")}),
    "POST /api/v2/channels/voice/agents/{agent_id}/tickets/{ticket_id}/display": Recipe(),
    "POST /api/v2/channels/voice/agents/{agent_id}/users/{user_id}/display": Recipe(),
    "POST /api/v2/channels/voice/tickets": Recipe(
        lambda w: {
            "ticket": {
                "via_id": 45,
                "subject": w.word("Call"),
                "comment": {"body": "Asked for help"},
                "priority": "urgent",
            }
        }
    ),
    "POST /api/v2/bookmarks": Recipe(under("bookmark", ticket_id=one("ticket"))),
}


def identifier(world: World) -> str:
    """The identifier of the shared item."""
    item = world.get(f"dynamic_content/items/{world.one('dynamic_content_item')}")["item"]
    return item["placeholder"].removeprefix("{{dc.").removesuffix("}}")
