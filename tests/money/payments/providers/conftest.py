"""A brand with an account at a gateway of this machine."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.harness.gateways.alipay import AlipayGateway
from tests.harness.gateways.base import Gateway
from tests.harness.gateways.unionpay import UnionPayGateway
from tests.harness.gateways.wechat import WeChatGateway

HOST = "https://pay.example"


def account_file(folder: Path, brand: str, accounts: dict[str, dict[str, str]]) -> Path:
    """The file of a brand's accounts, in the shape that an operator writes."""
    lines = []
    for provider, values in accounts.items():
        lines.append(f"[{brand}.{provider}]")
        # A JSON string is a TOML string.
        lines += [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    path = folder / "providers.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def open_gateway(tmp_path: Path, settings: Any) -> Iterator[Callable[[str, Gateway], Gateway]]:
    """Serve a gateway and give the brand topay an account there."""
    accounts: dict[str, dict[str, str]] = {}
    with ExitStack() as stack:

        def opened(code: str, gateway: Gateway) -> Gateway:
            stack.enter_context(gateway.serving())
            accounts[code] = gateway.settings()
            settings.PROVIDERS_FILE = account_file(tmp_path, "topay", accounts)
            settings.PUBLIC_URL = HOST
            return gateway

        yield opened


@pytest.fixture
def alipay(open_gateway: Callable[[str, Gateway], Gateway]) -> AlipayGateway:
    """Alipay's gateway, with an account of topay."""
    gateway = open_gateway("alipay", AlipayGateway())
    assert isinstance(gateway, AlipayGateway)
    return gateway


@pytest.fixture
def wechat(open_gateway: Callable[[str, Gateway], Gateway]) -> WeChatGateway:
    """WeChat Pay's gateway, with an account of topay."""
    gateway = open_gateway("wechat", WeChatGateway())
    assert isinstance(gateway, WeChatGateway)
    return gateway


@pytest.fixture
def unionpay(open_gateway: Callable[[str, Gateway], Gateway]) -> UnionPayGateway:
    """UnionPay's gateway, with an account of topay."""
    gateway = open_gateway("unionpay", UnionPayGateway())
    assert isinstance(gateway, UnionPayGateway)
    return gateway
