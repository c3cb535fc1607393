"""Rows that only another wallet's gateway can cause: it refuses in its own wire format."""

import tempfile
from pathlib import Path

from django.test import override_settings

from paydesk.money.payments.plans import Outcome
from tests.desk.diagnosis.causes import cause
from tests.factories import CustomerFactory
from tests.harness.gateways.alipay import AlipayGateway
from tests.money.payments.helpers import top_up
from tests.money.payments.providers.conftest import account_file


def _refused_by_alipay(make: CustomerFactory, code: str) -> Outcome:
    gateway = AlipayGateway()
    gateway.refusals["alipay.trade.precreate"] = code
    with gateway.serving(), tempfile.TemporaryDirectory() as folder:
        path = account_file(Path(folder), "topay", {"alipay": gateway.settings()})
        with override_settings(PROVIDERS_FILE=path):
            return top_up(make(), 10_000, token="alipay:qr")


@cause("source_wallet_short")
def _(make: CustomerFactory) -> Outcome:
    return _refused_by_alipay(make, "ACQ.BUYER_BALANCE_NOT_ENOUGH")


@cause("provider_limit")
def _(make: CustomerFactory) -> Outcome:
    return _refused_by_alipay(make, "ACQ.TOTAL_FEE_EXCEED")
