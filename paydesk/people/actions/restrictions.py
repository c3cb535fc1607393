"""Locks and freezes: placed at once, lifted only as their kind allows.

Every change fires `restriction.changed` in its transaction (the ledger's flags follow there),
is published, recorded, and told to the customer. The customer's row is locked first.
"""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.utils import translation

from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.kit import clock, reactions
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.kit.events import actions as events
from paydesk.people import queries, rules, telling, texts
from paydesk.people.models import Customer, Restriction, RestrictionKind, Scope

REVIEWED = (RestrictionKind.RISK, RestrictionKind.IDENTITY)  # lifted after a person looked
LinkMaker = Callable[[Restriction], str]


class DecisionRefused(Exception):
    """The approval does not carry this action; `objection` says why."""

    def __init__(self, objection: rules.Objection) -> None:
        super().__init__(objection.value)
        self.objection = objection


@transaction.atomic
def place_freeze(
    customer: Customer, *, reason: str, actor: Actor, scope: str = Scope.ALL
) -> Restriction:
    """Freeze sending, receiving or all (default) at once; answers the one in force if there is.

    Raises ValueError for another scope.
    """
    if Scope(scope) is Scope.SIGNIN:
        raise ValueError("a freeze blocks sending, receiving or all")
    placed, is_new = _place(
        customer, RestrictionKind.FREEZE, scope=scope, reason=reason, actor=actor
    )
    if is_new:
        with translation.override(customer.user.lang):
            effect = texts.effect(scope)
        telling.mail(
            customer.user,
            "people/frozen",
            actor=actor,
            params={"at": telling.local_time(customer.user, placed.placed_at), "effect": effect},
        )
    return placed


@transaction.atomic
def lift_freeze(
    customer: Customer, *, actor: Actor, approval: rules.ApprovedDecision
) -> list[Restriction]:
    """Lift the freezes that stood when it was asked for, on a second person's decision about this
    very customer. One that was placed since then goes on: nobody has looked into it.

    Idempotent: nothing is in force the second time. Raises DecisionRefused.
    """
    _lock(customer)
    covered, objection = [], None
    for restriction in _in_force(customer, RestrictionKind.FREEZE):
        objection = rules.objection_to(
            approval,
            action=rules.UNFREEZE,
            subject=f"customer:{customer.id}",
            since=restriction.placed_at,
        )
        if objection is None:
            covered.append(restriction)
        elif objection is not rules.Objection.TOO_OLD:
            raise DecisionRefused(objection)
    if objection and not covered:
        raise DecisionRefused(objection)
    for restriction in covered:
        restriction.approval_id = approval.request_id
        _lift(restriction, actor, "customer.unfrozen")
    if covered and not _in_force(customer, RestrictionKind.FREEZE):
        _tell_lifted(customer, "people/unfrozen", actor)
    return covered


@transaction.atomic
def lock_for_wrong_passwords(
    customer: Customer, *, times: int, unlock_link: LinkMaker | None = None
) -> Restriction:
    """Lock sign-in for the brand's minutes; the mail says why, and carries the link if given."""
    minutes = profiles.get(customer.brand).lock_minutes
    actor = SYSTEM(customer.brand)
    placed, is_new = _place(
        customer,
        RestrictionKind.PASSWORD,
        scope=Scope.SIGNIN,
        reason="wrong_passwords",
        actor=actor,
        lasts=timedelta(minutes=minutes),
    )
    if is_new and placed.until:
        telling.mail(
            customer.user,
            "people/locked",
            actor=actor,
            params={"times": times, "until": telling.local_time(customer.user, placed.until)},
            secrets={"link": unlock_link(placed)} if unlock_link else None,
        )
    return placed


@transaction.atomic
def place_restriction(
    customer: Customer, *, kind: str, scope: str, reason: str, actor: Actor
) -> Restriction:
    """Place a risk or identity restriction, and tell why; answers the one in force if there is.

    Raises ValueError for the kinds that have an action of their own.
    """
    _require_reviewed(kind)
    placed, is_new = _place(customer, kind, scope=scope, reason=reason, actor=actor)
    if is_new:
        with translation.override(customer.user.lang):
            params = {"effect": texts.effect(scope), "why": texts.kind(kind)}
        telling.mail(customer.user, "people/restricted", actor=actor, params=params)
    return placed


@transaction.atomic
def lift_restriction(customer: Customer, *, kind: str, actor: Actor) -> list[Restriction]:
    """Lift the risk or identity restrictions in force, once what they waited for is cleared up.

    Idempotent. Raises ValueError for the kinds that have an action of their own.
    """
    _require_reviewed(kind)
    lifted = _lift_all(customer, kind, actor, "customer.unrestricted")
    if lifted:
        with translation.override(customer.user.lang):
            params = {"why": texts.kind(kind)}
        telling.mail(customer.user, "people/unrestricted", actor=actor, params=params)
    return lifted


@transaction.atomic
def unlock(customer: Customer, *, actor: Actor) -> list[Restriction]:
    """Let the customer sign in again after wrong passwords. Idempotent. Lifts no freeze."""
    lifted = _lift_all(customer, RestrictionKind.PASSWORD, actor, "customer.unlocked")
    if lifted:
        _tell_lifted(customer, "people/unlocked", actor)
    return lifted


def _lock(customer: Customer) -> None:
    # No key lock: payments that refer to the customer hold account locks that we want next.
    Customer.objects.select_for_update(no_key=True).get(id=customer.id)


def _place(
    customer: Customer,
    kind: str,
    *,
    scope: str,
    reason: str,
    actor: Actor,
    lasts: timedelta | None = None,
) -> tuple[Restriction, bool]:
    _lock(customer)
    now = clock.now()
    for held in Restriction.objects.filter(
        customer=customer, kind=kind, scope=scope, lifted_at__isnull=True
    ):
        if held.until is None or held.until > now:
            return held, False
        # It lapsed by itself; close it so that the new one can stand in its place.
        held.lifted_at, held.lifted_by = held.until, str(ActorKind.SYSTEM)
        held.save(update_fields=["lifted_at", "lifted_by"])
    placed = Restriction.objects.create(
        brand=customer.brand,
        customer=customer,
        kind=kind,
        scope=scope,
        reason=reason,
        placed_at=now,
        placed_by=str(actor),
        until=now + lasts if lasts else None,
    )
    verb = {RestrictionKind.FREEZE: "frozen", RestrictionKind.PASSWORD: "locked"}
    _changed(placed, actor, f"customer.{verb.get(RestrictionKind(kind), 'restricted')}")
    return placed, True


def _in_force(customer: Customer, kind: str) -> list[Restriction]:
    return [held for held in queries.active_restrictions(customer.id) if held.kind == kind]


def _lift_all(customer: Customer, kind: str, actor: Actor, action: str) -> list[Restriction]:
    _lock(customer)
    in_force = _in_force(customer, kind)
    for restriction in in_force:
        _lift(restriction, actor, action)
    return in_force


def _require_reviewed(kind: str) -> None:
    if RestrictionKind(kind) not in REVIEWED:
        raise ValueError(f"{kind} restrictions have their own action")


def _lift(restriction: Restriction, actor: Actor, action: str) -> None:
    restriction.lifted_at, restriction.lifted_by = clock.now(), str(actor)
    restriction.save(update_fields=["lifted_at", "lifted_by", "approval_id"])
    _changed(restriction, actor, action)


def _changed(restriction: Restriction, actor: Actor, action: str) -> None:
    subject = f"customer:{restriction.customer_id}"
    in_force = restriction.lifted_at is None
    reactions.fire(
        "restriction.changed",
        customer_id=str(restriction.customer_id),
        restriction_id=str(restriction.id),
        brand=restriction.brand,
    )
    events.publish(
        brand=restriction.brand,
        kind="restriction.changed",
        subject=subject,
        audience=[subject, f"desk:{restriction.brand}"],
        actor=actor,
        payload={"restriction": str(restriction.id), "in_force": in_force},
    )
    details = {
        "restriction": restriction.id,
        "kind": restriction.kind,
        "scope": restriction.scope,
        "reason": restriction.reason,
    }
    if restriction.approval_id:
        details["approval"] = restriction.approval_id
    audit.record(
        brand=restriction.brand, actor=actor, action=action, subject=subject, details=details
    )


def _tell_lifted(customer: Customer, template: str, actor: Actor) -> None:
    at = telling.local_time(customer.user, clock.now())
    telling.mail(customer.user, template, actor=actor, params={"at": at})
