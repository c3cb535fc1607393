"""Money in the wallet's pages, with real postings: top-up, transfer, why it failed, again."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.methods.models import SavedMethod
from paydesk.money.payments.models import Payment
from paydesk.people import actions as people
from paydesk.people.models import Customer
from tests.factories import ClientOf, CustomerFactory
from tests.money.payments.helpers import top_up

pytestmark = pytest.mark.usefixtures("committed_db")
TopUp = Callable[..., HttpResponse]


@pytest.fixture
def chen(customer_factory: CustomerFactory) -> Customer:
    return customer_factory(name="陈晓雯", email="chen@mail.example")


@pytest.fixture
def li(customer_factory: CustomerFactory) -> Customer:
    return customer_factory(name="李强", email="li@mail.example")


@pytest.fixture
def wallet(client_of: ClientOf, chen: Customer) -> Client:
    return client_of(chen.user)


def fields(response: Any) -> dict[str, str]:
    """The hidden fields of the page's form: what a browser sends along."""
    text = response.content.decode()
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
    return {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}


def topup(wallet: Client, amount: str = "100", card: str = "4242", **more: str) -> Any:
    form = fields(wallet.get("/topay/topup/")) | {
        "amount": amount,
        "currency": "CNY",
        "instrument": f"sim_card_{card}",
    }
    return wallet.post("/topay/topup/", form | more, follow=True)


def transfer(wallet: Client, to: str, amount: str, **more: str) -> Any:
    form = fields(wallet.get("/topay/transfer/")) | {
        "recipient": to,
        "amount": amount,
        "currency": "CNY",
        "note": "",
        "step": "check",
    }
    return wallet.post("/topay/transfer/", form | more)


def confirmed(wallet: Client, page: Any) -> Any:
    return wallet.post("/topay/transfer/", fields(page), follow=True)


def text(response: Any) -> str:
    return response.content.decode()  # type: ignore[no-any-return]


def test_a_top_up_shows_its_receipt_and_the_balance(wallet: Client) -> None:
    done = topup(wallet, "１２０")  # full-width, as an input method writes it
    assert "充值成功" in text(done)
    assert "+¥120.00" in text(done)
    assert "¥120.00" in text(wallet.get("/topay/"))


def test_only_money_that_moved_has_a_receipt(wallet: Client, chen: Customer) -> None:
    topup(wallet)
    top_up(chen, 200, token="sim_card_0051")
    for payment in Payment.objects.filter(payee=chen):
        moved = payment.state == "succeeded"
        address = f"/topay/records/receipt/{payment.number}.pdf"
        shown = text(wallet.get(f"/topay/activity/{payment.number}/"))
        assert (address in shown, "资金证明材料" in shown) == (moved, True)
        assert wallet.get(address).status_code == (200 if moved else 404)
    states = Payment.objects.filter(payee=chen).order_by("created_at").values_list("state")
    assert [state for (state,) in states] == ["succeeded", "failed"]


def test_the_same_form_sent_twice_is_one_top_up(wallet: Client, chen: Customer) -> None:
    form = fields(wallet.get("/topay/topup/"))
    form |= {"amount": "50", "currency": "CNY", "instrument": "sim_card_4242"}
    first = wallet.post("/topay/topup/", form)
    second = wallet.post("/topay/topup/", form)
    assert first["Location"] == second["Location"]
    assert Payment.objects.filter(payee=chen).count() == 1


def test_the_same_form_with_another_amount_is_asked_about(wallet: Client, chen: Customer) -> None:
    form = fields(wallet.get("/topay/topup/"))
    form |= {"amount": "50", "currency": "CNY", "instrument": "sim_card_4242"}
    wallet.post("/topay/topup/", form)
    again = wallet.post("/topay/topup/", form | {"amount": "60"})
    assert again.status_code == 422
    assert "已经提交过" in text(again)
    assert fields(again)["key"] != form["key"]
    assert 'value="60"' in text(again)
    assert Payment.objects.filter(payee=chen).count() == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "请输入金额"),
        ("abc", "请用数字输入金额"),
        ("0", "金额要大于零"),
        ("1.234", "小数位太多"),
    ],
)
def test_what_was_typed_stays_and_what_is_wrong_is_said(
    wallet: Client, typed: str, told: str
) -> None:
    response = topup(wallet, typed)
    assert response.status_code == 422
    assert told in text(response)
    assert typed in text(response)


def test_a_refused_card_explains_itself_with_a_way_on(wallet: Client) -> None:
    page = text(topup(wallet, card="0051"))
    assert "充值没有成功" in page
    assert "余额不足" in page
    assert "联系客服" in page
    assert "/topay/topup/?" in page


def test_short_by_fifty_leads_to_a_top_up_of_fifty(
    wallet: Client, chen: Customer, li: Customer
) -> None:
    topup(wallet, "100")
    page = transfer(wallet, "li@mail.example", "150")
    assert "*强" in text(page)
    assert "李强" not in text(page)
    assert "可用余额还差 ¥50.00" in text(page)
    failed = confirmed(wallet, page)
    assert "转账没有成功" in text(failed)
    assert "¥50.00" in text(failed)
    (link,) = set(re.findall(r"/topay/topup/\?amount=50\.00&amp;currency=CNY", text(failed)))
    prefilled = wallet.get(link.replace("&amp;", "&"))
    assert 'value="50.00"' in text(prefilled)
    payment = Payment.objects.get(payer=chen)
    assert (payment.state, payment.reason) == ("failed", "balance_short")


def test_a_confirmed_transfer_reaches_the_other_side_once(
    wallet: Client, client_of: ClientOf, chen: Customer, li: Customer
) -> None:
    topup(wallet, "100")
    page = transfer(wallet, "li@mail.example", "80", note="书钱")
    done = confirmed(wallet, page)
    again = confirmed(wallet, page)
    assert "转账成功" in text(done)
    assert done.redirect_chain == again.redirect_chain
    assert Payment.objects.filter(payer=chen).count() == 1
    other = client_of(li.user)
    assert "+¥80.00" in text(other.get("/topay/"))
    assert "**雯" in text(other.get("/topay/"))


def test_going_back_to_change_the_amount_is_another_request(
    wallet: Client, chen: Customer, li: Customer
) -> None:
    topup(wallet, "100")
    confirmed(wallet, transfer(wallet, "li@mail.example", "10"))
    done = confirmed(wallet, transfer(wallet, "li@mail.example", "20"))
    assert "转账成功" in text(done)
    assert Payment.objects.filter(payer=chen, state="succeeded").count() == 2


def test_an_unknown_recipient_and_oneself_are_told_at_the_field(
    wallet: Client, chen: Customer
) -> None:
    unknown = transfer(wallet, "nobody@mail.example", "10")
    assert unknown.status_code == 422
    assert "没有找到这位收款人" in text(unknown)
    assert 'value="nobody@mail.example"' in text(unknown)
    assert "不能转给自己" in text(transfer(wallet, "chen@mail.example", "10"))
    assert not Payment.objects.exists()


def test_who_is_a_customer_is_not_found_out_by_trying(
    wallet: Client, li: Customer, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"recipient_lookup": "2/10m/key"}
    for _ in range(2):
        assert "没有找到" in text(transfer(wallet, "nobody@mail.example", "10"))
    refused = transfer(wallet, "li@mail.example", "10")
    assert refused.status_code == 422
    assert "查找太频繁" in text(refused)
    assert "*强" not in text(refused)


def test_a_frozen_recipients_cause_is_not_told(
    wallet: Client, chen: Customer, li: Customer
) -> None:
    people.place_freeze(li, reason="by_staff", actor=SYSTEM("topay"))
    topup(wallet, "100")
    page = text(confirmed(wallet, transfer(wallet, "li@mail.example", "80")))
    assert "暂时无法收款" in page
    assert "冻结" not in page.split('id="main"')[1]
    assert Payment.objects.get(payer=chen).reason == "recipient_restricted"
    home = text(wallet.get("/topay/"))
    assert "暂时无法收款" in home
    assert "¥100.00" in home


def test_a_failed_payment_is_tried_again_once_however_often_it_is_pressed(
    wallet: Client, chen: Customer, li: Customer
) -> None:
    restriction = people.place_freeze(li, reason="by_staff", actor=SYSTEM("topay"))
    topup(wallet, "100")
    confirmed(wallet, transfer(wallet, "li@mail.example", "80"))
    failed = Payment.objects.get(payer=chen)
    assert restriction.pk
    key = {"key": "0192aaaa-0000-7000-8000-000000000001"}
    first = wallet.post(f"/topay/activity/{failed.number}/retry/", key)
    second = wallet.post(f"/topay/activity/{failed.number}/retry/", key)
    assert first["Location"] == second["Location"]
    assert Payment.objects.filter(retry_of=failed).count() == 1


def test_a_retry_that_worked_is_shown_instead_of_another(
    wallet: Client, chen: Customer, li: Customer
) -> None:
    confirmed(wallet, transfer(wallet, "li@mail.example", "80"))
    failed = Payment.objects.get(payer=chen)
    again = f"/topay/activity/{failed.number}/retry/"
    topup(wallet, "200")
    assert again in text(wallet.get(f"/topay/activity/{failed.number}/"))
    first = wallet.post(again, {"key": str(ids.uuid7())})
    page = text(wallet.get(f"/topay/activity/{failed.number}/"))
    assert "查看重试的付款" in page
    assert again not in page
    second = wallet.post(again, {"key": str(ids.uuid7())})
    assert second.headers["Location"] == first.headers["Location"]
    assert Payment.objects.filter(retry_of=failed).count() == 1


def test_a_card_that_was_removed_is_not_charged_again(wallet: Client, chen: Customer) -> None:
    topup(wallet, card="0091")
    failed = Payment.objects.get(payee=chen)
    saved = SavedMethod.objects.create(
        id=ids.uuid7(), brand="topay", customer=chen, provider=failed.method["provider"],
        token=failed.method["token"], kind="card", scheme="visa", last4="0091",
        added_at=clock.now(), removed_at=clock.now(),
    )  # fmt: skip
    told = wallet.post(f"/topay/activity/{failed.number}/retry/", {"key": saved.id}, follow=True)
    assert "已被移除" in text(told)
    assert not Payment.objects.filter(retry_of=failed).exists()


def test_a_verification_is_finished_at_the_bank(wallet: Client, chen: Customer) -> None:
    page = topup(wallet, card="3155")
    payment = Payment.objects.get(payee=chen)
    way = f"/topay/methods/pay/{payment.number}"
    assert way in text(page)
    led = wallet.get(way)
    assert led.status_code == 302
    assert "/simulated/" in led["Location"]
    bank = wallet.get(urlsplit(led["Location"]).path)
    assert "您同意这笔扣款吗" in text(bank)
    done = wallet.post(urlsplit(led["Location"]).path, {"passed": "yes"}, follow=True)
    assert "充值成功" in text(done)
    late = wallet.post(urlsplit(led["Location"]).path, {"passed": "no"}, follow=True)
    assert "充值成功" in text(late)


def test_anothers_payment_is_not_there(
    wallet: Client, client_of: ClientOf, li: Customer, chen: Customer
) -> None:
    topup(client_of(li.user), "100")
    number = Payment.objects.get(payee=li).number
    for path in ("activity/%s/", "activity/%s/retry/", "methods/pay/%s", "records/receipt/%s.pdf"):
        call = wallet.post if "retry" in path else wallet.get
        assert call("/topay/" + path % number).status_code == 404


def test_activity_filters_and_reads_on(wallet: Client, chen: Customer, li: Customer) -> None:
    for _ in range(27):  # nobody sits there: a person who tries so often is slowed down
        top_up(chen, 100)
    top_up(chen, 200, token="sim_card_0005")
    first = text(wallet.get("/topay/activity/"))
    assert first.count('class="item ') == 25
    (more,) = re.findall(r'href="\?(after=[^"]*)"', first)
    query = more.replace("&amp;", "&")
    rest = wallet.get(f"/topay/activity/?{query}", headers={"HX-Request": "true"})
    assert text(rest).count('class="item ') == 3
    assert "<html" not in text(rest)
    failed = text(wallet.get("/topay/activity/?state=failed"))
    assert failed.count('class="item ') == 1
    nothing = text(wallet.get("/topay/activity/?kind=refund"))
    assert "没有符合条件的记录" in nothing
    wrong = text(wallet.get("/topay/activity/?since=2026-02-02&until=2026-01-01"))
    assert "结束日期早于开始日期" in wrong
    assert wallet.get("/topay/activity/?after=nonsense").status_code == 200


@pytest.mark.parametrize(("lang", "told"), [("zh-hans", "*强（li***@"), ("en", "*强 (li***@")])
def test_the_receipts_brackets_are_of_the_language(
    wallet: Client, chen: Customer, li: Customer, lang: str, told: str
) -> None:
    topup(wallet, "100")
    confirmed(wallet, transfer(wallet, li.user.email, "80"))
    number = Payment.objects.get(payer=chen, payee=li).number
    assert told in text(wallet.get(f"/topay/activity/{number}/", {"lang": lang}))


def test_a_payments_page_tells_what_happened_in_order(wallet: Client, chen: Customer) -> None:
    topup(wallet, "100")
    page = text(wallet.get(f"/topay/activity/{Payment.objects.get(payee=chen).number}/"))
    told = [page.index(step) for step in ("已提交", "已向银行请求扣款", "银行已扣款", "已记入账本")]
    assert told == sorted(told)
