"""Which actions a case offers to whom: what is possible now and what the role may do.

Only shows; whether it may be done is asked again when it is done.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from paydesk.approvals.models import Request
from paydesk.brands import profiles
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.queries import Picture
from paydesk.kit.money import format_amount
from paydesk.money.payments.queries import refundable
from paydesk.money.refunds import queries as refunds
from paydesk.money.refunds.rules import State
from paydesk.people import queries as people
from paydesk.people.models import Customer, StaffMember
from paydesk.people.permissions import Permission, may


@dataclass(frozen=True, slots=True)
class Act:
    """Something that may be done now: a button, its key, and whose yes it needs."""

    label: str
    icon: str
    what: str
    permission: Permission
    key: str = ""
    needs: str = ""
    tone: str = ""
    url: str = ""


def acts(case: Case, staff: StaffMember, picture: Picture, asked: Sequence[Request]) -> list[Act]:
    """What this member of staff may do about this customer now, the most likely first.

    A key belongs to the first act that wants it. `asked`: what waits for a decision already.
    """
    held = [one for one in people.memberships_of(staff.pk) if one.brand == case.brand]
    found: list[Act] = []
    for act in [*_asked_back(case), *_accounts(picture, asked), *_money(case, picture)]:
        if not held or not may(held[0], case.brand, act.permission):
            continue
        taken = any(other.key == act.key for other in found)
        url = reverse("desk_act", args=[case.number, act.what])
        found.append(replace(act, url=url, key="" if taken else act.key))
    return found


def _accounts(picture: Picture, asked: Sequence[Request]) -> Iterator[Act]:
    pending = {one.subject for one in asked}

    def to_ask(who: Customer) -> bool:
        return f"customer:{who.pk}" not in pending

    other = picture.other_party
    if other and other.frozen and to_ask(other.customer):
        label = _("解冻对方：%(name)s") % {"name": other.customer.name}
        yield _unfreeze(label, "unfreeze-other")
    if picture.frozen and to_ask(picture.customer):
        yield _unfreeze(_("解冻此账户"), "unfreeze")
    if picture.locked:
        yield Act(_("解除登录锁定"), "lock-open", "unlock", Permission.CUSTOMER_UNLOCK, "U")
    if not picture.frozen:
        yield Act(_("冻结此账户"), "snowflake", "freeze", Permission.CUSTOMER_FREEZE, "F")


def _asked_back(case: Case) -> Iterator[Act]:
    """What the customer asked or called back, and a person has to decide."""
    assert case.customer_id
    if any(one.state == State.ASKED for one in refunds.open_of(case.customer_id)):
        label, may_do = _("处理退款申请…"), Permission.REFUND_WITHIN_LIMIT
        yield Act(label, "gavel", "refund-request", may_do, "D", tone="warn")
    if refunds.open_recalls_of(case.customer_id):
        label = _("决定追回…")
        yield Act(label, "siren", "recall", Permission.RECALL_DECIDE, "C", tone="warn")


def _unfreeze(label: str, what: str) -> Act:
    permission, needs = Permission.UNFREEZE_REQUEST, _("需第二人")
    return Act(label, "sun-snow", what, permission, "U", needs=needs, tone="warn")


def _money(case: Case, picture: Picture) -> Iterator[Act]:
    first = next((one for one in picture.payments if refundable(one)), None)
    if first:
        limit = _limit(case, first.currency)
        yield Act(_("退款…"), "undo-2", "refund", Permission.REFUND_WITHIN_LIMIT, "R", needs=limit)
    yield Act(_("预留余额…"), "hand-coins", "hold", Permission.HOLD_PLACE, "H")


def _limit(case: Case, currency: str) -> str:
    amount = format_amount(profiles.get(case.brand).limits[currency].agent_refund, currency)
    return _("≤ %(amount)s 可直接") % {"amount": amount}
