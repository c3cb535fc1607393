"""A customer who sits at a device, and rule sets put in force as two people would."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from paydesk.approvals import actions as approvals
from paydesk.money.risk import actions
from paydesk.money.risk.models import RuleSet
from paydesk.people import presence
from tests.factories import StaffFactory


@contextmanager
def seated(
    *, device_since: datetime | None = None, stepped_up_at: datetime | None = None
) -> Iterator[None]:
    """Somebody sits in a session that knows this much of them."""
    here = presence.Presence(device_since, stepped_up_at)
    with presence.of(lambda: here):
        yield


def rule(code: str, decision: str, when: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One rule as data."""
    return {"code": code, "decision": decision, "explain": "speed", "when": when} | more


def in_force(staff: StaffFactory, *rules: dict[str, Any], brand: str = "topay") -> RuleSet:
    """A set of rules, drafted by one supervisor and switched on by another."""
    one, two = (staff(role="supervisor", brands=[brand]) for _ in range(2))
    made = actions.draft(brand=brand, rules=rules, staff=one)
    asked = actions.ask_to_switch_on(made, staff=one)
    approvals.decide(asked, staff=two, approve=True)
    made.refresh_from_db()
    return made
