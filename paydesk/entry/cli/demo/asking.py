"""How the demo's customers come to support: from a failed payment, with a matter of their own,
or as a visitor of the brand's site who has not signed in."""

from datetime import timedelta

from paydesk.brands import profiles
from paydesk.desk.cases import actions as cases
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import Topic
from paydesk.desk.channels import actions as channels
from paydesk.entry.cli.demo import almanac, talk
from paydesk.entry.cli.demo.helpdesk import CHANNEL, Helpdesk, Script
from paydesk.entry.cli.demo.stage import Stage, Story
from paydesk.entry.cli.demo.talk import About
from paydesk.entry.cli.demo.town import Paid, Resident, Town
from paydesk.kit import ids
from paydesk.kit.actors import Actor, ActorKind
from paydesk.money.payments.access import payment_of
from paydesk.money.payments.plans import Outcome
from paydesk.money.payments.states import PaymentKind
from paydesk.people import actions as people

SCENES = {
    "refund_small": 16, "refund_large": 7, "theft": 5, "locked": 10, "secret": 6,
    "secret_code": 5, "official": 10, "complaint": 6, "identity": 9, "howto": 14, "dispute": 7,
    "hold": 5,
}  # fmt: skip
"""How often people come with each matter."""

FOR_VISITORS = ("official", "howto", "identity")
_WITH_PAYMENT = frozenset({"refund_small", "refund_large", "dispute", "hold"})


def about_payment(
    town: Town,
    desk: Helpdesk,
    resident: Resident,
    outcome: Outcome,
    payee: Resident | None,
    *,
    after: timedelta | None = None,
) -> Case:
    """Open a case from a payment that did not go as meant, and say what is wrong."""
    payment = payment_of(resident.customer, outcome.number)
    kind = PaymentKind(payment.kind)
    about = About(
        amount=payment.amount,
        currency=payment.currency,
        number=payment.number,
        other=payee.person.name if payee else "",
    )
    turns = talk.about_failure(
        kind, payment.state, payment.reason, resident.person.lang, about, town.random
    )
    topic = Topic.TOPUP_FAILED if kind is PaymentKind.TOPUP else Topic.TRANSFER_FAILED
    case = cases.open_case(
        brand=resident.person.brand,
        channel=CHANNEL,
        actor=resident.actor,
        topic=topic,
        customer=resident.customer,
        lang=resident.person.lang,
        payment=payment,
    )
    begin(desk, case, Script(turns, resident.actor, resident, payment.id), after)
    return case


def with_matter(
    town: Town,
    desk: Helpdesk,
    resident: Resident,
    code: str,
    *,
    after: timedelta | None = None,
    undecided: bool = False,
) -> Case | None:
    """Come with a matter of one's own; None when the matter needs a payment and there is none.

    `undecided`: the conversation stops where a second person has to decide.
    """
    paid = _fitting(town, resident, code)
    if paid is None and code in _WITH_PAYMENT:
        return None
    if code == "locked":
        _type_wrong(resident)
    about = About(
        amount=paid.amount if paid else 0,
        currency=resident.currency,
        number=paid.number if paid else "",
        other=paid.to.person.name if paid else "",
    )
    turns = talk.scene(code, resident.person.lang, about, town.random)
    if undecided:
        turns = turns[: turns.index(talk.DECISION)]
    case = cases.open_case(
        brand=resident.person.brand,
        channel=CHANNEL,
        actor=resident.actor,
        topic=Topic(talk.scenes()[code]),
        customer=resident.customer,
        lang=resident.person.lang,
        payment=payment_of(resident.customer, paid.number)
        if paid and code in _WITH_PAYMENT
        else None,
    )
    script = Script(
        turns,
        resident.actor,
        resident,
        paid.id if paid else None,
        paid.amount if paid else 0,
        stops=undecided,
    )
    begin(desk, case, script, after)
    return case


def as_visitor(
    town: Town, desk: Helpdesk, brand: str, code: str, *, after: timedelta | None = None
) -> Case:
    """Somebody on the brand's site, not signed in."""
    name = town.random.choice(("访客", "Visitor"))
    lang = "zh-hans" if name == "访客" else "en"
    who = channels.meet(
        brand=brand, channel=CHANNEL, external_id=ids.uuid7().hex, display_name=name
    )
    actor = Actor(ActorKind.VISITOR, who.id, brand)
    turns = talk.scene(code, lang, About(), town.random)
    topic = Topic(talk.scenes()[code])
    case = cases.open_case(
        brand=brand, channel=CHANNEL, actor=actor, topic=topic, identity=who, lang=lang
    )
    begin(desk, case, Script(turns, actor), after)
    return case


def schedule(stage: Stage, town: Town, desk: Helpdesk, brand: str, number: int) -> None:
    """Let about `number` people of a brand come with matters of their own."""
    zone = profiles.get(brand).zone
    span = (stage.start + timedelta(days=1), stage.end)
    kinds = list(SCENES.items())
    for at, code in almanac.spread(town.random, kinds, number, span, zone, almanac.ASKING):
        stage.add(at, _matter(town, desk, brand, code))


def _matter(town: Town, desk: Helpdesk, brand: str, code: str) -> Story:
    if code in FOR_VISITORS and town.random.random() < 0.4:
        as_visitor(town, desk, brand, code)
    else:
        with_matter(town, desk, _who(town, brand, code), code)
    yield from ()


def _who(town: Town, brand: str, code: str) -> Resident:
    """Somebody whom the matter fits."""
    for _ in range(20):
        resident = town.somebody(brand)
        if code not in _WITH_PAYMENT or _fitting(town, resident, code):
            return resident
    return town.somebody(brand)


def _fitting(town: Town, resident: Resident, code: str) -> Paid | None:
    """A payment of the last days that a matter may be about."""
    limit = resident.brand.limits[resident.currency].agent_refund
    large = code == "refund_large"
    found = [
        paid
        for paid in resident.paid
        if (paid.amount > limit) == large and paid.to.balance >= paid.amount
    ]
    return town.random.choice(found) if found else None


def _type_wrong(resident: Resident) -> None:
    for _ in range(resident.brand.wrong_password_limit):
        people.count_wrong_password(resident.customer.user)


def begin(desk: Helpdesk, case: Case, script: Script, after: timedelta | None = None) -> None:
    """Say the first sentence, if the case is new, and let the desk know."""
    if desk.knows(case):
        return
    first, *rest = script.turns
    cases.post_message(case, author=script.author, client_id=ids.uuid7(), body=first.text)
    script.turns = rest
    desk.expect(case, script, after=after)
