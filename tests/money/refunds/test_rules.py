"""Who may ask, what a rule grants, when the original way is closed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from paydesk.money.refunds.rules import (
    Objection,
    Paid,
    Plea,
    RecallWhy,
    Verdict,
    Why,
    is_too_late,
    judge,
    may_hold,
    may_recall,
    method,
    needs_second_person,
    objection,
)

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PAID: dict[str, Any] = {
    "kind": "purchase",
    "succeeded": True,
    "own": True,
    "paid": 10_000,
    "refunded": 0,
    "on_its_way": 0,
    "paid_at": NOW - timedelta(days=3),
}


@pytest.mark.parametrize(
    ("changed", "amount", "wanted"),
    [
        ({}, 10_000, None),
        ({}, None, None),
        ({}, 10_001, Objection.TOO_MUCH),
        ({}, 0, Objection.TOO_MUCH),
        ({"refunded": 4_000, "on_its_way": 3_000}, 3_000, None),
        ({"refunded": 4_000, "on_its_way": 3_000}, 3_001, Objection.TOO_MUCH),
        ({"refunded": 6_000, "on_its_way": 4_000}, None, Objection.NOTHING_LEFT),
        ({"own": False}, 1, Objection.NOT_YOURS),
        ({"kind": "withdrawal"}, 1, Objection.KIND),
        ({"kind": "remittance"}, 1, None),
        ({"succeeded": False}, 1, Objection.NOT_PAID),
        ({"asked_already": True}, 1, Objection.UNDER_WAY),
        ({"paid_at": NOW - timedelta(days=181)}, 1, Objection.TOO_OLD),
        ({"paid_at": NOW - timedelta(days=180)}, 1, None),
    ],
)
def test_what_may_be_asked_for(
    changed: dict[str, Any], amount: int | None, wanted: Objection | None
) -> None:
    assert objection(Paid(**(PAID | changed)), now=NOW, ask_days=180, amount=amount) is wanted


PLEA: dict[str, Any] = {
    "kind": "purchase",
    "why": Why.NOT_RECEIVED,
    "amount": 5_000,
    "whole": True,
    "twin": False,
    "age": timedelta(days=3),
    "policy_days": None,
    "policy_most": None,
    "small": 3_000,
    "ours_lately": 0,
    "small_a_month": 2,
}


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({}, ""),
        ({"why": Why.DUPLICATE, "twin": True}, "duplicate"),
        ({"why": Why.DUPLICATE}, ""),
        ({"twin": True}, ""),
        ({"why": Why.DUPLICATE, "twin": True, "whole": False}, ""),
        ({"policy_days": 7}, "merchant_policy"),
        ({"policy_days": 2}, ""),
        ({"policy_days": 7, "policy_most": 4_999}, ""),
        ({"policy_days": 7, "policy_most": 5_000}, "merchant_policy"),
        ({"amount": 3_000}, "small"),
        ({"amount": 3_001}, ""),
        ({"amount": 3_000, "ours_lately": 2}, ""),
        ({"why": Why.DUPLICATE, "twin": True, "ours_lately": 1}, "duplicate"),
        ({"why": Why.DUPLICATE, "twin": True, "ours_lately": 2}, ""),
        ({"policy_days": 7, "ours_lately": 2}, "merchant_policy"),
        ({"kind": "transfer", "amount": 1, "why": Why.DUPLICATE, "twin": True}, ""),
    ],
)
def test_what_a_rule_grants(changed: dict[str, Any], rule: str) -> None:
    verdict, by = judge(Plea(**(PLEA | changed)))
    assert (verdict, by) == (Verdict.GRANT if rule else Verdict.PERSON, rule)


def test_a_second_person_counts_what_went_back_before() -> None:
    assert not needs_second_person(20_000, 0, 20_000)
    assert needs_second_person(20_000, 1, 20_000)


def test_the_window_is_the_method_s() -> None:
    assert method({"kind": "card", "scheme": "visa"}, "stripe") == "card"
    assert method({"kind": "wallet", "scheme": "alipay"}, "simulated") == "alipay"
    assert method({}, "wechat") == "wechat"
    assert not is_too_late(NOW - timedelta(days=180), NOW, 180)
    assert is_too_late(NOW - timedelta(days=180, seconds=1), NOW, 180)


def test_recalls() -> None:
    usual: dict[str, Any] = {
        "kind": "transfer",
        "succeeded": True,
        "own": True,
        "age": timedelta(days=1),
        "rest": 5,
    }
    assert may_recall(**usual)
    for changed in ({"own": False}, {"rest": 0}, {"kind": "topup"}, {"age": timedelta(days=31)}):
        assert not may_recall(**(usual | changed))
    for kind in ("transfer", "remittance"):
        assert may_hold(RecallWhy.FRAUD, timedelta(hours=72), kind)
    assert not may_hold(RecallWhy.FRAUD, timedelta(hours=73), "transfer")
    assert not may_hold(RecallWhy.MISTAKE, timedelta(hours=1), "transfer")
    assert not may_hold(RecallWhy.FRAUD, timedelta(hours=1), "purchase")
