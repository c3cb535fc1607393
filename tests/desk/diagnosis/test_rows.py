"""Every row of the failure catalogue that we can cause: its code, its evidence, its ways on, told
in both languages to both audiences, and the same whoever asks."""

import re
from datetime import datetime, timedelta

import pytest

from paydesk.brands import profiles
from paydesk.desk.diagnosis import queries, texts
from paydesk.desk.diagnosis.sentences import SENTENCES
from paydesk.desk.diagnosis.shapes import Explanation, finding_from_json
from paydesk.kit import clock
from paydesk.kit.money import format_amount
from paydesk.money.payments.models import Payment
from tests.desk.diagnosis.causes import BY
from tests.desk.diagnosis.test_rules import EXPECTED as PURE
from tests.factories import CustomerFactory

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("committed_db")]

# code -> row, standard code, evidence labels the customer sees, ways on the customer has
EXPECTED: dict[str, tuple[int, str, list[str], list[str]]] = {
    "source_wallet_short": (24, "BUYER_BALANCE_NOT_ENOUGH", ["付款方式"], ["other_card", "less"]),
    "provider_limit": (25, "ACQ.TOTAL_FEE_EXCEED", ["付款方式"], ["less", "other_card"]),
    "balance_short": (1, "AM04", ["可用余额", "本次金额", "还差"], ["topup", "less", "retry"]),
    "balance_held": (
        2,
        "AM04",
        ["账面余额", "预留合计", "可用余额", *["预留金额", "预留原因", "预留至"] * 2],
        ["wait", "topup", "support"],
    ),
    "hold_expired": (18, "INT", ["预留金额", "预留到期"], ["support"]),
    "order_closed": (22, "ORDER_CLOSED", ["订单关闭时间"], ["new_order", "support"]),
    "amount_small": (44, "AM06", ["最低金额", "本次金额"], []),
    "amount_precise": (44, "CH20", ["填写的金额", "允许的小数位数"], []),
    "name_differs": (31, "BE01", ["填写的收款人"], ["confirm_name", "support"]),
    "identity_unfinished": (37, "NOCM", ["当前认证等级", "所需认证等级"], ["identity", "support"]),
    "bank_details": (40, "AC01", ["有误的信息"], ["correct_bank", "support"]),
    "bank_not_served": (41, "CNOR", ["银行或地区"], ["other_bank", "support"]),
    "past_cutoff": (42, "TM01", ["截止时间", "汇出日期"], ["wait"]),
    "bank_returned": (
        43,
        "MD07",
        ["退回时间", "退回金额", "银行返回代码"],
        ["correct_bank", "support"],
    ),
    "card_funds": (3, "51", ["付款方式", "银行返回代码"], ["other_card"]),
    "card_declined": (4, "05", ["付款方式", "银行返回代码"], ["call_bank", "other_card"]),
    "card_expired": (5, "54", ["付款方式", "银行返回代码", "卡有效期"], ["update_card"]),
    "card_number": (6, "14", ["付款方式", "银行返回代码"], ["correct_card"]),
    "card_check": (
        7,
        "incorrect_cvc",
        ["付款方式", "不符的信息"],
        ["correct_card"],
    ),
    "verification_waits": (
        8,
        "authentication_required",
        ["付款方式"],
        ["verify", "support"],
    ),
    "verification_unfinished": (
        8,
        "authentication_required",
        ["付款方式"],
        ["retry_card", "support"],
    ),
    "card_lost": (9, "43", ["付款方式"], ["other_card", "support"]),
    "fraud_screen": (10, "59", ["付款方式"], ["support"]),
    "card_limit": (11, "61", ["付款方式", "银行返回代码"], ["less", "later", "other_card"]),
    "card_use_off": (12, "57", ["付款方式", "银行返回代码"], ["call_bank", "other_card"]),
    "card_restricted": (13, "62", ["付款方式", "银行返回代码"], ["call_bank", "other_card"]),
    "card_currency": (
        14,
        "currency_not_supported",
        ["付款方式"],
        ["other_card"],
    ),
    "provider_down": (
        15,
        "91",
        ["付款方式", "银行返回代码", "服务公告", "公告开始"],
        ["retry_card", "other_card", "support"],
    ),
    "outcome_unknown": (
        16,
        "AB08",
        ["付款方式", "发起时间", "已查询次数", "下次查询"],
        ["wait", "support"],
    ),
    "duplicate": (17, "DUPL", ["第一笔编号", "第一笔时间"], ["view_first", "send_again"]),
    "duplicate_at_bank": (17, "94", ["银行返回代码"], ["wait", "support"]),
    "paid_not_credited": (19, "INT", ["付款方式", "下次查询"], ["wait", "support"]),
    "credited_for_closed": (19, "INT", [], ["support"]),
    "paid_back_for_closed": (19, "INT", [], ["support"]),
    "paid_after_failure": (19, "INT", ["付款方式"], ["wait", "support"]),
    "notification_rejected": (20, "SIGN_ERROR", ["未通过验证的通知数"], ["wait", "support"]),
    "amount_refused": (21, "AM09", ["银行返回代码"], ["start_again", "support"]),
    "amount_credited": (21, "AM09", ["订单金额", "通知金额"], ["support"]),
    "amount_paid_back": (21, "AM09", ["订单金额", "通知金额"], ["support"]),
    "amount_differs": (21, "AM09", ["订单金额", "通知金额"], ["support"]),
    "payer_entering": (23, "USER_PAYING", ["付款方式"], ["finish_there", "support"]),
    "limit_single": (26, "AM14", ["限额", "本次金额"], ["less", "support"]),
    "limit_day": (
        26,
        "AM14",
        ["限额", "本次金额", "今日已用", "今日剩余", "恢复时间"],
        ["wait", "less", "support"],
    ),
    "sender_restricted_because": (
        28,
        "AC06",
        ["限制类型", "限制范围", "限制开始"],
        ["support"],
    ),
    "sender_restricted": (28, "AC06", [], ["support"]),
    "recipient_restricted": (
        29,
        "AC06",
        ["填写的收款人"],
        ["retry", "other_recipient", "support"],
    ),
    "recipient_unknown": (30, "BE23", ["填写的收款人"], ["correct_recipient", "support"]),
    "recipient_closed": (32, "AC04", ["填写的收款人"], ["other_recipient", "support"]),
    "to_self": (33, "AG01", ["填写的收款人"], ["other_recipient", "topup"]),
    "currency_differs": (34, "AC11", ["币种"], ["convert", "other_recipient", "support"]),
    "quote_lapsed": (35, "INT", ["报价有效期至"], ["new_quote", "support"]),
    "no_liquidity": (36, "INT", ["币种"], ["later", "support"]),
    "cross_border_data": (39, "RR05", ["缺少的信息"], ["add_data", "support"]),
    "refund_too_late": (46, "INT", ["付款时间", "原路退款期限（天）"], ["to_wallet", "support"]),
    "refund_route_gone": (47, "resource_missing", [], ["to_wallet", "support"]),
    "topup_refund_too_late": (
        46,
        "INT",
        ["付款时间", "原路退款期限（天）"],
        ["withdraw", "support"],
    ),
    "topup_refund_route_gone": (47, "expired_or_canceled_card", [], ["withdraw", "support"]),
    "merchant_short": (48, "ACQ.SELLER_BALANCE_NOT_ENOUGH", [], ["wait", "support"]),
    "dispute_open_undated": (49, "charge_disputed", [], ["wait", "support"]),
    "dispute_open": (49, "charge_disputed", ["银行裁定期限"], ["wait", "support"]),
    "recalled": (50, "FRAD", ["撤回原因"], ["wait", "support"]),
    "refund_too_much": (45, "AM14", ["原付款金额", "已退金额", "可退金额"], []),
    "limit_month": (
        26,
        "AM14",
        ["限额", "本次金额", "本月已用", "本月剩余", "恢复时间"],
        ["wait", "less", "support"],
    ),
    "payment_review": (10, "59", ["发起时间"], ["wait", "support"]),
    "speed_rule_until": (27, "INT", ["恢复时间"], ["wait", "support"]),
    "speed_second_factor": (27, "INT", [], ["second_factor", "support"]),
    "screening": (38, "RR04", [], ["wait"]),
    "app_too_old": (51, "INT", ["当前版本", "最低版本"], ["update_app", "retry"]),
    "maintenance": (52, "INT", ["服务公告", "公告开始", "预计结束"], ["wait", "retry"]),
    "maintenance_open_end": (52, "INT", ["服务公告", "公告开始"], ["wait", "retry"]),
    "processing": (0, "", [], []),
    "succeeded": (0, "", [], []),
}
HAN = re.compile("[\u4e00-\u9fff]")


def in_all(payment: Payment) -> dict[tuple[str, str], Explanation]:
    """The explanation for each language and audience."""
    return {
        (lang, audience): queries.explain(payment, lang=lang, audience=audience)  # type: ignore[arg-type]
        for lang in ("zh-hans", "en")
        for audience in ("customer", "staff")
    }


def said(one: Explanation) -> str:
    """All the words of an explanation."""
    parts = [one.title, one.text, *(f"{a}: {b}" for a, b in one.evidence)]
    return "\n".join([*parts, *(remedy.label for remedy in one.remedies)])


def test_every_cause_is_expected() -> None:
    assert set(BY) == set(EXPECTED)


@pytest.mark.parametrize("code", sorted(EXPECTED))
def test_row(customer_factory: CustomerFactory, code: str) -> None:
    row, standard, evidence, ways = EXPECTED[code]
    payment = BY[code](customer_factory)
    finding = queries.finding_of(payment)
    assert (finding.row, finding.code, finding.standard) == (row, code, standard)
    told = in_all(payment)
    mine = told["zh-hans", "customer"]
    assert [label for label, _ in mine.evidence] == evidence
    assert [remedy.code for remedy in mine.remedies] == ways
    for (lang, audience), one in told.items():
        words = said(one)
        assert one.title
        assert one.text
        assert "%(" not in words
        assert all(value for _, value in one.evidence)
        if lang == "en":
            assert not HAN.search(words.replace("测试", "").replace("王建国", "").replace("国", ""))
        staff_ways = [remedy for remedy in one.remedies if remedy.staff]
        assert not staff_ways or audience == "staff"
    # Kept with a case and rendered later it says the same.
    stored = finding_from_json(finding.as_json())
    again = texts.render(stored, brand=payment.brand, lang="en", audience="staff")
    assert again == told["en", "staff"]


def test_short_by_fifty(customer_factory: CustomerFactory) -> None:
    told = in_all(BY["balance_short"](customer_factory))
    assert told["zh-hans", "customer"].title == "余额不足，还差 ¥50.00"
    assert told["en", "customer"].title == "Balance short by ¥50.00"
    topup = told["en", "customer"].remedies[0]
    assert (topup.url_name, topup.params) == (
        "wallet:topup",
        {"amount": "50.00", "currency": "CNY"},
    )


def test_held_until_enough_is_free(customer_factory: CustomerFactory) -> None:
    payment = BY["balance_held"](customer_factory)
    told = in_all(payment)["zh-hans", "customer"]
    # 100 - 30 - 40 = 30 are free and 50 are wanted: the first hold's end is enough.
    until = payment.created_at + timedelta(days=1)
    shown = f"{until.astimezone(profiles.get('topay').zone):%Y-%m-%d %H:%M}"
    assert f"¥70.00 因争议处理被预留，目前可用 ¥30.00；最迟到 {shown} 可用余额就够了" in told.text


def test_the_payer_learns_nothing_about_the_recipient(customer_factory: CustomerFactory) -> None:
    payment = BY["recipient_restricted"](customer_factory)
    told = in_all(payment)
    for lang in ("zh-hans", "en"):
        words = said(told[lang, "customer"])
        for secret in ("王建国", "stolen", "冻结", "freeze", "frozen", "restrict"):
            assert secret not in words, secret
        staff = said(told[lang, "staff"])
        assert "王建国" in staff
        assert "stolen" in staff
    assert "**国" in told["zh-hans", "customer"].text


@pytest.mark.parametrize("code", ["card_lost", "fraud_screen", "sender_restricted"])
def test_what_may_not_be_told(customer_factory: CustomerFactory, code: str) -> None:
    told = in_all(BY[code](customer_factory))
    for lang in ("zh-hans", "en"):
        words = re.sub(r"00\d\d", "", said(told[lang, "customer"]).lower())  # the card's own digits
        for secret in ("43", "59", "挂失", "被盗", "lost", "stolen", "欺诈", "fraud", "风险",
                       "risk", "ring"):  # fmt: skip
            assert secret not in words, secret


def test_the_closing_day_is_for_staff(customer_factory: CustomerFactory) -> None:
    told = in_all(BY["recipient_closed"](customer_factory))
    assert "注销时间" not in said(told["zh-hans", "customer"])
    assert "注销时间" in said(told["zh-hans", "staff"])


def test_day_limit_in_numbers(customer_factory: CustomerFactory) -> None:
    payment = BY["limit_day"](customer_factory)
    told = in_all(payment)["en", "customer"]
    limits = profiles.get("topay").limits["CNY"].of(0)
    shown = dict(told.evidence)
    assert shown["Limit"] == format_amount(limits.day, "CNY")
    assert shown["Left today"] == "¥50.00"
    zone = profiles.get("topay").zone
    free = datetime.strptime(shown["Free again at"], "%Y-%m-%d %H:%M").replace(tzinfo=zone)
    assert (free.hour, free.minute) == (0, 0)
    assert clock.now() < free <= clock.now() + timedelta(days=1)
    assert next(r for r in told.remedies if r.code == "less").params["amount"] == "50.00"


def test_a_restriction_that_may_be_said(customer_factory: CustomerFactory) -> None:
    told = in_all(BY["sender_restricted_because"](customer_factory))
    assert "冻结措施" in told["zh-hans", "customer"].text
    assert "stolen" not in said(told["en", "customer"])
    assert "stolen" in said(told["en", "staff"])


def test_the_incident_is_named(customer_factory: CustomerFactory) -> None:
    told = in_all(BY["provider_down"](customer_factory))
    assert ("服务公告", "公告") in told["zh-hans", "customer"].evidence
    assert ("Service notice", "A notice") in told["en", "customer"].evidence


def test_every_sentence_has_a_cause_or_a_reason_not_to() -> None:
    # Closed customers can't sign in, the rest are states that nothing here stops in.
    unreached = {"sender_closed", "approval_needed", "ledger_refused", "created", "cancelled"}
    assert set(SENTENCES) - set(EXPECTED) - unreached <= set(PURE)
