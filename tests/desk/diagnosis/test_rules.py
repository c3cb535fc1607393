"""Findings from recorded facts alone: row, standard code, what the customer sees and can do."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from paydesk.desk.diagnosis import rules, texts
from paydesk.desk.diagnosis.service_rules import connection_broke
from paydesk.desk.diagnosis.shapes import Explanation, Facts, Finding

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
WHEN = AT.isoformat()
HAN = re.compile("[\u4e00-\u9fff]")

Case = tuple[str, dict[str, Any], int, str, list[str], list[str]]
# finding -> reason, what was recorded (and fields of the facts), row, standard code, evidence
# labels the customer sees, ways on the customer has
EXPECTED: dict[str, Case] = {
    "payment_review": (
        "fraud_screen", {"rule": "mule", "state": "processing"}, 10, "59", ["发起时间"],
        ["wait", "support"],
    ),
    "limit_month": (
        "limit_month",
        {"limit": 1000, "used": 900, "left": 100, "until": WHEN}, 26, "AM14",
        ["限额", "本次金额", "本月已用", "本月剩余", "恢复时间"], ["wait", "less", "support"],
    ),
    "speed_rule": ("speed_rule", {"rule": "burst"}, 27, "INT", [], ["wait", "support"]),
    "speed_rule_until": (
        "speed_rule", {"rule": "burst", "until": WHEN}, 27, "INT", ["恢复时间"],
        ["wait", "support"],
    ),
    "speed_second_factor": (
        "speed_rule", {"rule": "new_device", "second_factor": True}, 27, "INT", [],
        ["second_factor", "support"],
    ),
    "identity_unfinished_by": (
        "identity_unfinished", {"level": 0, "needed": 1, "by": WHEN}, 37, "NOCM",
        ["当前认证等级", "所需认证等级", "认证截止"], ["identity", "support"],
    ),
    "screening": ("screening", {"review": "r", "state": "processing"}, 38, "RR04", [], ["wait"]),
    "screening_stopped": ("screening", {"review": "r"}, 38, "RR04", [], ["wait"]),
    "connection_broke": ("", {}, 53, "INT", [], ["send_same"]),
}  # fmt: skip


def finding(code: str) -> Finding:
    """The finding for the recorded facts of a case."""
    if code == "connection_broke":
        return connection_broke("key-0001")
    reason, recorded, *_ = EXPECTED[code]
    recorded = dict(recorded)
    state = recorded.pop("state", "failed")
    return rules.find(
        Facts("1", "purchase", state, reason, 12345, "CNY", asked_at=AT, recorded=recorded)
    )


def words(one: Explanation) -> str:
    """All the words of an explanation."""
    parts = [one.title, one.text, *(f"{a}: {b}" for a, b in one.evidence)]
    return "\n".join([*parts, *(remedy.label for remedy in one.remedies)])


@pytest.mark.parametrize("code", sorted(EXPECTED))
def test_finding(code: str) -> None:
    _, _, row, standard, evidence, ways = EXPECTED[code]
    found = finding(code)
    assert (found.row, found.code, found.standard) == (row, code, standard)
    mine = texts.render(found, brand="topay", lang="zh-hans", audience="customer")
    assert [label for label, _ in mine.evidence] == evidence
    assert [remedy.code for remedy in mine.remedies] == ways
    for audience in ("customer", "staff"):
        told = texts.render(found, brand="topay", lang="en", audience=audience)
        assert not HAN.search(words(told)), words(told)
        assert "%(" not in words(told)


@pytest.mark.parametrize(
    "code", ["payment_review", "speed_rule", "speed_second_factor", "screening"]
)
def test_what_may_not_be_told(code: str) -> None:
    for lang in ("zh-hans", "en"):
        told = texts.render(finding(code), brand="topay", lang=lang, audience="customer")
        said = words(told).lower()
        for secret in ("mule", "burst", "new_device", "规则", "rule", "名单", "list", "合规",
                       "compliance", "真实户名"):  # fmt: skip
            assert secret not in said, secret
