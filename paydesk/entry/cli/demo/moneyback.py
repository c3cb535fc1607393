"""The demo's money on its way back: requests decided over the month, some that wait now, a recall
and a bank's dispute that are open when somebody looks.
"""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from paydesk.entry.cli.demo.stage import Stage, Story
from paydesk.entry.cli.demo.town import Resident, Town
from paydesk.kit import ids
from paydesk.money.payments import access
from paydesk.money.payments.models import Payment
from paydesk.money.refunds import actions
from paydesk.money.refunds.models import RefundRequest
from paydesk.money.refunds.rules import RecallWhy, Why

_WORDS = {
    Why.NOT_RECEIVED: "等了三周，一直没有收到货，店家也不回消息。",
    Why.NOT_AS_DESCRIBED: "收到的东西和图片完全不一样，有裂痕。",
    Why.CANCELLED: "店家已经取消了订单，说好退款。",
    Why.WRONG_AMOUNT: "多付了一位数，请退差额。",
}
_TRIES = 5
_RECEIPT = "订单 A-1043：已付款；{date} 卖家留言：缺货，无法发货。"


def schedule(stage: Stage, town: Town, brand: str, times: int, offset: int) -> None:
    """Prepare a brand: `times` requests over the month, then what is open at the end."""
    span = stage.end - stage.start - timedelta(days=3)
    for turn in range(times):
        at = stage.start + timedelta(days=2) + span * town.random.random()
        stage.add(at, _asks(town, town.somebody(brand), town.shop(brand), grant=turn % 3 != 2))
    late = stage.end - timedelta(minutes=26 + offset)
    stage.add(late, _asks(town, town.somebody(brand), town.shop(brand), grant=None))
    stage.add(stage.end - timedelta(minutes=19 + offset), _recalls(town, brand))
    stage.add(stage.end - timedelta(hours=5 + offset), _disputed(town, brand))
    stage.add(stage.end - timedelta(days=4 + offset), _card_gone(town, brand))


def _paid(resident: Resident, shop: Resident, amount: int) -> Payment | None:
    outcome = resident.send(shop, amount)
    return access.payment_of(resident.customer, outcome.number) if outcome.ok else None


def _asks(town: Town, resident: Resident, shop: Resident, *, grant: bool | None) -> Story:
    """A customer asks, shows a receipt; an agent grants or refuses, or has not come to it yet."""
    amount = town.random.randrange(1_000, 9_000, 10)
    for _ in range(_TRIES):
        if resident.balance < amount:
            resident.top_up(50_000)
            yield timedelta(seconds=40)
        payment = _paid(resident, shop, amount)
        if payment:
            break
        resident = town.somebody(shop.person.brand)  # a limit, a lock: somebody else then
    else:
        return
    yield timedelta(minutes=4)
    made = _ask(town, resident, payment, amount)
    yield timedelta(minutes=2)
    text = _RECEIPT.format(date="上周五").encode()
    actions.add_evidence(
        made,
        upload=SimpleUploadedFile("聊天记录.txt", text, "text/plain"),
        actor=resident.actor,
    )
    if grant is None:
        return
    yield timedelta(minutes=town.random.randint(20, 240))
    clerk = next(one for one in town.clerks if one.role == "agent")
    done = actions.decide(
        made,
        staff=clerk.member,
        grant=amount if grant else 0,
        answer="已与店家核实，为您退款。" if grant else "物流显示您已签收，请先与店家协商。",
    )
    if done.state == "arrived":
        resident.balance += amount
        shop.balance -= amount


def _ask(town: Town, resident: Resident, payment: Payment, amount: int) -> RefundRequest:
    why = town.random.choice(list(_WORDS))
    return actions.ask(
        customer=resident.customer,
        payment=payment,
        amount=amount,
        why=why,
        text=_WORDS[why],
        actor=resident.actor,
        key=str(ids.uuid7()),
    )


def _recalls(town: Town, brand: str) -> Story:
    """Somebody was deceived a moment ago, and part of it is still there."""
    for _ in range(_TRIES):
        victim = town.somebody(brand)
        victim.top_up(60_000)
        yield timedelta(seconds=40)
        payment = _paid(victim, town.friend_of(victim), 52_000)
        if payment:
            break
    else:
        return
    yield timedelta(minutes=6)
    actions.recall(
        customer=victim.customer,
        payment=payment,
        why=RecallWhy.FRAUD,
        text="对方冒充客服，说我的账户有风险，让我转到“安全账户”。",
        actor=victim.actor,
    )


def _card_gone(town: Town, brand: str) -> Story:
    """A top-up that shall go back to a card which is no more."""
    resident = town.somebody(brand)
    outcome = resident.top_up(6_000, "sim_card_4747")
    yield timedelta(hours=2)
    payment = access.payment_of(resident.customer, outcome.number)
    made = actions.ask(
        customer=resident.customer,
        payment=payment,
        amount=6_000,
        why=Why.OTHER,
        text="充多了，请退回原卡。",
        actor=resident.actor,
        key=str(ids.uuid7()),
    )
    yield timedelta(minutes=50)
    clerk = next(one for one in town.clerks if one.role == "agent")
    limit = resident.brand.limits[resident.currency].agent_refund
    actions.decide(made, staff=clerk.member, grant=min(6_000, limit), answer="已核实。")


def _disputed(town: Town, brand: str) -> Story:
    """A card that its bank disputes soon after it paid."""
    resident = town.somebody(brand)
    resident.top_up(8_800, "sim_card_0259")
    yield timedelta(seconds=30)
