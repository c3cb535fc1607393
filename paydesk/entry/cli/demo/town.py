"""The demo's people once they are real: customers with their wallets, and the staff.

Everything here goes through the same actions as a page would. What a resident knows of the own
balance is a guess, as in life; the ledger decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from paydesk.brands import profiles
from paydesk.brands.profile import Brand
from paydesk.brands.spending import Spending
from paydesk.entry.cli.demo.cast import VERSIONS, Person
from paydesk.kit import ids
from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.payments import actions as payments
from paydesk.money.payments.actions.transfer import TransferWish, plan_transfers
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.queries import wallets
from paydesk.money.payments.states import PaymentState
from paydesk.money.payments.submit import submit_many
from paydesk.people.models import Customer, StaffMember

GOOD_CARD = "sim_card_4242"
_REMEMBERED = 12


@dataclass(frozen=True, slots=True)
class Paid:
    """A transfer that went through, as its payer remembers it. `amount` in minor units."""

    id: UUID
    number: str
    amount: int
    to: "Resident"


@dataclass(eq=False)
class Resident:
    """A customer who has registered. `balance` is a guess in minor units of the first currency."""

    person: Person
    customer: Customer
    balance: int = 0
    paid: list[Paid] = field(default_factory=list)
    is_frozen: bool = False

    @property
    def brand(self) -> Brand:
        """The brand's profile."""
        return profiles.get(self.person.brand)

    @property
    def currency(self) -> str:
        """The currency of the first wallet."""
        return self.brand.default_currency

    @property
    def actor(self) -> Actor:
        """The customer as one who acts."""
        return Actor(ActorKind.CUSTOMER, self.customer.id, self.person.brand)

    @property
    def english(self) -> bool:
        """Whether this person reads English."""
        return self.person.lang == "en"

    @property
    def may(self) -> Spending:
        """What this person may send in the first currency."""
        return self.brand.limits[self.currency].of(self.customer.identity_level)

    def look(self) -> None:
        """Look into the wallet: the guess of the balance is right again."""
        held = [one for one in wallets(self.customer) if one.currency == self.currency]
        self.balance = sum(one.available for one in held)

    def top_up(self, amount: int, token: str = GOOD_CARD) -> Outcome:
        """Put `amount` minor units into the wallet from a test instrument."""
        outcome = payments.topup(
            customer=self.customer,
            token=token,
            amount=amount,
            currency=self.currency,
            actor=self.actor,
            key=str(ids.uuid7()),
            client_version=VERSIONS[self.person.brand],
        )
        if outcome.state is PaymentState.SUCCEEDED:
            self.balance += amount
        return outcome

    def send(
        self,
        to: "Resident | str",
        amount: int,
        *,
        note: str = "",
        currency: str = "",
        version: str = "",
    ) -> Outcome:
        """Send `amount` minor units to somebody, known or typed."""
        outcome = payments.transfer(**self._wish(to, amount, note, currency, version))
        self.sent(to, amount, outcome)
        return outcome

    def wish(self, to: "Resident", amount: int, note: str) -> TransferWish:
        """What `send` would ask for, to be done together with others'."""
        return TransferWish(**self._wish(to, amount, note))

    def sent(self, to: "Resident | str", amount: int, outcome: Outcome) -> None:
        """Remember what was sent; the receiver notices it, too."""
        if outcome.state is PaymentState.SUCCEEDED and isinstance(to, Resident):
            self.balance -= amount
            to.balance += amount
            self.paid = [
                *self.paid[1 - _REMEMBERED :],
                Paid(outcome.id, outcome.number, amount, to),
            ]

    def _wish(
        self, to: "Resident | str", amount: int, note: str, currency: str = "", version: str = ""
    ) -> dict[str, Any]:
        return {
            "payer": self.customer,
            "recipient": to.customer if isinstance(to, Resident) else to,
            "amount": amount,
            "currency": currency or self.currency,
            "actor": self.actor,
            "key": str(ids.uuid7()),
            "note": note,
            "client_version": version or VERSIONS[self.person.brand],
        }


@dataclass(frozen=True, slots=True)
class Sending:
    """What a resident is about to send. `amount` in minor units."""

    payer: Resident
    to: Resident
    amount: int
    note: str


def send_together(sendings: Sequence[Sending]) -> None:
    """Send at one moment, in one brand: as in a busy hour, the payments share a transaction."""
    plans = plan_transfers([one.payer.wish(one.to, one.amount, one.note) for one in sendings])
    for one, done in zip(sendings, submit_many(plans), strict=True):
        if isinstance(done, Exception):
            raise done
        one.payer.sent(one.to, one.amount, done)


@dataclass(eq=False)
class Clerk:
    """A member of staff. `busy`: how many conversations he is in."""

    email: str
    role: str
    member: StaffMember
    busy: int = 0

    def acting(self, brand: str) -> Actor:
        """The member of staff as one who acts in a brand."""
        return Actor(ActorKind.STAFF, self.member.pk, brand)


@dataclass
class Town:
    """Everybody, and the one source of chance."""

    random: Random
    residents: dict[str, list[Resident]] = field(default_factory=dict)
    clerks: list[Clerk] = field(default_factory=list)

    def of_part(self, brand: str, *parts: str) -> list[Resident]:
        """Those of a brand with one of these parts."""
        return [one for one in self.residents.get(brand, []) if one.person.part in parts]

    def frozen(self, brand: str) -> list[Resident]:
        """Those of a brand who are frozen by now; there is always somebody from the first day."""
        return [one for one in self.of_part(brand, "frozen") if one.is_frozen]

    def somebody(self, brand: str) -> Resident:
        """An everyday customer of the brand who is not frozen."""
        everyday = self.of_part(brand, "everyday", "late")
        return self.random.choice([one for one in everyday if not one.is_frozen] or everyday)

    def shop(self, brand: str) -> Resident:
        """A shop of the brand."""
        return self.random.choice(self.of_part(brand, "shop"))

    def friend_of(self, resident: Resident) -> Resident:
        """Another everyday customer of the same brand."""
        others = [
            one
            for one in self.of_part(resident.person.brand, "everyday", "late")
            if one is not resident
        ]
        return self.random.choice(others)

    def money(self, resident: Resident, least: float, most: float) -> int:
        """A likely amount in minor units: between two sums as said in yuan, in his currency."""
        whole = self.random.uniform(least, most) * (1 if resident.currency == "CNY" else 0.2)
        cents = self.random.choice((0, 0, 0, 50, 80, 90, 99))
        return max(100, round(whole) * 100 + cents)
