"""A small world with something on every page: made by the real actions, seen by the live server."""

from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import BrowserContext

from paydesk.desk.cases import actions as cases
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import Topic
from paydesk.desk.channels import actions as channels
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM, Actor, ActorKind
from paydesk.money.payments import actions as money
from paydesk.money.payments.models import Payment
from paydesk.people import actions as people
from paydesk.people.models import Customer, StaffMember, User
from paydesk.status import actions as status
from tests.factories import CustomerFactory, StaffFactory, session_of
from tests.harness.live import LiveApp

BRAND = "topay"
LONG_NAME = "Maximiliane Theodora von Hohenstaufen-Wittelsbach"


@dataclass(frozen=True, slots=True)
class World:
    """Who and what there is. `chen` has a bit of everything; `new` has nothing yet."""

    chen: Customer
    zhou: Customer
    new: Customer
    agent: StaffMember
    supervisor: StaffMember
    case: Case
    visitors: Case
    failed: Payment
    waiting: Payment


def build(customers: CustomerFactory, staff: StaffFactory) -> World:
    """Payments of every look, conversations with every kind of line, a notice, an approval."""
    chen = customers(name="陈晓雯", email="chen@mail.example", identity_level=1)
    zhou = customers(name="周明", email="zhou@mail.example")
    long = customers(name=LONG_NAME, email="max@mail.example")
    agent, boss = staff(name="林小北"), staff(name="王主管", role="supervisor")
    people.place_freeze(zhou, reason="suspected_fraud", actor=SYSTEM(BRAND))
    people.record_sign_in(chen.user, device="Chrome · Windows", address="192.0.2.7")
    for card in ("4242", "0051", "0921", "3155"):
        _top_up(chen, card)
    _send(chen, "max@mail.example", 1_200, note="上周末的晚饭、车费和别的零碎")
    _send(chen, "max@mail.example", 9_999_00)
    failed = _send(chen, "zhou@mail.example", 8_000)
    _top_up(long, "4242")
    _notice()
    case = _conversation(chen, failed, agent)
    cases.ask_unfreeze(case, agent, zhou.pk, reason="已核实身份")
    return World(
        chen=chen,
        zhou=zhou,
        new=customers(name="新客户", email="new@mail.example"),
        agent=agent,
        supervisor=boss,
        case=case,
        visitors=_visitor(),
        failed=failed,
        waiting=Payment.objects.get(payee=chen, state="requires_action"),
    )


def actor_of(customer: Customer) -> Actor:
    """The customer as one who acts."""
    return Actor(ActorKind.CUSTOMER, customer.pk, customer.brand)


def _top_up(customer: Customer, card: str) -> None:
    money.topup(
        customer=customer,
        token=f"sim_card_{card}",
        amount=10_000,
        currency="CNY",
        actor=actor_of(customer),
        key=str(ids.uuid7()),
    )


def _send(payer: Customer, to: str, amount: int, note: str = "") -> Payment:
    outcome = money.transfer(
        payer=payer,
        recipient=to,
        amount=amount,
        currency="CNY",
        actor=actor_of(payer),
        key=str(ids.uuid7()),
        note=note,
    )
    return Payment.objects.get(number=outcome.number)


def _notice() -> None:
    now = clock.now()
    status.open_notice(
        brand=BRAND,
        kind="incident",
        components=["card_topup"],
        title={"zh": "部分银行卡充值较慢", "en": "Some card top-ups are slow"},
        body={"zh": "余额支付不受影响。", "en": "Payments from the balance work."},
        starts_at=now,
        ends_at=now + timedelta(hours=2),
        actor=SYSTEM(BRAND),
    )


def _conversation(chen: Customer, payment: Payment, agent: StaffMember) -> Case:
    me, they = actor_of(chen), Actor(ActorKind.STAFF, agent.pk, BRAND)
    case = cases.open_case(
        brand=BRAND,
        channel="chat",
        customer=chen,
        topic=Topic.TRANSFER_FAILED,
        actor=me,
        payment=payment,
    )
    say(case, me, "我换了钱还是转不出去，密码是 hunter2secret，要改吗？")
    cases.take(case, agent)
    say(case, they, "您好，我是小林。您的 ¥80 没有扣除，我已请同事核实，预计 10 分钟内给您答复。")
    cases.post_message(
        case, author=they, client_id=ids.uuid7(), body="客户已完成人脸复核", internal=True
    )
    say(case, me, "好的，谢谢。")
    return case


def _visitor() -> Case:
    identity = channels.meet(
        brand=BRAND, channel="chat", external_id=str(ids.uuid7()), display_name="王女士"
    )
    actor = Actor(ActorKind.VISITOR, identity.pk, BRAND)
    case = cases.open_case(
        brand=BRAND, channel="chat", identity=identity, topic=Topic.OFFICIAL_CHECK, actor=actor
    )
    say(case, actor, "这个电话是你们的吗？")
    return case


def say(case: Case, author: Actor, body: str) -> None:
    """A public message."""
    cases.post_message(case, author=author, client_id=ids.uuid7(), body=body)


def enter(context: BrowserContext, app: LiveApp, user: User) -> None:
    """Give the browser a session of this user at its own door."""
    name, key = session_of(user)
    path = f"/{user.brand}/" if user.brand else "/desk/"
    context.add_cookies([{"name": name, "value": key, "domain": "127.0.0.1", "path": path}])
