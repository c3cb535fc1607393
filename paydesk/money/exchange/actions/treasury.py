"""Putting the house's own money into liquidity: one asks, a second person agrees, then it moves.

The other side is the house's capital. Never touches what belongs to customers.
"""

from uuid import UUID

from django.db import transaction

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request, State
from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.kit import clock, ids, shield
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.money.exchange.models import Funding
from paydesk.money.ledger import actions as ledger
from paydesk.money.ledger import posting
from paydesk.money.ledger.rules import AccountCode, Item, Kind
from paydesk.money.payments import codes
from paydesk.money.payments.actions import asking
from paydesk.people.models import StaffMember
from paydesk.people.permissions import Permission, require

FUND = "fund_liquidity"
"""Action code of the approval that funding needs; its subject is `liquidity:<currency>`."""


class FundingAsked(Exception):
    """Somebody has already asked to fund this currency, and nobody has decided yet."""


def ask_funding(
    *, staff: StaffMember, brand: str, currency: str, amount: int, note: str = ""
) -> Funding:
    """Ask that `amount` minor units of the house's money go into the liquidity of a currency.

    Raises PermissionDenied, FundingAsked, ValueError for an amount or currency of no use.
    """
    require(staff, brand, Permission.LIQUIDITY_FUND)
    asking.check_amount(amount, profiles.get(brand), currency)
    with transaction.atomic():
        funding_id = ids.uuid7()
        asked = approvals.request(
            brand=brand,
            action=FUND,
            subject=f"liquidity:{currency}",
            permission=Permission.LIQUIDITY_APPROVE,
            staff=staff,
            params={"funding": str(funding_id), "amount": amount, "currency": currency},
            reason=note,
        )
        if asked.params["funding"] != str(funding_id):
            raise FundingAsked(currency)
        return Funding.objects.create(
            id=funding_id,
            brand=brand,
            currency=currency,
            amount=amount,
            note=shield.mask(" ".join(note.split())).text[:140],
            asked_by=str(Actor(ActorKind.STAFF, staff.id, brand)),
            asked_at=clock.now(),
            approval_id=asked.id,
        )


def funding_decided(*, request_id: str, brand: str) -> None:
    """A funding that was not approved is over. Runs in the transaction of the decision."""
    asked = Request.objects.get(id=request_id, brand=brand)
    if asked.action == FUND and asked.state != State.APPROVED:
        Funding.objects.filter(approval_id=asked.id, state="asked").update(
            state="refused", ended_at=clock.now()
        )


def carry_out_funding(*, request_id: str, brand: str) -> None:
    """Move the money of an approved funding, once however often it is tried. A job."""
    asked = Request.objects.get(id=request_id, brand=brand)
    if asked.action == FUND and asked.state == State.APPROVED:
        _fund(asked.id)


@transaction.atomic
def _fund(approval_id: UUID) -> None:
    funding = Funding.objects.select_for_update().get(approval_id=approval_id)
    if funding.state != "asked":
        return
    house = {
        code: ledger.open_account(brand=funding.brand, currency=funding.currency, code=code)
        for code in (AccountCode.CAPITAL, AccountCode.LIQUIDITY)
    }
    source, target = house[AccountCode.CAPITAL], house[AccountCode.LIQUIDITY]
    at = max([clock.now(), *(a.last_at for a in posting.lock_accounts([source, target]).values())])
    # Dated by its posting: the ledger refuses ids of another day than the transfer's.
    item = Item(ids.uuid7(), Kind.PLAIN, source, target, funding.amount, codes.FUNDING)
    [result] = posting.post_batch([item], at)
    if not result.ok:
        raise RuntimeError(f"funding {funding.id} was refused: {result.outcome.name}")
    funding.state, funding.ended_at = "done", clock.now()
    funding.save(update_fields=["state", "ended_at"])
    audit.record(
        brand=funding.brand,
        actor=SYSTEM(funding.brand),
        action="exchange.funded",
        subject=f"funding:{funding.id}",
        details={"currency": funding.currency, "amount": funding.amount, "transfer": item.id},
    )
