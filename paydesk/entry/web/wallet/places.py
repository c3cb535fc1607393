"""What else the wallet can do: the grid on its home page. One line for each way in.

An area that has a page of its own appends its line here; the four most used ones are in the
balance's own row and not repeated.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from paydesk.money.payouts import channel

WITHDRAW = "banking_withdraw"
PLACES: tuple[tuple[str, str, str | Promise], ...] = (
    # url name, Lucide icon, label
    (WITHDRAW, "landmark", _("提现")),
    ("banking_bills", "receipt", _("缴费")),
    ("cashier_requests", "hand-coins", _("收款")),
    ("banking_schedules", "calendar-clock", _("定期转账")),
    ("exchange_start", "arrow-left-right", _("换汇与跨境")),
    ("methods_list", "credit-card", _("银行卡")),
    ("refunds_list", "undo-2", _("退款与申诉")),
    ("records_home", "file-text", _("对账单")),
    ("wallet_limits", "gauge", _("额度与费用")),
    ("merchant_home", "store", _("商户")),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A way in, ready to be shown."""

    href: str
    icon: str
    label: str


def places(brand: str) -> list[Place]:
    """All ways in that lead somewhere in this brand, in their order, in the reader's language."""
    shown = (one for one in PLACES if one[0] != WITHDRAW or channel.is_there(brand))
    return [Place(reverse(name), icon, str(label)) for name, icon, label in shown]
