"""The demo's money on its way back: requests and recalls that the desk took up and decided over the
month, a request that waits now, a recall and a bank's dispute that are open when somebody looks.
"""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from paydesk.desk.cases import actions as cases
from paydesk.desk.cases.models import Case
from paydesk.entry.cli.demo import asking, belongings, talk
from paydesk.entry.cli.demo.helpdesk import Helpdesk, Script
from paydesk.entry.cli.demo.present import NOT_YET
from paydesk.entry.cli.demo.stage import Stage, Story
from paydesk.entry.cli.demo.talk import About
from paydesk.entry.cli.demo.town import Clerk, Resident, Town
from paydesk.kit import ids
from paydesk.money.payments import access
from paydesk.money.payments.models import Payment
from paydesk.money.refunds import actions
from paydesk.money.refunds.models import RefundRequest
from paydesk.money.refunds.rules import RecallWhy, State, Why

_WORDS = {
    Why.NOT_RECEIVED: "等了三周，一直没有收到货，店家也不回消息。",
    Why.NOT_AS_DESCRIBED: "收到的东西和图片完全不一样，有裂痕。",
    Why.CANCELLED: "店家已经取消了订单，说好退款。",
    Why.WRONG_AMOUNT: "多付了一位数，请退差额。",
}
_GRANTED = "已与店家核实，为您退款。"
_REFUSED = "物流显示您已签收，请先与店家协商。"
_RECALLED = "已核实为诈骗，冻结的款项退回给您。"
_TRIES = 5
_RECEIPT = "订单 A-1043：已付款；{date} 卖家留言：缺货，无法发货。"


def schedule(stage: Stage, town: Town, desk: Helpdesk, brand: str, times: int, offset: int) -> None:
    """Prepare a brand: `times` requests over the month, then what is open at the end."""
    back = _MoneyBack(town, desk)
    span = stage.end - stage.start - timedelta(days=3)
    for turn in range(times):
        at = stage.start + timedelta(days=2) + span * town.random.random()
        grant = turn % 3 != 2
        stage.add(at, back.asks(town.somebody(brand), town.shop(brand), grant=grant))
    late = stage.end - timedelta(minutes=12 + offset)
    asker = belongings.known(town, brand, belongings.MAIN)
    stage.add(late, back.asks(asker, town.shop(brand), grant=True, after=NOT_YET))
    stage.add(stage.start + span * town.random.random(), back.recalls(brand, decided=True))
    stage.add(stage.end - timedelta(minutes=19 + offset), back.recalls(brand, decided=False))
    stage.add(stage.end - timedelta(hours=5 + offset), _disputed(town, brand))
    stage.add(stage.end - timedelta(days=4 + offset), back.card_gone(brand))


def _paid(resident: Resident, shop: Resident, amount: int) -> Payment | None:
    outcome = resident.send(shop, amount)
    return access.payment_of(resident.customer, outcome.number) if outcome.ok else None


class _MoneyBack:
    """What is asked back, with the case in which whoever is on shift decides it."""

    def __init__(self, town: Town, desk: Helpdesk) -> None:
        self._town, self._desk = town, desk

    def asks(
        self, resident: Resident, shop: Resident, *, grant: bool, after: timedelta | None = None
    ) -> Story:
        """A customer asks and shows a receipt; an agent looks into it and grants or refuses."""
        limit = resident.brand.limits[resident.currency].agent_refund
        amount = min(self._town.random.randrange(1_000, 9_000, 10), limit)
        for _ in range(_TRIES):
            if resident.balance < amount:
                resident.top_up(50_000)
                yield timedelta(seconds=40)
            payment = _paid(resident, shop, amount)
            if payment:
                break
            # A limit, a lock: somebody else then.
            resident = self._town.somebody(shop.person.brand)
        else:
            return
        yield timedelta(minutes=4)
        why = self._town.random.choice(list(_WORDS))
        made = _ask(resident, payment, amount, why, _WORDS[why])
        _show(made, resident)

        def decide(case: Case, clerk: Clerk) -> None:
            done = cases.decide_request(
                case,
                clerk.member,
                made.pk,
                grant=amount if grant else 0,
                answer=_GRANTED if grant else _REFUSED,
            )
            if done.state == State.ARRIVED:
                resident.balance += amount
                shop.balance -= amount

        code = "request_granted" if grant else "request_refused"
        about = About(amount, resident.currency, payment.number, shop.person.name)
        turns = talk.scene(code, resident.person.lang, about, self._town.random)
        script = Script(turns, resident.actor, resident, payment.id, amount, decide)
        asking.begin(self._desk, cases.case_for_request(made.pk, made.brand), script, after)

    def recalls(self, brand: str, *, decided: bool) -> Story:
        """Somebody was deceived a moment ago, and part of it is still there."""
        town = self._town
        for _ in range(_TRIES):
            victim = town.somebody(brand)
            victim.top_up(60_000)
            yield timedelta(seconds=40)
            other = town.friend_of(victim)
            payment = _paid(victim, other, 52_000)
            if payment:
                break
        else:
            return
        yield timedelta(minutes=6)
        row = actions.recall(
            customer=victim.customer,
            payment=payment,
            why=RecallWhy.FRAUD,
            text="对方冒充客服，说我的账户有风险，让我转到“安全账户”。",
            actor=victim.actor,
        )

        def decide(case: Case, _: Clerk) -> None:
            boss = next(one for one in town.clerks if one.role == "supervisor")
            give_back = row.held > 0
            cases.decide_recall(case, boss.member, row.pk, give_back=give_back, answer=_RECALLED)
            victim.balance += row.held
            other.balance -= row.held

        about = About(52_000, victim.currency, payment.number, other.person.name)
        turns = talk.scene("recall", victim.person.lang, about, town.random)
        if not decided:
            turns = turns[: turns.index(talk.DEED)]
        script = Script(turns, victim.actor, victim, payment.id, 52_000, decide, stops=not decided)
        asking.begin(self._desk, cases.case_for_recall(row.pk, brand), script)

    def card_gone(self, brand: str) -> Story:
        """A top-up that shall go back to a card which is no more: it stays in the wallet."""
        for _ in range(_TRIES):
            resident = self._town.somebody(brand)
            outcome = resident.top_up(6_000, "sim_card_4747")
            if outcome.ok:
                break
        else:
            return
        yield timedelta(hours=2)
        payment = access.payment_of(resident.customer, outcome.number)
        made = _ask(resident, payment, 6_000, Why.OTHER, "充多了，请退回原卡。")
        limit = resident.brand.limits[resident.currency].agent_refund

        def decide(case: Case, clerk: Clerk) -> None:
            grant = min(6_000, limit)
            cases.decide_request(case, clerk.member, made.pk, grant=grant, answer="已核实。")

        about = About(6_000, resident.currency, payment.number)
        turns = talk.scene("card_gone", resident.person.lang, about, self._town.random)
        script = Script(turns, resident.actor, resident, payment.id, 6_000, decide, stops=True)
        asking.begin(self._desk, cases.case_for_request(made.pk, brand), script)


def _show(made: RefundRequest, resident: Resident) -> None:
    """Upload what the shop wrote."""
    text = _RECEIPT.format(date="上周五").encode()
    upload = SimpleUploadedFile("聊天记录.txt", text, "text/plain")
    actions.add_evidence(made, upload=upload, actor=resident.actor)


def _ask(resident: Resident, payment: Payment, amount: int, why: Why, text: str) -> RefundRequest:
    return actions.ask(
        customer=resident.customer,
        payment=payment,
        amount=amount,
        why=why,
        text=text,
        actor=resident.actor,
        key=str(ids.uuid7()),
    )


def _disputed(town: Town, brand: str) -> Story:
    """A card that its bank disputes soon after it paid."""
    resident = town.somebody(brand)
    resident.top_up(8_800, "sim_card_0259")
    yield timedelta(seconds=30)
