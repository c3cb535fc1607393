"""A storm of notifications: shuffled, duplicated, delayed, one in a hundred tampered with.

Afterwards every balance is right, nothing was credited twice and nothing tampered was believed.
Short in `make test`, 100,000 deliveries in `make soak`.
"""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.db import connections

from paydesk.kit import clock
from paydesk.money.ledger.verify import verify
from paydesk.money.payments import actions
from paydesk.money.payments.actions import notify
from paydesk.money.payments.models import Attempt, Payment, ProviderNotification, SimulatedOrder
from paydesk.money.payments.providers.protocol import Answer, Said
from paydesk.money.payments.providers.simulated import signing
from paydesk.people.models import Customer
from tests.factories import CustomerFactory
from tests.money.payments.helpers import available, top_up

pytestmark = [pytest.mark.slow, pytest.mark.soak, pytest.mark.usefixtures("committed_db")]

SHORT, LONG = 2_000, 100_000
COPIES = 20  # deliveries about one order
CUSTOMERS = 10
THREADS = 6


@dataclass(frozen=True)
class Delivery:
    """One call of the hook; `honest`: it came from the provider as it is, and in time. `signed`:
    what its signature is of, made so long before it is sent; None: nobody signed it."""

    raw: bytes
    signed: bytes | None
    age: timedelta
    honest: bool

    def headers(self) -> dict[str, str]:
        """Made when it is sent: a long storm outlasts the time in which a signature is fresh."""
        if self.signed is None:
            return {}
        return signing.sign("topay", self.signed, clock.now() - self.age)


def deliveries(attempt: Attempt, said: Said, dice: random.Random) -> list[Delivery]:
    """All that is sent about one order: the final word several times, earlier words, lies."""
    final = Answer(said, attempt.amount, attempt.currency, "ref", "" if said is Said.PAID else "51")
    words = [(f"evt_final_{n}_{attempt.id.hex}", final) for n in range(3)]
    waiting = replace(final, said=Said.WAITING, code="")
    words += [(f"evt_early_{n}_{attempt.id.hex}", waiting) for n in range(2)]
    honest = []
    for event, answer in words:
        raw = signing.write("topay", event, attempt.id, answer)
        age = timedelta(seconds=dice.uniform(0, 200))  # sent a while ago, still fresh
        honest.append(Delivery(raw, raw, age, honest=True))
    # The very same bytes over and over, and at least one final word for certain.
    sent = [honest[0], *dice.choices(honest, k=COPIES - 1)]
    return [
        _tampered(one, dice) if n and dice.random() < 0.01 else one for n, one in enumerate(sent)
    ]


def _tampered(true: Delivery, dice: random.Random) -> Delivery:
    """The same with another amount, another outcome, or signed by nobody; or far too late."""
    kind = dice.randrange(4)
    salt = f"{dice.getrandbits(64):016x}".encode()  # no two lies are the same bytes
    raw = true.raw.replace(b"evt_", b"evt_" + salt[:4], 1)
    if kind == 0:
        return replace(true, raw=raw.replace(b'"amount":', b'"amount":9'), honest=False)
    if kind == 1:
        changed = raw.replace(b'"refused"', b'"paid"').replace(b'"waiting"', b'"paid"')
        return replace(true, raw=changed, honest=False)
    if kind == 2:
        return Delivery(raw, None, true.age, honest=False)
    return Delivery(raw, raw, timedelta(hours=1), honest=False)


def orders(payers: list[Customer], count: int) -> list[Attempt]:
    """Charges whose answers got lost: the provider alone knows what became of them."""
    for n in range(count):
        top_up(payers[n % len(payers)], 100 + n, token="sim_card_0921")
    return list(Attempt.objects.select_related("payment").order_by("id"))


def receive(one: Delivery) -> notify.Received:
    try:
        return actions.receive_notification("simulated", "topay", one.raw, one.headers())
    finally:
        connections.close_all()


def test_storm(
    customer_factory: CustomerFactory, soak_factor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "MOST_REFUSED", 10**9)  # keep every lie, to count them
    dice = random.Random(20_261_123)
    payers = [customer_factory() for _ in range(CUSTOMERS)]
    total = SHORT if soak_factor == 1 else LONG
    attempts = orders(payers, total // COPIES)
    SimulatedOrder.objects.all().delete()  # nobody can be asked: the storm alone decides
    expected: Counter[object] = Counter()
    storm: list[Delivery] = []
    for attempt in attempts:
        paid = dice.random() < 0.8
        storm += deliveries(attempt, Said.PAID if paid else Said.REFUSED, dice)
        if paid:
            expected[attempt.payment.payee_id] += attempt.amount
    dice.shuffle(storm)
    lies = [one for one in storm if not one.honest]
    assert len(lies) > total / 200
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(receive, storm))
    for one, answer in zip(storm, answers, strict=True):
        assert (answer is notify.Received.REFUSED) is not one.honest
    assert {payer.id: available(payer) for payer in payers} == {
        payer.id: expected[payer.id] for payer in payers
    }
    assert set(Payment.objects.values_list("state", flat=True)) == {"succeeded", "failed"}
    believed = ProviderNotification.objects.filter(verified=True)
    assert not believed.filter(applied_at=None).exists()
    applied = Counter(believed.filter(result="succeeded").values_list("attempt", flat=True))
    assert max(applied.values()) == 1
    assert ProviderNotification.objects.filter(verified=False).count() == len(
        {one.raw for one in lies}
    )
    assert verify().ok
