"""A merchant's way in and out: applied, sandbox, active, suspended, closed.

To become active needs two people of the staff. The ledger's flags follow in the same transaction,
so that a suspended merchant neither gets nor gives money, whatever is under way.
"""

from uuid import UUID

from django.db import transaction

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request, State
from paydesk.brands import profiles
from paydesk.kit import clock, ids, reactions, shield
from paydesk.kit.actors import Actor, ActorKind
from paydesk.kit.numbering import numbered
from paydesk.money.ledger import actions as ledger
from paydesk.money.ledger import queries as accounts
from paydesk.money.ledger.rules import AccountCode, AccountFlag
from paydesk.money.merchants.actions.tracing import trace
from paydesk.money.merchants.models import Merchant
from paydesk.money.merchants.rules import NEEDS_TWO, Standing, may_move
from paydesk.people import telling
from paydesk.people.models import Customer, StaffMember
from paydesk.people.permissions import Permission, require

ACTIVATE = "merchant.activate"
"""Action code of the approval without which no merchant becomes active."""

NUMBER_DIGITS = 10
_STOPPED = AccountFlag.NO_DEBIT | AccountFlag.NO_CREDIT


class NotPossible(ValueError):
    """The merchant can't come to stand so from where it stands now."""


@transaction.atomic
def apply(*, owner: Customer, name: str, website: str, about: str, actor: Actor) -> Merchant:
    """Ask to become a merchant; the owner acts for it in the portal.

    Raises NotPossible while an application of the same owner waits: one at a time.
    """
    Customer.objects.select_for_update(no_key=True).get(id=owner.id)
    if Merchant.objects.filter(owner=owner, standing=Standing.APPLIED).exists():
        raise NotPossible("an application waits already")
    merchant = numbered(
        Merchant,
        NUMBER_DIGITS,
        lambda number: Merchant.objects.create(
            id=ids.uuid7(),
            brand=owner.brand,
            number=number,
            name=_clean(name, 80),
            owner=owner,
            website=website[:200],
            about=_clean(about, 300),
            standing=Standing.APPLIED,
            created_at=clock.now(),
        ),
    )
    trace(merchant, actor, "applied")
    return merchant


@transaction.atomic
def describe(merchant: Merchant, *, website: str, about: str, actor: Actor) -> None:
    """Change what payers read about a merchant. Its name is for the staff to change."""
    merchant.website, merchant.about = website[:200], _clean(about, 300)
    merchant.save(update_fields=["website", "about"])
    trace(merchant, actor, "described")


def move(merchant: Merchant, wanted: Standing, *, staff: StaffMember) -> Merchant:
    """Let a member of staff change how a merchant stands; nothing that needs two people.

    Raises PermissionDenied, NotPossible.
    """
    require(staff, merchant.brand, Permission.MERCHANT_MANAGE)
    if wanted in NEEDS_TWO:
        raise NotPossible(f"{wanted} needs a second person")
    with transaction.atomic():
        return _move(merchant.id, wanted, Actor(ActorKind.STAFF, staff.id, merchant.brand))


def ask_to_activate(merchant: Merchant, *, staff: StaffMember, reason: str = "") -> Request:
    """Ask a second person to let a merchant take real money. Raises PermissionDenied, NotPossible
    for one that can't become active from where it stands."""
    require(staff, merchant.brand, Permission.MERCHANT_MANAGE)
    if not may_move(Standing(merchant.standing), Standing.ACTIVE):
        raise NotPossible(merchant.standing)
    return approvals.request(
        brand=merchant.brand,
        action=ACTIVATE,
        subject=f"merchant:{merchant.id}",
        permission=Permission.MERCHANT_APPROVE,
        staff=staff,
        params={"merchant": str(merchant.id)},
        reason=reason,
    )


def decided(*, request_id: str, brand: str) -> None:
    """Activate the merchant whose activation was approved, in the decision's own transaction."""
    asked = Request.objects.filter(pk=request_id, brand=brand, action=ACTIVATE).first()
    if asked is None or asked.state != State.APPROVED or asked.decided_by_id is None:
        return
    actor = Actor(ActorKind.STAFF, asked.decided_by_id, brand)
    _move(UUID(str(asked.params["merchant"])), Standing.ACTIVE, actor)


def activate_by_story(merchant: Merchant, *, actor: Actor) -> Merchant:
    """Walk a merchant of a demo or a test up to active; no permission is asked. Never for entry."""
    with transaction.atomic():
        for wanted in (Standing.SANDBOX, Standing.ACTIVE):
            merchant = _move(merchant.id, wanted, actor)
    return merchant


def _move(merchant_id: UUID, wanted: Standing, actor: Actor) -> Merchant:
    merchant = Merchant.objects.select_for_update(of=("self",)).get(id=merchant_id)
    if not may_move(Standing(merchant.standing), wanted):
        raise NotPossible(f"{merchant.standing} -> {wanted}")
    merchant.standing = wanted
    if wanted is Standing.ACTIVE:
        merchant.since = merchant.since or clock.now()
    if wanted is Standing.CLOSED:
        merchant.closed_at = clock.now()
    merchant.save(update_fields=["standing", "since", "closed_at"])
    _follow(merchant)
    trace(merchant, actor, "moved", to=wanted.value)
    _tell(merchant, actor)
    reactions.fire(
        "merchant.moved",
        merchant_id=str(merchant.id),
        brand=merchant.brand,
        active=wanted is Standing.ACTIVE,
    )
    return merchant


def _follow(merchant: Merchant) -> None:
    """Open the accounts of a merchant that becomes active; let the flags say how it stands."""
    if merchant.standing == Standing.ACTIVE:
        for currency in profiles.get(merchant.brand).currencies:
            ledger.open_account(
                brand=merchant.brand,
                currency=currency,
                code=AccountCode.MERCHANT,
                owner=merchant.id,
            )
    going = merchant.standing == Standing.ACTIVE
    for account in accounts.accounts_of(merchant.brand, merchant.id):
        ledger.set_flags(
            account.id,
            to_set=AccountFlag(0) if going else _STOPPED,
            to_clear=_STOPPED if going else AccountFlag(0),
        )


def _tell(merchant: Merchant, actor: Actor) -> None:
    if merchant.owner is None:
        return
    about = {"merchant": merchant.name, "standing": merchant.standing}
    telling.mail(merchant.owner.user, "merchants/standing", actor=actor, params=about)


def _clean(text: str, most: int) -> str:
    return shield.mask(" ".join(text.split())).text[:most]
