"""Keys: how many there may be, how long a rotated one lives, and for whom there are any."""

from datetime import timedelta

import pytest

from paydesk.kit import clock
from paydesk.money.merchants.actions import keys
from paydesk.money.merchants.models import ApiKey, Merchant
from paydesk.money.merchants.rules import ROTATION_OVERLAP, Scope, Standing
from tests.factories import CustomerFactory
from tests.money.orders.shops import by, shop


@pytest.fixture
def tea(db: None, customer_factory: CustomerFactory) -> Merchant:
    return shop(customer_factory(name="林茶"))


def make(tea: Merchant, *, live: bool = True) -> ApiKey:
    assert tea.owner
    scopes = [Scope.ORDERS_READ]
    return keys.make(tea, live=live, label="网店", scopes=scopes, actor=by(tea.owner))[0]


def rotate(key: ApiKey) -> ApiKey:
    owner = key.merchant.owner
    assert owner
    return keys.rotate(key, actor=by(owner))[0]


def test_rotating_makes_no_more_keys_than_there_may_be(tea: Merchant) -> None:
    first, *_others = [make(tea) for _ in range(keys.MOST)]
    with pytest.raises(keys.TooMany):
        rotate(first)
    first.refresh_from_db()
    assert first.expires_at is None
    keys.revoke(_others[0], actor=by(tea.owner))  # type: ignore[arg-type]
    rotate(first)
    with pytest.raises(keys.TooMany):
        rotate(first)


def test_rotating_again_lets_the_old_key_live_no_longer(tea: Merchant) -> None:
    old = make(tea)
    rotate(old)
    old.refresh_from_db()
    ends = old.expires_at
    assert ends
    with clock.travel(clock.now() + ROTATION_OVERLAP - timedelta(hours=1)):
        rotate(old)
    old.refresh_from_db()
    assert old.expires_at == ends
    with clock.travel(ends), pytest.raises(keys.Over):
        rotate(old)


@pytest.mark.parametrize(
    ("standing", "live"), [(Standing.SUSPENDED, True), (Standing.CLOSED, False)]
)
def test_a_key_is_rotated_only_for_who_could_have_it_made(
    tea: Merchant, standing: Standing, live: bool
) -> None:
    key = make(tea, live=live)
    Merchant.objects.filter(id=tea.id).update(standing=standing)
    with pytest.raises(keys.NotYet):
        rotate(key)
    assert ApiKey.objects.count() == 1
