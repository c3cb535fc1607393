"""Disbursements by the routes and by the swift application: the same answers, each done once."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connections, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from paydesk import wiring
from paydesk.entry.api import disbursing, swift
from paydesk.kit import ids
from paydesk.kit.actors import SYSTEM
from paydesk.money.ledger import queries as ledger
from paydesk.money.merchants.access import key_of
from paydesk.money.merchants.actions import keys, onboarding
from paydesk.money.merchants.models import ApiKey, Merchant, MerchantEvent
from paydesk.money.merchants.rules import Scope, Standing
from paydesk.money.payments import accounts
from paydesk.money.payments.models import Payment
from paydesk.money.payments.telling import DISBURSED
from paydesk.money.risk.models import Hit
from paydesk.people.models import Customer
from tests.entry.api.calling import Program
from tests.factories import ClientOf, CustomerFactory, StaffFactory
from tests.money.orders.shops import by, fund, key, shop

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def tea(customer_factory: CustomerFactory) -> Merchant:
    made = shop(customer_factory(name="林茶"))
    fund(made, 100_000)
    return made


@pytest.fixture
def zhou(customer_factory: CustomerFactory) -> Customer:
    return customer_factory(name="周工", email="zhou@mail.example")


class Swiftly(Program):
    """The same program, whose disbursements the swift application answers."""

    def call(self, method: str, path: str, content: Any = None, **headers: str) -> Any:
        if not path.startswith("/disbursements"):
            return super().call(method, path, content, **headers)
        own = {
            "authorization": f"Bearer {self.key}",
            "accept-language": "en",
            "idempotency-key": headers.pop("request_key", "") or str(ids.uuid7()),
            "host": "testserver",
        }
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return asyncio.run(_swift(f"/{self.brand}/api/v1{path}", own | headers, body))


class Heard:
    """An answer of the swift application."""

    def __init__(self, sent: list[dict[str, Any]]) -> None:
        self.status = sent[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        self.body = json.loads(sent[1]["body"])
        self.code = str(self.body.get("code", ""))

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")


async def _swift(path: str, headers: dict[str, str], body: bytes) -> Heard:
    sent: list[dict[str, Any]] = []

    async def inner(*_: Any) -> None:
        raise AssertionError("not for the swift application")

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await swift.Swift(inner)(scope, receive, send)
    return Heard(sent)


@pytest.fixture(params=[Program, Swiftly])
def program(request: pytest.FixtureRequest, tea: Merchant) -> Program:
    made: Program = request.param(key(tea))
    return made


def wish(**changed: Any) -> dict[str, Any]:
    return {
        "recipient": "zhou@mail.example",
        "amount": 1200,
        "currency": "CNY",
        "reference": "salary-11",
    } | changed


def has(side: Merchant | Customer) -> int:
    chart = accounts.chart(side.brand, side)
    account = (
        chart.wallet(side, "CNY") if isinstance(side, Customer) else chart.merchant(side, "CNY")
    )
    return ledger.balance(account).posted


def held_by(merchant: Merchant) -> int:
    return ledger.balance(accounts.chart(merchant.brand, merchant).merchant(merchant, "CNY")).held


def on_a_list(customer: Customer) -> None:
    Hit.objects.create(
        brand=customer.brand, customer=customer, source="test", entry="T-1", score=100
    )


def run_afterwards() -> None:
    """What the jobs after all disbursements so far would do."""
    for job in ProcrastinateJob.objects.filter(task_name="reactions.run", args__kind=DISBURSED):
        wiring.reactions.run_afterwards(DISBURSED, job.args["ids"])


def test_a_customer_is_paid_once_a_key(program: Program, tea: Merchant, zhou: Customer) -> None:
    first = program.post("/disbursements", wish(), request_key="salary-zhou-11")
    again = program.post("/disbursements", wish(), request_key="salary-zhou-11")
    assert first.status == again.status == 201, first.body
    assert first.body == again.body
    assert again.header("Idempotency-Replayed") == "true"
    other = program.post("/disbursements", wish(amount=1300), request_key="salary-zhou-11")
    assert (other.status, other.code) == (409, "key_reused")
    assert (has(zhou), has(tea)) == (1200, 98_800)
    stored = program.get(f"/payments/{first.body['id']}").body
    assert {**stored, "created_at": "", "finished_at": ""} == {
        **first.body,
        "created_at": "",
        "finished_at": "",
    }
    assert stored["created_at"][:19] == first.body["created_at"][:19]


def test_what_follows_does_not_hold_up_the_sweeps(program: Program, zhou: Customer) -> None:
    assert program.post("/disbursements", wish()).status == 201
    [job] = ProcrastinateJob.objects.filter(task_name="reactions.run", args__kind=DISBURSED)
    assert job.priority < 0


def test_by_number_and_address_but_nobody_unknown(
    program: Program, zhou: Customer, customer_factory: CustomerFactory
) -> None:
    assert program.post("/disbursements", wish(recipient=zhou.number)).status == 201
    nobody = program.post("/disbursements", wish(recipient="nobody@mail.example"))
    assert (nobody.status, nobody.code) == (422, "recipient_unknown")
    recorded = Payment.objects.get(id=nobody.body["payment"]["id"])
    assert (recorded.state, recorded.reason) == ("failed", "recipient_unknown")
    stranger = customer_factory(brand="gopay", email="other@mail.example")
    assert program.post("/disbursements", wish(recipient=stranger.number)).status == 422


def test_too_little_is_told_with_the_figures(program: Program, zhou: Customer) -> None:
    short = program.post("/disbursements", wish(amount=100_001))
    assert (short.status, short.code) == (422, "balance_short")
    assert (short.body["available"], short.body["short"]) == (100_000, 1)


@pytest.mark.parametrize(
    "amount", [0, -5, "1200", 12.0, 12.5, 0.5, True, None, 10**15 + 1, 10**40, [], "１２"]
)
def test_what_is_no_amount_moves_nothing(
    program: Program, tea: Merchant, zhou: Customer, amount: Any
) -> None:
    said = program.post("/disbursements", wish(amount=amount))
    assert said.status == 422, said.body
    assert said.code in {"invalid", "amount_precise"}
    assert has(tea) == 100_000


def test_row_44_is_recorded(program: Program, tea: Merchant, zhou: Customer) -> None:
    small = program.post("/disbursements", wish(amount=9))
    assert (small.status, small.code, small.body["minimum"]) == (422, "amount_small", 10)
    precise = program.post("/disbursements", wish(amount=1250.5))
    assert (precise.status, precise.code) == (422, "amount_precise")
    found = Payment.objects.filter(merchant=tea).order_by("created_at")
    assert [(one.reason, one.state) for one in found] == [
        ("amount_small", "failed"),
        ("amount_precise", "failed"),
    ]
    assert found[1].facts == {"digits": 2, "typed": "1250.5"}


def test_a_bulk_answers_each_alone(program: Program, tea: Merchant, zhou: Customer) -> None:
    content = {
        "disbursements": [
            wish(reference="1"),
            wish(reference="2", recipient="nobody@mail.example"),
            wish(reference="3", amount=98_000),
            wish(reference="4", amount=2000),
            wish(reference="5", amount=800),
        ]
    }
    said = program.post("/disbursements/bulk", content, request_key="payroll-november")
    assert said.status == 200, said.body
    assert [one["status"] for one in said.body["results"]] == [201, 422, 201, 422, 201]
    assert [one["index"] for one in said.body["results"]] == [0, 1, 2, 3, 4]
    assert said.body["results"][3]["problem"]["code"] == "balance_short"
    assert (has(tea), has(zhou)) == (0, 100_000)
    again = program.post("/disbursements/bulk", content, request_key="payroll-november")
    assert again.body == said.body
    content["disbursements"][0]["amount"] = 1
    other = program.post("/disbursements/bulk", content, request_key="payroll-november")
    assert (other.status, other.code) == (409, "key_reused")
    assert has(zhou) == 100_000


def test_what_fails_together_is_written_down_once(
    program: Program, tea: Merchant, zhou: Customer,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    fault = OperationalError("the server is gone")
    monkeypatch.setattr(disbursing, "submit_many", lambda plans: [fault] * len(plans))
    content = {"disbursements": [wish(reference=str(n)) for n in range(3)]}
    said = program.post("/disbursements/bulk", content)
    assert [one["status"] for one in said.body["results"]] == [503] * 3
    found = [one for one in caplog.records if one.name == disbursing.__name__]
    assert [one.getMessage() for one in found] == ["3 disbursements could not be executed"]


@pytest.mark.parametrize("side", ["owner", "recipient"])
@pytest.mark.parametrize("approve", [True, False])
def test_a_name_on_a_list_holds_what_a_merchant_pays(
    program: Program, tea: Merchant, zhou: Customer, staff_factory: StaffFactory,
    client_of: ClientOf, side: str, approve: bool,
) -> None:  # fmt: skip
    named = zhou if side == "recipient" else tea.owner
    assert named
    on_a_list(named)
    first = program.post("/disbursements", wish(), request_key="salary-zhou-11")
    told = (first.status, first.body["state"], first.body["reason"], first.body["finished_at"])
    assert told == (201, "processing", "review", None)
    assert (has(zhou), held_by(tea)) == (0, 1200)
    again = program.post("/disbursements", wish(), request_key="salary-zhou-11")
    assert (again.body["state"], again.header("Idempotency-Replayed")) == ("processing", "true")
    client = client_of(staff_factory(role="supervisor").user)
    page = client.get("/desk/operations/reviews/").content.decode()
    assert f"{tea.name} · {tea.number}" in page
    assert f"{zhou.name} · {zhou.number}" in page
    said = {"decision": "approve" if approve else "refuse"}
    client.post(f"/desk/operations/reviews/{first.body['id']}/", said)
    assert (has(zhou), has(tea)) == ((1200, 98_800) if approve else (0, 100_000))
    assert held_by(tea) == 0
    decided = program.get(f"/payments/{first.body['id']}").body
    assert decided["state"] == ("succeeded" if approve else "failed")
    last = program.post("/disbursements", wish(), request_key="salary-zhou-11")
    if approve:
        assert (last.status, last.body) == (201, decided)
    else:
        assert (last.status, last.code, last.body["payment"]) == (422, "review", decided)
    run_afterwards()
    [event] = MerchantEvent.objects.filter(merchant=tea, subject=f"payment:{first.body['id']}")
    assert event.kind == f"disbursement.{decided['state']}"
    assert event.data == decided
    assert "screening" not in json.dumps([first.body, last.body, event.data])


def test_of_a_bulk_only_what_a_name_is_about_waits(
    program: Program, tea: Merchant, zhou: Customer, customer_factory: CustomerFactory
) -> None:
    on_a_list(zhou)
    li = customer_factory(email="li@mail.example")
    content = {"disbursements": [wish(), wish(recipient="li@mail.example", amount=500)]}
    said = program.post("/disbursements/bulk", content, request_key="payroll-november")
    lines = [(one["status"], one["payment"]["state"]) for one in said.body["results"]]
    assert lines == [(201, "processing"), (201, "succeeded")]
    assert (has(zhou), has(li), held_by(tea)) == (0, 500, 1200)
    again = program.post("/disbursements/bulk", content, request_key="payroll-november").body
    assert [one["payment"]["state"] for one in again["results"]] == ["processing", "succeeded"]


def test_a_bulk_has_at_least_one_and_at_most_a_thousand(program: Program) -> None:
    for count in (0, 1001):
        said = program.post("/disbursements/bulk", {"disbursements": [wish()] * count})
        assert (said.status, said.code) == (422, "invalid")


def test_keys_are_asked_for_scope_brand_and_life(
    program: Program, tea: Merchant, zhou: Customer
) -> None:
    kind = type(program)
    reader = kind(key(tea, Scope.ORDERS_READ))
    assert reader.post("/disbursements", wish()).code == "scope_missing"
    assert kind(program.key, brand="gopay").post("/disbursements", wish()).status == 401
    assert kind("pd_live_" + "x" * 43).post("/disbursements", wish()).status == 401
    assert kind("nonsense").post("/disbursements", wish()).status == 401
    assert program.post("/disbursements", wish(), request_key="short").status == 422
    assert program.post("/disbursements", wish()).status == 201
    row = ApiKey.objects.get(prefix=program.key[:14])
    assert row.last_used_at is not None
    old, text = keys.rotate(key_of(tea, row.id), actor=by(zhou))
    assert program.post("/disbursements", wish()).status == 201  # the old one, for a day
    assert kind(text).post("/disbursements", wish()).status == 201
    keys.revoke(key_of(tea, row.id), actor=by(zhou))
    assert program.post("/disbursements", wish()).status == 401
    assert old.replaces_id == row.id


def test_a_suspended_merchant_pays_nobody(program: Program, tea: Merchant, zhou: Customer) -> None:
    with transaction.atomic():
        onboarding._move(tea.id, Standing.SUSPENDED, SYSTEM(tea.brand))
    assert program.post("/disbursements", wish()).code == "merchant_stopped"
    assert has(zhou) == 0


def test_who_asks_too_often_waits(program: Program, tea: Merchant, zhou: Customer) -> None:
    Merchant.objects.filter(id=tea.id).update(requests_a_second=1)
    codes = [program.post("/disbursements", wish()).status for _ in range(4)]
    assert 429 in codes
    assert codes[0] == 201


def test_one_key_sent_ten_times_at_once_pays_once(tea: Merchant, zhou: Customer) -> None:
    text = key(tea)

    def send(kind: type[Program]) -> int:
        try:
            said = kind(text).post("/disbursements", wish(), request_key="at-the-same-time")
            return int(said.status)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(send, [Program, Swiftly] * 5))
    assert statuses == [201] * 10
    assert has(zhou) == 1200
    assert Payment.objects.filter(merchant=tea).count() == 1
