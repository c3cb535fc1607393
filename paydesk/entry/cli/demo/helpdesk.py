"""The demo's desk: who is on shift takes the next case of the real queue and plays its part.

Waiting times come out of how many agents are there and how many talk already; nothing here sets
them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from paydesk.approvals import access as approvals
from paydesk.approvals import actions as decisions
from paydesk.brands import hours, profiles
from paydesk.desk.cases import actions as cases
from paydesk.desk.cases.models import Case
from paydesk.desk.cases.rules import CaseRefused, FreezeReason, Priority
from paydesk.entry.cli.demo.cast import SHIFTS
from paydesk.entry.cli.demo.stage import Stage, Story
from paydesk.entry.cli.demo.talk import Turn
from paydesk.entry.cli.demo.town import Clerk, Resident, Town
from paydesk.kit import clock, ids
from paydesk.kit.actors import Actor
from paydesk.money.payments.states import HoldReason

CHANNEL = "chat"
TALKS = 2
"""How many conversations one agent holds before the next customer has to wait."""

PRESENT = timedelta(minutes=20)
"""Before the end; from here on, what waits may go on waiting."""

_SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(eq=False)
class Script:
    """What will be said and done in a case. `payment` is what an act is about, if any.

    `deed` is what the act of that name does. `stops`: the case stays as it is at the end, instead
    of being solved.
    """

    turns: list[Turn]
    author: Actor
    resident: Resident | None = None
    payment: UUID | None = None
    amount: int = 0
    deed: Callable[[Case, Clerk], None] | None = None
    stops: bool = False


class Helpdesk:
    """Takes up cases as agents become free."""

    def __init__(self, stage: Stage, town: Town) -> None:
        self._stage, self._town = stage, town
        self._scripts: dict[UUID, Script] = {}
        self._known: set[UUID] = set()
        self._acts: dict[str, Callable[[Case, Clerk, Script], None]] = {
            "refund": self._refund,
            "freeze": self._freeze,
            "unfreeze": self._unfreeze,
            "unlock": self._unlock,
            "hold": self._hold,
            "decide": self._decide,
            "deed": self._deed,
        }

    def expect(self, case: Case, script: Script, *, after: timedelta | None = None) -> None:
        """Somebody will take up this case once the channel is staffed, an urgent one at any hour.

        `script` begins after what has been said already. `after`: how long until anybody looks,
        whatever the hour is.
        """
        self._known.add(case.pk)
        self._scripts[case.pk] = script
        opening = clock.now()
        if after is None and case.priority != Priority.URGENT:
            opening = hours.next_opening(profiles.get(case.brand), CHANNEL, opening)
        wait = after or timedelta(seconds=self._town.random.randint(8, 70))
        self._stage.add(opening + wait, self._attend())

    def knows(self, case: Case) -> bool:
        """Whether the case was brought here before."""
        return case.pk in self._known

    @property
    def count(self) -> int:
        """How many cases came so far."""
        return len(self._known)

    def _attend(self) -> Story:
        """A free agent takes whatever case is first in the queue, if any is left."""
        while (taken := self._next()) is None:
            yield timedelta(seconds=self._town.random.randint(40, 160))
        clerk, case = taken
        script = self._scripts.pop(case.pk, None) if case else None
        if case and script:
            clerk.busy += 1
            if clock.now() < self._stage.end - PRESENT:
                # Whoever sits there looks into the queue again, not only when somebody new comes.
                self._stage.add(clock.now() + timedelta(seconds=30), self._attend())
            yield from self._converse(case, clerk, script)
            clerk.busy -= 1

    def _next(self) -> tuple[Clerk, Case | None] | None:
        """Somebody who has time, with the case that was first; None where nobody has."""
        for clerk in self._free(clock.now()):
            cases.seen_at_desk(clerk.member)
            try:
                return clerk, cases.next_for(clerk.member, self._town.residents)
            except CaseRefused:  # as many live conversations as one person can hold
                continue
        return None

    def _free(self, at: datetime) -> list[Clerk]:
        """Who is there and talks little enough, the least busy first."""
        hour = at.astimezone(_SHANGHAI).hour
        there = [
            clerk
            for clerk in self._town.clerks
            if (shift := SHIFTS.get(clerk.email)) and shift[0] <= hour < shift[1]
        ]
        free = [clerk for clerk in there if clerk.busy < TALKS]
        return sorted(free, key=lambda clerk: clerk.busy)

    def _converse(self, case: Case, clerk: Clerk, script: Script) -> Story:
        random = self._town.random
        cases.look(case, clerk.member)
        for turn in script.turns:
            if turn.who == "!":
                yield timedelta(seconds=random.randint(15, 60))
                if not self._act(case, clerk, script, turn.text):
                    break
            elif turn.who == "C":
                clerk.busy -= 1
                yield timedelta(minutes=random.randint(120, 400))
                clerk.busy += 1
                self._say(case, script.author, turn.text)
            elif turn.who == "c":
                yield timedelta(seconds=random.randint(20, 150))
                self._say(case, script.author, turn.text)
            else:
                yield timedelta(seconds=random.randint(10, 50))
                cases.seen_at_desk(clerk.member)
                text = turn.text.replace("{agent}", clerk.member.name)
                self._say(case, clerk.acting(case.brand), text, internal=turn.who == "n")
        if script.stops:
            return
        yield timedelta(seconds=random.randint(30, 120))
        cases.solve(case, clerk.member)

    def _say(self, case: Case, author: Actor, text: str, *, internal: bool = False) -> None:
        cases.post_message(case, author=author, client_id=ids.uuid7(), body=text, internal=internal)

    def _act(self, case: Case, clerk: Clerk, script: Script, name: str) -> bool:
        """Do something about the account; False when there is nothing more to say."""
        try:
            self._acts[name](case, clerk, script)
        except CaseRefused as refused:
            note = f"{name}: {refused.code}"
            self._say(case, clerk.acting(case.brand), note, internal=True)
            return False
        return True

    def _refund(self, case: Case, clerk: Clerk, script: Script) -> None:
        if script.payment is None:
            raise CaseRefused("no_payment")
        intent = cases.Intent(ids.uuid7(), script.amount, "退款")
        cases.refund(case, clerk.member, script.payment, intent)

    def _freeze(self, case: Case, clerk: Clerk, script: Script) -> None:
        customer = _customer_of(script)
        cases.freeze(case, clerk.member, customer, reason=FreezeReason.DEVICE_LOST)
        if script.resident:
            script.resident.is_frozen = True

    def _unfreeze(self, case: Case, clerk: Clerk, script: Script) -> None:
        cases.ask_unfreeze(case, clerk.member, _customer_of(script), reason="身份已核对")

    def _unlock(self, case: Case, clerk: Clerk, _script: Script) -> None:
        cases.unlock(case, clerk.member)

    def _hold(self, case: Case, clerk: Clerk, script: Script) -> None:
        if script.resident is None:
            raise CaseRefused("no_customer")
        cases.place_hold(
            case,
            clerk.member,
            cases.Intent(ids.uuid7(), max(script.amount // 2, 100)),
            currency=script.resident.currency,
            reason=HoldReason.REVIEW,
            until=clock.now() + timedelta(hours=48),
        )

    def _deed(self, case: Case, clerk: Clerk, script: Script) -> None:
        if script.deed is None:
            raise CaseRefused("no_request")
        script.deed(case, clerk)

    def _decide(self, case: Case, clerk: Clerk, script: Script) -> None:
        """A supervisor decides what the agent asked for in this case."""
        for other in self._town.clerks:
            if other.role != "supervisor" or other is clerk:
                continue
            for asked in approvals.pending_for(other.member):
                if asked.case_id == case.pk:
                    approve = self._town.random.random() < 0.9
                    note = "" if approve else "证据不足"
                    decisions.decide(asked, staff=other.member, approve=approve, note=note)
                    if not approve:
                        raise CaseRefused("not_approved")
                    if script.resident and any(turn.text == "unfreeze" for turn in script.turns):
                        script.resident.is_frozen = False
                    return


def _customer_of(script: Script) -> UUID:
    if script.resident is None:
        raise CaseRefused("no_customer")
    return script.resident.customer.id
