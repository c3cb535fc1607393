"""Bank transfer as a provider: tells the payer where to pay to, and takes orders for the next file.

Nobody can be asked what a bank did: the statement says it, and reconciliation brings that here.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from paydesk.kit import clock
from paydesk.money.payments.providers import credentials, references
from paydesk.money.payments.providers.bank import camt, delivery, numbers, sheet
from paydesk.money.payments.providers.bank.entries import Entry
from paydesk.money.payments.providers.base import Adapter
from paydesk.money.payments.providers.protocol import (
    About,
    Answer,
    Capabilities,
    Instrument,
    Order,
    Said,
    SettlementLine,
    Told,
)

PREFIX = "bank:"
TIMED_OUT = "TIMED_OUT"  # no transfer came
ORDER_TIME = timedelta(days=14)


def token(customer_number: str) -> str:
    """The token by which a customer (public number) tops up by bank transfer."""
    return PREFIX + customer_number


class Bank(Adapter):
    """The adapter; keeps nothing in memory."""

    code = "bank"
    capabilities = Capabilities(
        kinds=frozenset({"bank"}),
        verification=True,
        notifies=False,
        answers_queries=False,
        payouts=True,
        settlement_files=True,
        open_tokens=(PREFIX + "{customer}",),
    )

    def instrument(self, token: str) -> Instrument | None:
        number = token.removeprefix(PREFIX)
        known = token.startswith(PREFIX) and number.isdigit()
        right = known and len(number) == numbers.CUSTOMER_DIGITS
        return Instrument(token, "bank", "transfer") if right else None

    def charge(self, order: Order) -> Answer:
        account = credentials.of(self.code, order.brand)
        until = self._until(order)
        action = {
            "kind": "transfer",
            "number": numbers.virtual_account(account, order.token.removeprefix(PREFIX)),
            "holder": account["holder"],
            "bank": account["bank_name"],
            "until": until.isoformat(),
        }
        return Answer(Said.REQUIRES_ACTION, order.amount, order.currency, action=action)

    def query(self, order: Order) -> Answer:
        if clock.now() > self._until(order):
            return Answer(Said.REFUSED, order.amount, order.currency, code=TIMED_OUT)
        return self.charge(order)

    def payout(self, order: Order) -> Answer:
        """Taken in for the next file; goes out with it."""
        return Answer(Said.WAITING, order.amount, order.currency)

    def query_payout(self, order: Order) -> Answer:
        return self.payout(order)

    def read_notification(
        self, brand: str, raw: bytes, headers: Mapping[str, str], at: datetime
    ) -> Told:
        """Only entries of statements that this installation took in. Raises NotificationRefused."""
        return delivery.read(brand, raw, headers)

    def reread(self, brand: str, raw: bytes) -> Told:
        return delivery.content(brand, raw)

    def read_settlement(self, brand: str, raw: bytes) -> Iterable[SettlementLine]:
        return (_line(entry) for entry in entries(brand, raw))

    def _until(self, order: Order) -> datetime:
        return (order.started_at or references.made_at(order.reference)) + ORDER_TIME


def entries(brand: str, raw: bytes) -> list[Entry]:
    """A statement's entries, camt.053 or CSV. Raises SettlementUnreadable, NotConfigured."""
    if camt.is_camt(raw):
        return camt.read(raw, credentials.of(Bank.code, brand)["account"])
    return sheet.read(raw)


def _line(entry: Entry) -> SettlementLine:
    out = entry.amount < 0 or bool(entry.return_code)
    about = About.PAYOUT if out else About.CHARGE
    return SettlementLine(
        entry.number, entry.reference, about, entry.amount, entry.fee, entry.currency, entry.at
    )
