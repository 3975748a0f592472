"""Which of the specified operations the desk promises, by tag; and what of these tags it does not."""

from __future__ import annotations

import re

from conform.spec import Operation

"""Tags of the API's first two tiers, and of what belongs to them. The help center comes with the help center."""
TAGS = {
    "Account Settings", "Activity Stream", "Attachments", "Audit Logs", "Automations", "Basics", "Brands",
    "Custom Roles", "Custom Ticket Statuses", "Dynamic Content", "Dynamic Content Item Variants", "Grant Type Tokens",
    "Group Memberships", "Groups", "Incremental Export", "Incremental Skill Based Routing", "Job Statuses", "Locales",
    "Macros", "OAuth Clients", "OAuth Tokens", "Organization Fields", "Organization Memberships",
    "Organization Subscriptions", "Organizations", "Requests", "SLA Policies", "Satisfaction Ratings",
    "Satisfaction Reasons", "Search", "Sessions", "Skill Based Routing", "Support Addresses", "Suspended Tickets", "Tags",
    "Ticket Audits", "Ticket Comments", "Ticket Fields", "Ticket Form Statuses", "Ticket Forms", "Ticket Import",
    "Ticket Metric Events", "Ticket Metrics", "Ticket Skips", "Tickets", "Trigger Categories", "Triggers", "User Fields",
    "User Identities", "User Passwords", "Users", "Views",
}  # fmt: skip

"""Operations of these tags that belong to products which a desk hasn't got (yet), and why."""
LEFT_OUT = {
    r".*/chat_(file_)?redactions/.*": "Zendesk Chat",
    r".*/messaging/conversations/.*": "Sunshine Conversations",
    r".*/entitlements/full": "staff service of Zendesk's account system",
    r"GET /api/v2/groups/available_agents": "agent availability comes with routing",
    r".*/account/email_settings": "not among the listed endpoints: a desk's mail is set in mail_settings",
    r".*/compliance_deletion_statuses": "data deletion across Zendesk's products",
    r".*/check_host_mapping": "Zendesk's host names",
    r".*/brands/\{brand_id\}/logo": "logos come with the help center",
    r".*/routing/agents/instance_values(/jobs)?$": "skills of many agents at once: newer than the listed endpoints",
}


def left_out(operation: Operation) -> str | None:
    """Why an operation of a covered tag isn't counted, if so."""
    return next((why for pattern, why in LEFT_OUT.items() if re.fullmatch(pattern, operation.key)), None)


def is_covered(operation: Operation) -> bool:
    """Whether the desk promises this operation."""
    return operation.tag in TAGS and left_out(operation) is None
