"""The operators' reconciliation pages: who may, what they show, files and explanations."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from paydesk.approvals.models import Request
from paydesk.brands.profile import Brand
from paydesk.kit import clock
from paydesk.money.payments.models import Attempt
from paydesk.money.payments.providers.simulated import daybook
from paydesk.money.payments.providers.simulated.daybook import Mischief
from paydesk.money.reconciliation import actions
from paydesk.money.reconciliation.actions import crediting
from paydesk.money.reconciliation.models import Difference, SettlementFile
from paydesk.people.models import StaffMember
from tests.factories import ClientOf, CustomerFactory, StaffFactory
from tests.money.orders.shops import order, pay_by_provider, shop
from tests.money.payments.helpers import available, top_up
from tests.money.payments.test_reconcile import differing, tell

pytestmark = pytest.mark.usefixtures("committed_db")
PAGE = "/desk/operations/reconciliation/"


@pytest.fixture
def boss(staff_factory: StaffFactory) -> StaffMember:
    return staff_factory(role="supervisor")


@pytest.fixture
def page(boss: StaffMember, client_of: ClientOf) -> Client:
    return client_of(boss.user)


@pytest.fixture
def today(brand: Brand) -> date:
    return clock.now().astimezone(brand.zone).date()


@pytest.fixture
def charged(customer_factory: CustomerFactory) -> Attempt:
    return Attempt.objects.get(payment_id=top_up(customer_factory(), 30_000).id)


def uploaded(page: Client, raw: bytes, day: date, name: str = "day.csv") -> tuple[int, str]:
    given = {
        "brand": "topay",
        "provider": "simulated",
        "day": day.isoformat(),
        "file": SimpleUploadedFile(name, raw),
    }
    answer = page.post(f"{PAGE}upload", given)
    return answer.status_code, answer.content.decode()


def of_today(**mischief: frozenset[object]) -> bytes:
    now = clock.now()
    return daybook.write(
        "topay",
        now - timedelta(days=1),
        now + timedelta(minutes=1),
        Mischief(**mischief),  # type: ignore[arg-type]  # named values
    )


def read_all() -> None:
    for file in SettlementFile.objects.filter(state="waiting"):
        actions.read(file.id)


def test_only_who_may(staff_factory: StaffFactory, client_of: ClientOf, page: Client) -> None:
    assert page.get(PAGE).status_code == 200
    assert client_of(staff_factory(role="agent").user).get(PAGE).status_code == 403
    other = client_of(staff_factory(role="supervisor", brands=["gopay"]).user)
    assert other.get(f"{PAGE}?brand=topay").status_code == 404
    assert Client().get(PAGE).status_code == 302


def test_a_file_is_uploaded_read_and_proven(page: Client, charged: Attempt, today: date) -> None:
    assert uploaded(page, of_today(), today)[0] == 302
    file = SettlementFile.objects.get()
    row = page.get(f"{PAGE}files/{file.id}").content.decode()
    assert "等待读取" in row
    assert 'hx-trigger="every 1s"' in row
    read_all()
    assert "已读取" in page.get(f"{PAGE}files/{file.id}").content.decode()
    shown = page.get(PAGE).content.decode()
    assert "已对平" in shown
    assert "¥300.00" in shown
    assert uploaded(page, of_today(), today)[0] == 422  # the very same file


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "文件是空的。"),
        (b"\n \n", "找不到表头"),
    ],
)
def test_what_is_no_file_says_so_at_the_field(
    page: Client, today: date, raw: bytes, said: str
) -> None:
    status, shown = uploaded(page, raw, today)
    assert status == 422
    assert said in shown


def test_the_day_is_offered_as_browsers_read_it(page: Client, today: date) -> None:
    offered = f'value="{(today - timedelta(days=1)).isoformat()}"'
    for lang in ("zh-hans", "en"):
        assert offered in page.get(PAGE, headers={"Accept-Language": lang}).content.decode()


def test_a_day_to_come_and_a_file_too_large(
    page: Client, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "日期还没有到。" in uploaded(page, b"x", today + timedelta(days=1))[1]
    monkeypatch.setattr("paydesk.entry.web.operations.recon_forms.MAX_UPLOAD", 10)
    assert "文件太大" in uploaded(page, b"x" * 11, today)[1]


def test_trouble_inside_is_shown_with_its_line(page: Client, charged: Attempt, today: date) -> None:
    uploaded(page, of_today().replace(b"sim_", b"=1+1", 1), today)
    read_all()
    assert "第 2 行：含有表格公式" in page.get(PAGE).content.decode()


def test_a_difference_is_explained_on_the_page(
    page: Client,
    charged: Attempt,
    today: date,
    staff_factory: StaffFactory,
    client_of: ClientOf,
) -> None:
    uploaded(page, of_today(leave_out=frozenset({charged.id})), today)
    read_all()
    address = f"{PAGE}topay/simulated/{today.isoformat()}/"
    shown = page.get(address).content.decode()
    assert "我方有，对方没有" in shown
    assert charged.payment.number in shown
    found = Difference.objects.get()
    explain = f"{PAGE}differences/{found.id}"
    assert page.post(explain, {"way": "settled", "note": ""}).status_code == 422
    assert page.post(explain, {"way": "gift", "note": "x"}).status_code == 422
    assert page.post(explain, {"way": "write_off", "note": "渠道漏结算"}).status_code == 302
    assert "等待第二人审批" in page.get(address).content.decode()
    second = client_of(staff_factory(role="supervisor").user)
    waiting = second.get("/desk/approvals/").content.decode()
    assert "解释对账差异" in waiting
    assert "我方有，对方没有" in waiting
    stranger = client_of(staff_factory(role="supervisor", brands=["gopay"]).user)
    assert stranger.post(explain, {"way": "fee", "note": "x"}).status_code == 404


def test_days_without_a_file_are_named(page: Client, charged: Attempt, today: date) -> None:
    """Nothing unexplained means nothing where no file came: the page says for which days."""
    gone = [today - timedelta(days=back) for back in (6, 5, 3)]
    noon = clock.now().replace(hour=4)
    for day in gone:
        finished = noon.replace(year=day.year, month=day.month, day=day.day)
        Attempt.objects.filter(pk=charged.pk).update(finished_at=finished)
        shown = page.get(PAGE).content.decode()
        assert f"没有文件：{day:%m-%d}" in shown
        assert "另有 1 天没有文件" in shown
        assert "每一笔都有依据" not in shown
    address = f"{PAGE}topay/simulated/{gone[-1].isoformat()}/"
    assert "还没有这一天的文件" in page.get(address).content.decode()
    said = page.get(f"{PAGE}?lang=en", follow=True).content.decode()
    assert "1 day without a file" in said
    Attempt.objects.filter(pk=charged.pk).update(finished_at=clock.now())
    assert "没有文件：" not in page.get(f"{PAGE}?lang=zh-hans", follow=True).content.decode()


@pytest.mark.parametrize("amount", [10_000, 100_000])
def test_what_was_taken_and_nobody_got_is_credited(
    amount: int,
    page: Client,
    today: date,
    customer_factory: CustomerFactory,
    staff_factory: StaffFactory,
    client_of: ClientOf,
) -> None:
    """Rows 19 and 21: by one person within the limit, above it with a second one's yes."""
    customer, took = customer_factory(), amount - 10
    payment = differing(customer, amount, took)
    uploaded(page, of_today(), today)
    read_all()
    shown = page.get(PAGE).content.decode()
    assert "收到但没有入账" in shown
    assert payment.number in shown
    address = f"{PAGE}credits/{payment.id}"
    stranger = client_of(staff_factory(role="supervisor", brands=["gopay"]).user)
    assert stranger.post(address, {"note": "回执 8812"}).status_code == 404
    page.post(address, {"note": " "})
    assert available(customer) == 0
    page.post(address, {"note": "回执 8812"})
    if amount > 50_000:
        assert available(customer) == 0
        assert "等待另一位同事审批" in page.get(PAGE).content.decode()
        asked = Request.objects.get()
        second = client_of(staff_factory(role="supervisor").user)
        assert "按实收入账" in second.get("/desk/approvals/").content.decode()
        assert "回执 8812" in second.get("/desk/approvals/").content.decode()
        second.post(f"/desk/approvals/{asked.id}/", {"decision": "approve"})
        crediting.carry_out(asked.id)
        crediting.carry_out(asked.id)
    assert available(customer) == took
    page.post(address, {"note": "回执 8812"})
    assert available(customer) == took
    assert "收到但没有入账" not in page.get(PAGE).content.decode()


@pytest.mark.parametrize("amount", [10_000, 100_000])
def test_what_was_taken_for_a_purchase_goes_to_its_payer(
    amount: int,
    page: Client,
    customer_factory: CustomerFactory,
    staff_factory: StaffFactory,
    client_of: ClientOf,
) -> None:
    payer, tea = customer_factory(name="陈晓雯"), shop(customer_factory())
    payment = pay_by_provider(order(tea, amount), payer)
    tell(Attempt.objects.get(payment=payment), amount - 10)
    shown = page.get(PAGE).content.decode()
    for word in ("收到但没有入账", payment.number, "陈晓雯", "半亩茶社", "商户没有收到这笔钱"):
        assert word in shown
    said = page.get(f"{PAGE}?lang=en", follow=True).content.decode()
    assert "The merchant did not get this money." in said
    page.get(f"{PAGE}?lang=zh-hans", follow=True)
    page.post(f"{PAGE}credits/{payment.id}", {"note": "回执 8812"})
    if amount > 50_000:
        assert available(payer) == 0
        asked = Request.objects.get()
        second = client_of(staff_factory(role="supervisor").user)
        assert "陈晓雯" in second.get("/desk/approvals/").content.decode()
        second.post(f"/desk/approvals/{asked.id}/", {"decision": "approve"})
        crediting.carry_out(asked.id)
    assert available(payer) == amount - 10
    assert "收到但没有入账" not in page.get(PAGE).content.decode()
