"""Everything that changes rules and screening hits. Each is one transaction with audit.

No money moves here. Reviews are opened and closed by payments, with the money (recording.py).
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from procrastinate.contrib.django import app as jobs

from paydesk.approvals import actions as approvals
from paydesk.approvals import queries as approvals_queries
from paydesk.approvals.models import Request, State
from paydesk.audit import actions as audit
from paydesk.kit import clock, shield
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.money.risk import lists, reading
from paydesk.money.risk.models import (
    DryRun,
    Hit,
    HitState,
    RuleSet,
    RuleSetState,
)
from paydesk.people import actions as people_actions
from paydesk.people import permissions
from paydesk.people import queries as people
from paydesk.people.models import Customer, RestrictionKind, Scope, StaffMember
from paydesk.people.permissions import Permission

SWITCH_ON = "risk.switch_on"
"""Action code of the approval that switching rules on needs; its subject is `ruleset:<uuid>`."""
DRY_RUN = "risk.dry_run"
MOST_DAYS = 90


class NotPossible(ValueError):
    """The rule set or review is not in a state for this; the argument says which."""


def draft(
    *, brand: str, rules: Sequence[Mapping[str, Any]], staff: StaffMember, note: str = ""
) -> RuleSet:
    """Store rules as the brand's next version, not in force. Raises RuleFault, PermissionDenied."""
    permissions.require(staff, brand, Permission.RISK_EDIT)
    reading.read(0, rules)
    with transaction.atomic():
        last = RuleSet.objects.filter(brand=brand).aggregate(last=Max("version"))["last"]
        made = RuleSet.objects.create(
            brand=brand,
            version=(last or 0) + 1,
            rules=list(rules),
            note=shield.mask(" ".join(note.split())).text[:200],
            made_by=staff,
        )
        _record(made, Actor(ActorKind.STAFF, staff.id, brand), "risk.drafted")
    return made


def ask_for_dry_run(ruleset: RuleSet, *, days: int, staff: StaffMember) -> DryRun:
    """Try the rules on the last `days` days, as a job. Raises PermissionDenied, ValueError."""
    permissions.require(staff, ruleset.brand, Permission.RISK_VIEW)
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(f"a dry run looks back 1 to {MOST_DAYS} days")
    now = clock.now()
    with transaction.atomic():
        run = DryRun.objects.create(
            brand=ruleset.brand,
            ruleset=ruleset,
            since=now - timedelta(days=days),
            until=now,
            asked_by=staff,
            asked_at=now,
        )
        jobs.configure_task(name=DRY_RUN).defer(dry_run_id=str(run.id))
        audit.record(
            brand=ruleset.brand,
            actor=Actor(ActorKind.STAFF, staff.id, ruleset.brand),
            action="risk.dry_run",
            subject=f"ruleset:{ruleset.id}",
            details={"days": days},
        )
    return run


def ask_to_switch_on(ruleset: RuleSet, *, staff: StaffMember, reason: str = "") -> Request:
    """Ask a second person to put a draft in force. Raises NotPossible, PermissionDenied."""
    permissions.require(staff, ruleset.brand, Permission.RISK_EDIT)
    if ruleset.state != RuleSetState.DRAFT:
        raise NotPossible(ruleset.state)
    return approvals.request(
        brand=ruleset.brand,
        action=SWITCH_ON,
        subject=f"ruleset:{ruleset.id}",
        permission=Permission.RISK_APPROVE,
        staff=staff,
        params={"ruleset": str(ruleset.id), "version": ruleset.version},
        reason=reason,
    )


def decided(*, request_id: str, brand: str) -> None:
    """Put a rule set in force whose switching on was approved, in that very transaction.

    Other decisions pass by. Idempotent.
    """
    asked = Request.objects.filter(id=request_id, brand=brand, action=SWITCH_ON).first()
    if asked is None or asked.state != State.APPROVED:
        return
    decision = approvals_queries.approved_decision(asked.id)
    ruleset = RuleSet.objects.select_for_update().get(id=str(asked.params["ruleset"]), brand=brand)
    if ruleset.state != RuleSetState.DRAFT or decision.subject != f"ruleset:{ruleset.id}":
        return
    now = clock.now()
    actor = Actor(ActorKind.STAFF, decision.approved_by, brand)
    for old in RuleSet.objects.select_for_update().filter(brand=brand, state=RuleSetState.ACTIVE):
        old.state, old.retired_at = RuleSetState.RETIRED, now
        old.save(update_fields=["state", "retired_at"])
        _record(old, actor, "risk.retired")
    ruleset.state, ruleset.switched_on_at = RuleSetState.ACTIVE, now
    ruleset.approval_id = asked.id
    ruleset.save(update_fields=["state", "switched_on_at", "approval_id"])
    _record(ruleset, actor, "risk.switched_on", approval=str(asked.id))


def _record(ruleset: RuleSet, actor: Actor, action: str, **details: str) -> None:
    audit.record(
        brand=ruleset.brand,
        actor=actor,
        action=action,
        subject=f"ruleset:{ruleset.id}",
        details={"version": ruleset.version, **details},
        personal=ruleset.note or None,
    )


def screen_customer(*, customer_id: str, brand: str) -> None:
    """Look a customer's name up in the lists; what is found waits for a person. Idempotent."""
    customer = people.customer(brand, UUID(customer_id))
    if customer is None:
        return
    found = lists.screening().look_up(customer.name)
    with transaction.atomic():
        for one in found:
            _, is_new = Hit.objects.get_or_create(
                customer=customer,
                source=one.source,
                entry=one.entry,
                defaults={"brand": brand, "score": one.score},
            )
            if is_new:
                _record_hit(customer, SYSTEM(brand), "found", one.entry)


def decide_hit(hit: Hit, *, same_person: bool, staff: StaffMember) -> None:
    """Say whether the customer is the one on the list. Raises PermissionDenied."""
    permissions.require(staff, hit.brand, Permission.RISK_REVIEW)
    with transaction.atomic():
        locked = Hit.objects.select_for_update().get(id=hit.id)
        locked.state = HitState.CONFIRMED if same_person else HitState.CLEARED
        locked.decided_by, locked.decided_at = staff, clock.now()
        locked.save(update_fields=["state", "decided_by", "decided_at"])
        actor = Actor(ActorKind.STAFF, staff.id, hit.brand)
        _record_hit(hit.customer, actor, locked.state, hit.entry)


def _record_hit(customer: Customer, actor: Actor, what: str, entry: str) -> None:
    audit.record(
        brand=customer.brand,
        actor=actor,
        action=f"screening.{what}",
        subject=f"customer:{customer.id}",
        details={"entry": entry},
    )


def lock_sender(*, customer_id: str, brand: str) -> None:
    """Keep a customer from sending until a person has looked: what a locking rule is followed
    by, as a job. Idempotent while the restriction stands."""
    customer = people.customer(brand, UUID(customer_id))
    if customer is not None:
        people_actions.place_restriction(
            customer,
            kind=RestrictionKind.RISK,
            scope=Scope.SEND,
            reason="risk_signal",
            actor=SYSTEM(brand),
        )
