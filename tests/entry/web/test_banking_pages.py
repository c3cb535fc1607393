"""The banking pages with real postings: withdraw, bank accounts, bills, schedules, bad input."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from paydesk.kit import clock
from paydesk.money.bills import directory
from paydesk.money.bills.models import BillPayment, SavedBiller
from paydesk.money.payments.models import Payment
from paydesk.money.payouts import channel
from paydesk.money.payouts.models import BankAccount, Withdrawal
from paydesk.money.schedules.models import Schedule
from paydesk.people.models import Customer
from tests.factories import ClientOf, CustomerFactory
from tests.money.payments.helpers import available, fund
from tests.money.payouts.helpers import bank_account, card_ending

pytestmark = pytest.mark.usefixtures("committed_db")
BASE = "/topay/banking"


@pytest.fixture
def chen(customer_factory: CustomerFactory) -> Customer:
    with clock.travel(clock.now() - timedelta(days=1)):
        customer = customer_factory(name="陈晓雯", email="chen@mail.example", identity_level=2)
        fund(customer, 100_000)
        return customer


@pytest.fixture
def zhou(customer_factory: CustomerFactory) -> Customer:
    return customer_factory(name="周明", email="zhou@mail.example", identity_level=2)


@pytest.fixture
def wallet(client_of: ClientOf, chen: Customer) -> Client:
    return client_of(chen.user)


def fields(response: Any) -> dict[str, str]:
    """The hidden fields of the page's form: what a browser sends along."""
    hidden = re.findall(
        r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode()
    )
    return {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}


def text(response: Any) -> str:
    return str(response.content.decode())


def withdraw(wallet: Client, account: BankAccount, amount: str, **more: str) -> Any:
    form = fields(wallet.get(f"{BASE}/withdraw/")) | {
        "amount": amount, "currency": "CNY", "account": str(account.id), "step": "check",
    }  # fmt: skip
    return wallet.post(f"{BASE}/withdraw/", form | more)


def test_withdraw_step_by_step(wallet: Client, chen: Customer) -> None:
    account = bank_account(chen)
    check = withdraw(wallet, account, "100")
    assert check.status_code == 200
    assert "¥100.00" in text(check)
    assert "中国工商银行 尾号 0128" in text(check)
    done = wallet.post(f"{BASE}/withdraw/", fields(check))
    row = Withdrawal.objects.get()
    assert done["Location"] == f"{BASE}/withdraw/{row.payment.number}/"
    page = wallet.get(done["Location"])
    assert "撤销这笔提现" in text(page)
    assert wallet.post(f"{BASE}/withdraw/", fields(check))["Location"] == done["Location"]
    assert Withdrawal.objects.count() == 1
    cancelled = wallet.post(f"{done['Location']}cancel/", follow=True)
    assert "已撤销" in text(cancelled)
    assert available(chen) == 100_000


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "金额要大于零"),
        ("-5", "金额要大于零"),
        ("1.001", "小数位太多"),
        ("9" * 30, "金额太大"),
        ("一百", "请用数字输入金额"),
        ("", "请输入金额"),
        ("½", "请用数字输入金额"),
        ("1e3", "请用数字输入金额"),
    ],
)
def test_amounts_that_can_not_be_used(
    wallet: Client, chen: Customer, amount: str, said: str
) -> None:
    answer = withdraw(wallet, bank_account(chen), amount)
    assert (answer.status_code, said in text(answer)) == (422, True)
    assert not Payment.objects.filter(kind="withdrawal").exists()


@pytest.mark.parametrize("amount", ["１２０．５０", "١٢٠.٥٠", "120.50", " ¥120.5 "])
def test_amounts_in_other_writing(wallet: Client, chen: Customer, amount: str) -> None:
    assert "¥120.50" in text(withdraw(wallet, bank_account(chen), amount))


def test_a_refused_withdrawal_explains_itself(wallet: Client, chen: Customer) -> None:
    account = bank_account(chen)
    check = withdraw(wallet, account, "0.99")
    done = wallet.post(f"{BASE}/withdraw/", fields(check), follow=True)
    payment = Payment.objects.get(kind="withdrawal")
    assert done.redirect_chain[-1][0] == f"/topay/activity/{payment.number}/"
    assert payment.reason == "amount_small"
    assert "¥1.00" in text(done)


def test_nobody_sees_anothers(
    wallet: Client, zhou: Customer, client_of: ClientOf, chen: Customer
) -> None:
    account = bank_account(chen)
    check = withdraw(wallet, account, "100")
    done = wallet.post(f"{BASE}/withdraw/", fields(check))
    stranger = client_of(zhou.user)
    assert stranger.get(done["Location"]).status_code == 404
    assert stranger.post(f"{done['Location']}cancel/").status_code == 404
    assert stranger.post(f"{BASE}/accounts/{account.id}/remove/").status_code == 404
    form = {
        "amount": "1",
        "currency": "CNY",
        "account": str(account.id),
        "step": "send",
        "key": "k" * 8,
    }
    assert stranger.post(f"{BASE}/withdraw/", form).status_code == 422


def add(wallet: Client, scheme: str = "cn_card", **more: str) -> Any:
    values = {"scheme": scheme, "holder": "陈晓雯", "number": card_ending("0128"), "bank": ""}
    return wallet.post(f"{BASE}/accounts/new/", values | more, follow=True)


def test_accounts_are_added_masked_and_removed(wallet: Client) -> None:
    page = add(wallet, number="６２２２ ０２１２３４５６７８" + card_ending("0128")[14:])
    assert "中国工商银行 尾号 0128" in text(page)
    assert "622202" not in text(page)
    account = BankAccount.objects.get()
    assert "这个账户已经添加过了" in text(add(wallet))
    removed = wallet.post(f"{BASE}/accounts/{account.id}/remove/", follow=True)
    assert "已移除" in text(removed)
    assert add(wallet).status_code == 200


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"number": "1234"}, "卡号的位数不对"),
        ({"number": card_ending("0128")[:-1] + "9"}, "卡号有一位输错了"),
        ({"number": "我的卡号"}, "卡号只能是数字"),
        ({"number": "<script>alert(1)</script>"}, "卡号只能是数字"),
        ({"number": "9" * 121}, "120"),
        ({"holder": "李强"}, "持有人与您的实名不一致"),
        ({"holder": "12345"}, "持有人姓名要用文字填写"),
        ({"number": "6200000000000005"}, "从卡号认不出银行"),
        (
            {"scheme": "cn_account", "number": "11001234567890", "branch": "105100000018"},
            "联行号有一位",
        ),
        (
            {"scheme": "swift", "country": "HK", "number": "1234567", "branch": "X"},
            "SWIFT 代码的格式不对",
        ),
        ({"scheme": "iban", "number": "DE89370400440532013000"}, "卡号只能是数字"),
    ],
)
def test_bank_details_that_are_wrong(wallet: Client, more: dict[str, str], said: str) -> None:
    answer = add(wallet, **more)
    assert (answer.status_code, said in text(answer)) == (422, True), text(answer)[-3000:]
    assert not BankAccount.objects.exists()


def test_a_country_that_is_not_served(
    client_of: ClientOf, customer_factory: CustomerFactory
) -> None:
    customer = customer_factory(brand="gopay", name="Ana", identity_level=2)
    answer = client_of(customer.user).post(
        "/gopay/banking/accounts/new/?lang=en",
        {"scheme": "iban", "holder": "Ana", "number": "BE68 5390 0754 7034"},
    )
    assert answer.status_code == 422
    assert "not served" in text(answer)


def test_a_bill_from_number_to_receipt(wallet: Client, chen: Customer) -> None:
    sample = directory.of_brand("topay")["power"].samples["due"]
    address = f"{BASE}/bills/power/"
    found = wallet.post(address, {"reference": f" {sample[:4]} {sample[4:]} "})
    assert found.status_code == 200
    check = wallet.post(address, fields(found) | {"save": "on", "name": "家里"} | amount_of(found))
    assert "确认缴费" in text(check)
    done = wallet.post(address, fields(check))
    row = BillPayment.objects.get()
    assert done["Location"] == f"{BASE}/bills/paid/{row.payment.number}/"
    assert row.confirmation in text(wallet.get(done["Location"]))
    assert "家里" in text(wallet.get(f"{BASE}/bills/"))
    assert "已经缴清" in text(wallet.post(address, {"reference": sample}))
    saved = SavedBiller.objects.get()
    wallet.post(f"{BASE}/bills/saved/{saved.id}/forget/")
    assert not SavedBiller.objects.exists()


def amount_of(page: Any) -> dict[str, str]:
    found = re.search(r'name="amount" value="([^"]*)"', text(page))
    return {"amount": found[1]} if found else {}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "请填写户号"),
        ("1300000376", "户号有一位输错了"),
        ("13", "户号的格式不对"),
        ("户号一三〇〇", "户号的格式不对"),
        ("9" * 60, "户号太长"),
        ("9" * 121, "120"),
        ("unknown", "查不到这个号码"),
        ("down", "暂时没有应答"),
    ],
)
def test_references_that_are_wrong(wallet: Client, typed: str, said: str) -> None:
    reference = directory.of_brand("topay")["power"].samples.get(typed, typed)
    answer = wallet.post(f"{BASE}/bills/power/", {"reference": reference})
    assert (answer.status_code, said in text(answer)) == (422, True)


def test_an_open_amount_has_bounds(wallet: Client) -> None:
    address = f"{BASE}/bills/mobile/"
    found = wallet.post(address, {"reference": "138 0000 0037"})
    low = wallet.post(address, fields(found) | {"amount": "9.99"})
    assert (low.status_code, "¥10.00" in text(low)) == (422, True)
    again = wallet.post(address, fields(found) | {"amount": "３０"})
    assert "确认缴费 ¥30.00" in text(again)


def test_another_amount_than_the_bill_says(wallet: Client) -> None:
    sample = directory.of_brand("topay")["power"].samples["due"]
    address = f"{BASE}/bills/power/"
    found = wallet.post(address, {"reference": sample})
    answer = wallet.post(address, fields(found) | {"amount": "0.01"})
    assert (answer.status_code, "账单金额有变化" in text(answer)) == (422, True)


def new(wallet: Client, **more: str) -> Any:
    page = wallet.get(f"{BASE}/schedules/new/")
    day = (clock.now() + timedelta(days=2)).date().isoformat()
    values = {
        "recipient": "zhou@mail.example", "amount": "50", "currency": "CNY", "rhythm": "monthly",
        "first_on": day, "at": "09:00", "ends": "never", "on_missed": "run_late", "note": "",
    }  # fmt: skip
    return wallet.post(f"{BASE}/schedules/new/", fields(page) | values | more, follow=True)


def test_a_schedule_is_made_paused_skipped_and_ended(wallet: Client, zhou: Customer) -> None:
    page = new(wallet)
    row = Schedule.objects.get()
    assert "接下来的付款" in text(page)
    address = f"{BASE}/schedules/{row.id}/do/"
    wallet.post(address, {"what": "skip", "n": "0"})
    wallet.post(address, {"what": "skip", "n": "0"})
    row.refresh_from_db()
    assert row.next_n == 1
    wallet.post(address, {"what": "pause"})
    assert "已暂停付款" in text(wallet.get(f"{BASE}/schedules/"))
    wallet.post(address, {"what": "resume"})
    wallet.post(address, {"what": "cancel"})
    assert "刚刚有变化" in text(wallet.post(address, {"what": "pause"}, follow=True))
    assert wallet.post(address, {"what": "nonsense"}).status_code == 404
    row.refresh_from_db()
    assert row.state == "cancelled"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"first_on": "2020-01-01"}, "要晚于现在"),
        ({"first_on": "9999-12-31"}, "两年内"),
        ({"first_on": "二月三十"}, "日期不对"),
        ({"at": "25:99"}, "时间不对"),
        ({"ends": "on"}, "请选择最后一天"),
        ({"ends": "after", "times": "0"}, "至少一次"),
        ({"ends": "after", "times": "1000000"}, "最多 500 次"),
        ({"recipient": "nobody@mail.example"}, "没有找到这位收款人"),
        ({"recipient": "chen@mail.example"}, "不能转给自己"),
        ({"amount": "0"}, "金额要大于零"),
    ],
)
def test_schedules_that_can_not_be_made(
    wallet: Client, zhou: Customer, more: dict[str, str], said: str
) -> None:
    answer = new(wallet, **more)
    assert (answer.status_code, said in text(answer)) == (422, True)
    assert not Schedule.objects.exists()


def test_the_dates_in_view(wallet: Client) -> None:
    query = "rhythm=monthly&first_on=2027-01-31&at=09:00&ends=after&times=3"
    answer = text(wallet.get(f"{BASE}/schedules/dates/?{query}"))
    assert answer.count("<li>") == 3
    assert "<li>" not in text(wallet.get(f"{BASE}/schedules/dates/?first_on=x"))
    far = wallet.get(
        f"{BASE}/schedules/dates/?rhythm=weekly&first_on=9999-12-30&at=09:00&ends=never"
    )
    assert far.status_code == 200


def test_a_bill_every_month(wallet: Client) -> None:
    sample = directory.of_brand("topay")["power"].samples["due"]
    page = wallet.get(f"{BASE}/schedules/new/?biller=power&reference={sample}")
    assert "每次最多付" in text(page)
    day = (clock.now() + timedelta(days=2)).date().isoformat()
    done = wallet.post(
        f"{BASE}/schedules/new/",
        fields(page)
        | {
            "amount": "500", "currency": "CNY", "rhythm": "monthly", "first_on": day,
            "at": "09:00", "ends": "never", "on_missed": "skip",
        },
        follow=True,
    )  # fmt: skip
    assert "江城电力" in text(done)
    row = Schedule.objects.get()
    assert (row.most, row.amount, row.reference) == (50_000, None, sample)


def test_every_page_in_english(wallet: Client, chen: Customer) -> None:
    bank_account(chen)
    for path in (
        "withdraw",
        "accounts",
        "accounts/new",
        "bills",
        "bills/power",
        "schedules",
        "schedules/new",
    ):
        page = wallet.get(f"{BASE}/{path}/?lang=en", follow=True)
        assert page.status_code == 200
        body = re.sub(r"<(title|script).*?</\1>|<[^>]+>", "", text(page), flags=re.S)
        left = set(re.findall(r"[\u4e00-\u9fff]+", body)) - {"简体中文", "中文", "中", "陈晓雯"}
        assert not left, (path, left)


def test_each_sample_of_the_demo_says_what_it_does(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    page = client_of(customer_factory().user).get("/topay/banking/bills/power/")
    shown = page.content.decode()
    assert "1300001854" in shown
    assert "收费单位没有及时回复，稍后才有结果" in shown


def test_a_request_can_be_copied_and_shared(
    customer_factory: CustomerFactory, client_of: ClientOf
) -> None:
    own = client_of(customer_factory().user)
    made = own.post(
        "/topay/pay/requests/", {"amount": "88", "currency": "CNY", "key": "made-with-the-page"}
    )
    shown = own.get(made.headers["Location"]).content.decode()
    link = f"http://testserver{made.headers['Location']}"
    assert f'data-copy="{link}"' in shown
    assert f'data-share="{link}"' in shown


def test_a_withdrawal_tried_again_on_two_pages_is_one(wallet: Client, chen: Customer) -> None:
    account = bank_account(chen)
    bank_account(chen, "0136")  # newer, so what a fresh form offers first
    wallet.post(f"{BASE}/withdraw/", fields(withdraw(wallet, account, "2000")))
    failed = Payment.objects.get(kind="withdrawal")
    assert failed.reason == "balance_short"
    fund(chen, 500_000)
    pages = [wallet.get(f"{BASE}/withdraw/?retry={failed.number}") for _ in range(2)]
    assert all(f'value="{account.id}" checked' in text(page) for page in pages)
    typed = {"amount": "2000", "currency": "CNY", "account": str(account.id)}
    checks = [wallet.post(f"{BASE}/withdraw/", fields(page) | typed) for page in pages]
    first, second = (
        wallet.post(f"{BASE}/withdraw/", fields(check), follow=True) for check in checks
    )
    row = Withdrawal.objects.get()
    assert f"/withdraw/{row.payment.number}/" in first.redirect_chain[-1][0]
    stopped = Payment.objects.get(kind="withdrawal", reason="duplicate")
    assert second.redirect_chain[-1][0] == f"/topay/activity/{stopped.number}/"
    assert row.payment.number in text(second)
    assert f"{BASE}/withdraw/?retry={stopped.number}" in text(second)  # again, and on purpose


@pytest.mark.parametrize(
    ("lang", "said"),
    [("zh-hans", "现在不能提现"), ("en", "Withdrawals are not available now")],
    ids=["zh", "en"],
)
def test_where_nobody_pays_out_it_is_said_at_once(
    wallet: Client, chen: Customer, settings: Any, tmp_path: Path, lang: str, said: str
) -> None:
    account = bank_account(chen)
    wallet.get(f"/topay/?lang={lang}")
    check = withdraw(wallet, account, "100")
    assert f'href="{BASE}/withdraw/"' in text(wallet.get("/topay/"))
    settings.SIMULATED_PROVIDER = False
    settings.PROVIDERS_FILE = tmp_path / "providers.toml"
    page = wallet.get(f"{BASE}/withdraw/")
    assert (page.status_code, said in text(page)) == (200, True)
    assert 'name="amount"' not in text(page)
    assert f'href="{BASE}/withdraw/"' not in text(wallet.get("/topay/"))
    sent = wallet.post(f"{BASE}/withdraw/", fields(check))
    assert (sent.status_code, said in text(sent)) == (409, True)
    assert not Payment.objects.filter(kind="withdrawal").exists()


def test_a_provider_that_goes_while_the_form_is_open_is_no_fault(
    wallet: Client, chen: Customer, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = withdraw(wallet, bank_account(chen), "100")
    settings.SIMULATED_PROVIDER = False
    settings.PROVIDERS_FILE = tmp_path / "providers.toml"
    monkeypatch.setattr(channel, "is_there", lambda brand: True)  # as a moment before
    sent = wallet.post(f"{BASE}/withdraw/", fields(check))
    assert (sent.status_code, "现在不能提现" in text(sent)) == (409, True)
    assert not Payment.objects.filter(kind="withdrawal").exists()
