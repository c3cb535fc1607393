"""What a payment is called in its owner's history: the kind and the other side, never oneself."""

import pytest
from django.utils import translation

from paydesk.entry.web.wallet.moves import title
from paydesk.kit import ids
from paydesk.money.merchants.models import Merchant
from paydesk.money.payments.models import Payment
from paydesk.people.models import Customer

SELF = Customer(id=ids.uuid7(), name="陈晓雯")
SHOP = Merchant(id=ids.uuid7(), name="城西书店")


@pytest.mark.parametrize(
    ("payment", "incoming", "told"),
    [
        (
            Payment(kind="exchange", currency="CNY", received_currency="USD"),
            False,
            "兑换 · CNY → USD",
        ),
        (Payment(kind="refund", payee=SELF), True, "退款"),
        (Payment(kind="refund", payee=SELF, merchant=SHOP), True, "退款 · 来自 城西书店"),
        (
            Payment(kind="refund", payee=SELF, original=Payment(recipient_shown="水务公司")),
            True,
            "退款 · 来自 水务公司",
        ),
        (Payment(kind="disbursement", payee=SELF, merchant=SHOP), True, "商户付款 · 城西书店"),
        (Payment(kind="refund", payer=SELF, payee=SELF), False, "退款"),
        (Payment(kind="transfer", payer=SELF, recipient_shown="a***@b"), False, "转给 a***@b"),
        (Payment(kind="transfer", payer=SELF), False, "转给 未找到的收款人"),
    ],
)
def test_a_line_names_the_other_side(payment: Payment, incoming: bool, told: str) -> None:
    with translation.override("zh-hans"):
        assert title(payment, incoming=incoming) == told
