"""Orders and refunds by the API: made, read, taken, released, given back; keys and scopes."""

from typing import Any

import pytest

from paydesk.kit import ids
from paydesk.money.merchants.models import Merchant, StoredAnswer
from paydesk.money.merchants.rules import Scope
from paydesk.money.orders.actions import paying
from paydesk.money.orders.actions.paying import Pay
from paydesk.money.orders.models import Order
from paydesk.people.models import Customer
from tests.entry.api.calling import Program
from tests.factories import CustomerFactory
from tests.money.orders.shops import by, fund, key, shop

pytestmark = pytest.mark.usefixtures("committed_db")
TEA = {"amount": 8800, "currency": "CNY", "reference": "A-1001", "description": "龙井"}


@pytest.fixture
def tea(customer_factory: CustomerFactory) -> Merchant:
    return shop(customer_factory(name="林茶"))


@pytest.fixture
def payer(customer_factory: CustomerFactory) -> Customer:
    made = customer_factory(name="陈晓雯")
    fund(made, 50_000)
    return made


@pytest.fixture
def program(tea: Merchant) -> Program:
    return Program(key(tea))


def made(program: Program, **changed: Any) -> dict[str, Any]:
    said = program.post("/orders", TEA | changed)
    assert said.status == 201, said.body
    return dict(said.body)


def pay(order_id: str, payer: Customer) -> None:
    order = Order.objects.select_related("merchant").get(id=order_id)
    outcome = paying.pay_order(Pay(order, payer, by(payer), str(ids.uuid7())))
    assert outcome.ok, outcome


def test_the_same_key_and_body_are_done_once(program: Program) -> None:
    first = program.post("/orders", TEA, request_key="order-1001")
    again = program.post("/orders", TEA, request_key="order-1001")
    assert first.status == again.status == 201, first.body
    assert first.body == again.body
    assert again.header("Idempotency-Replayed") == "true"
    assert Order.objects.count() == 1
    other = program.post("/orders", TEA | {"amount": 1}, request_key="order-1001")
    assert (other.status, other.code) == (409, "key_reused")
    assert StoredAnswer.objects.count() == 1


def test_an_order_is_paid_and_given_back_in_parts(program: Program, payer: Customer) -> None:
    order = made(program)
    assert order["state"] == "open"
    assert "/topay/pay/" in order["pay_url"]
    early = program.post("/refunds", {"order": order["id"], "amount": 100})
    assert (early.status, early.code) == (409, "wrong_state")
    pay(order["id"], payer)
    assert program.get(f"/orders/{order['id']}").body["state"] == "paid"
    refund = program.post("/refunds", {"order": order["id"], "amount": 3000, "reason": "一包"})
    assert refund.status == 201, refund.body
    assert refund.body["kind"] == "refund"
    too_much = program.post("/refunds", {"order": order["id"], "amount": 6000})
    assert (too_much.status, too_much.code) == (422, "refund_too_much")
    rest = program.post("/refunds", {"order": order["id"], "amount": 5800})
    assert rest.status == 201
    balance = program.get("/balance").body
    assert [one["available"] for one in balance["balances"] if one["currency"] == "CNY"] == [0]


def test_a_reserved_order_is_captured_in_part_and_only_once(
    program: Program, payer: Customer
) -> None:
    order = made(program, capture="manual")
    closed = program.post(f"/orders/{order['id']}/capture", {})
    assert (closed.status, closed.code) == (409, "wrong_state")
    pay(order["id"], payer)
    too_much = program.post(f"/orders/{order['id']}/capture", {"amount": 9000})
    assert (too_much.status, too_much.code) == (422, "amount_too_large")
    taken = program.post(f"/orders/{order['id']}/capture", {"amount": 5000})
    assert taken.status == 200, taken.body
    assert (taken.body["state"], taken.body["captured"]) == ("paid", 5000)
    late = program.post(f"/orders/{order['id']}/void", {})
    assert program.get(f"/orders/{order['id']}").body["captured"] == 5000
    assert late.status in {200, 409}


def test_an_open_order_is_closed_by_void(program: Program) -> None:
    order = made(program)
    assert program.post(f"/orders/{order['id']}/void", {}).body["state"] == "cancelled"


def test_lists_are_paged_by_key(program: Program) -> None:
    numbers = [made(program, reference=f"A-{n}")["number"] for n in range(5)]
    seen, after = [], ""
    while True:
        page = program.get(f"/orders?limit=2{after}").body
        seen += [one["number"] for one in page["data"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == numbers[::-1]
    assert len(program.get("/orders?reference=A-3").body["data"]) == 1


def test_a_key_does_what_its_scopes_say(tea: Merchant) -> None:
    reader = Program(key(tea, Scope.ORDERS_READ))
    assert reader.get("/orders").status == 200
    refused = reader.post("/orders", TEA)
    assert (refused.status, refused.code) == (403, "scope_missing")
    assert refused.body["scope"] == "orders:write"
    assert Order.objects.count() == 0


def test_nothing_crosses_merchants_or_brands(
    program: Program, customer_factory: CustomerFactory
) -> None:
    order = made(program)
    other = Program(key(shop(customer_factory(name="别家"), "别家")))
    assert other.get(f"/orders/{order['id']}").status == 404
    assert other.post(f"/orders/{order['id']}/void", {}).status == 404
    assert other.get("/orders").body["data"] == []
    elsewhere = Program(program.key, brand="gopay")
    assert (elsewhere.get("/orders").status, elsewhere.get("/balance").code) == (
        401,
        "unauthenticated",
    )


@pytest.mark.parametrize(
    "amount", [0, -1, "8800", 88.5, 88.0, None, True, 10**15 + 1, 10**30, "８８", [1]]
)
def test_an_amount_is_a_positive_whole_number(program: Program, amount: Any) -> None:
    said = program.post("/orders", TEA | {"amount": amount})
    assert (said.status, said.code) == (422, "invalid")
    assert said.body["errors"][0]["pointer"] == "/amount"
    assert said.header("Content-Type") == "application/problem+json"


def test_an_amount_too_small_and_an_unknown_currency_are_told(program: Program) -> None:
    small = program.post("/orders", TEA | {"amount": 5})
    assert (small.status, small.code, small.body["minimum"]) == (422, "amount_small", 10)
    assert program.post("/orders", TEA | {"currency": "EUR"}).status == 422
    assert program.post("/orders", TEA | {"what": 1}).status == 422
    assert program.post("/orders", b"{not json").status == 400


@pytest.mark.parametrize("path", ["/orders", "/refunds", "/webhook-endpoints"])
def test_a_body_too_large_is_told(program: Program, path: str) -> None:
    said = program.post(path, TEA | {"description": "x" * 1_100_000})
    assert (said.status, said.code) == (413, "too_large")
    assert said.header("Content-Type") == "application/problem+json"


def test_titles_follow_the_reader_and_codes_do_not(program: Program) -> None:
    english = program.get("/orders/01a2070f-aa86-7266-889d-0ae20002026f")
    chinese = program.get(
        "/orders/01a2070f-aa86-7266-889d-0ae20002026f", **{"Accept-Language": "zh-CN"}
    )
    assert english.code == chinese.code == "not_found"
    assert english.body["title"] == "Not found."
    assert chinese.body["title"] == "没有找到。"


def test_test_money_never_meets_real_money(tea: Merchant, program: Program) -> None:
    tester = Program(key(tea, live=False))
    order = made(tester)
    assert order["live"] is False
    assert program.get(f"/orders/{order['id']}").status == 404
    page = tester.client.get(order["pay_url"])
    assert "测试订单" in page.content.decode()
    tester.client.post(order["pay_url"] + "test/", {"what": "pay"})
    assert tester.get(f"/orders/{order['id']}").body["state"] == "paid"
    refund = tester.post("/refunds", {"order": order["id"], "amount": 800})
    assert refund.status == 201
    assert refund.body["live"] is False
    out = {"recipient": "someone@mail.example", "amount": 500, "currency": "CNY", "reference": "x"}
    assert tester.post("/disbursements", out).status == 201
    assert tester.get("/balance").body["balances"][0]["available"] == 8800 - 800 - 500
    assert all(one["posted"] == 0 for one in program.get("/balance").body["balances"])
