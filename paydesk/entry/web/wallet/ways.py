"""What a customer can do now about a payment: diagnosis names the remedies, this their places.

A remedy that has no page here (an agent's, say) is left out; the way to a person is always there.
"""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from paydesk.desk.diagnosis.shapes import Explanation, Remedy
from paydesk.kit import ids
from paydesk.money.payments import queries
from paydesk.money.payments.actions.retry import is_retriable
from paydesk.money.payments.models import Payment
from paydesk.money.payments.states import FINISHED

_PLACES = {
    "wallet:topup": "wallet_topup",
    "wallet:transfer": "wallet_transfer",
    "banking:accounts": "banking_accounts",
    "banking:withdraw": "banking_withdraw",
    "banking:bills": "banking_bills",
    "exchange:start": "exchange_start",
    "refunds:list": "refunds_list",
    "wallet:payment": "wallet_payment",
    "safety:step_up": "safety_step_up",
    "safety:identity": "safety_identity",
}


@dataclass(frozen=True, slots=True)
class Way:
    """A button: where it leads; `post` ones change something, under a request key of their own."""

    label: str
    href: str
    main: bool = False
    post: bool = False
    key: str = ""


def ways_of(payment: Payment, finding: Explanation) -> list[Way]:
    """The remedies that have a place, the first of them the main one, a person last."""
    found = [way for remedy in finding.remedies if (way := _way(payment, remedy))]
    go_on = Way(_("去完成付款"), reverse("methods_pay", args=[payment.number]))
    if payment.state not in FINISHED and queries.action_of(payment) and not _leads(found, go_on):
        found.insert(0, go_on)
    person = Way(_("联系客服"), reverse("support_open_payment", args=[payment.number]), post=True)
    ways = [way for way in found if way.href != person.href]
    if ways:
        ways[0] = replace(ways[0], main=True)
        return [*ways, person]
    return [Way(person.label, person.href, main=True, post=True)]


def _leads(ways: list[Way], to: Way) -> bool:
    return any(way.href == to.href for way in ways)


def _way(payment: Payment, remedy: Remedy) -> Way | None:
    """Where a remedy is done; what is a word of advice only has no button."""
    if remedy.code == "verify":
        return Way(remedy.label, reverse("methods_pay", args=[payment.number]))
    if remedy.code == "retry" and (done := queries.retried_by(payment)):
        return Way(_("查看重试的付款"), reverse("wallet_payment", args=[done.number]))
    if remedy.code == "retry" and is_retriable(payment):
        href = reverse("wallet_retry", args=[payment.number])
        return Way(remedy.label, href, post=True, key=str(ids.uuid7()))
    place = _PLACES.get(remedy.url_name or "")
    if place is None:
        return None
    params = dict(remedy.params)
    path = [params.pop("number")] if "number" in params else []
    query = f"?{urlencode(params)}" if params else ""
    return Way(remedy.label, f"{reverse(place, args=path)}{query}")


def advice_of(finding: Explanation) -> list[str]:
    """What can be done elsewhere or simply waited for: remedies without a page, in words."""
    return [one.label for one in finding.remedies if one.url_name is None and not one.staff]
