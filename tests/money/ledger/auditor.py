"""A second ledger, on paper: judges batches by the written rules, to be compared with the real one.

Independent on purpose: it imports nothing of Paydesk, keeps no balance (it adds up each account's
lines every time) and undoes a group by throwing the new page away. It speaks words, not numbers.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

MOST = 10**15  # of one transfer
CEILING = 4 * 10**18  # of one account
NOT_KEPT = {
    "malformed", "same_account", "debit_unknown", "credit_unknown", "original_unknown",
    "at_behind", "at_ahead", "conflict", "link_open", "linked_dropped", "id_too_far",
}  # fmt: skip
# Per kind: is money moved, does it name an earlier transfer, do freezes stop it?
MOVING = {"plain", "post", "reversal"}
NAMING = {"post", "void", "expire", "reversal"}
FREEZABLE = {"plain", "hold", "post"}
NEEDING_FUNDS = {"plain", "hold", "reversal"}


@dataclass(frozen=True)
class Order:
    """What somebody asks for. `chained`: falls with the next one."""

    id: UUID
    kind: str
    payer: UUID
    payee: UUID
    amount: int
    code: int
    chained: bool = False
    names: UUID | None = None
    lapses: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """The word, whether it was an old one, and what each side then showed: number, money, held."""

    word: str
    old: bool = False
    payer: tuple[int | None, int, int] | None = None
    payee: tuple[int | None, int, int] | None = None


@dataclass
class Page:
    """One account: its lines are (money moved, money reserved, moment)."""

    brand: str
    currency: str
    house: bool
    opened: datetime
    stops: set[str] = field(default_factory=set)
    lines: list[tuple[int, int, datetime]] = field(default_factory=list)

    def money(self) -> int:
        return sum(moved for moved, _, _ in self.lines)

    def held(self) -> int:
        return sum(reserved for _, reserved, _ in self.lines)

    def last(self) -> datetime:
        return self.lines[-1][2] if self.lines else self.opened


@dataclass
class Archive:
    """Everything that was ever answered and kept."""

    answers: dict[UUID, tuple[Order, UUID | None, Verdict]] = field(default_factory=dict)
    standing: dict[UUID, Order] = field(default_factory=dict)
    finished: set[UUID] = field(default_factory=set)  # holds settled, transfers reversed


class Auditor:
    """Keeps the second books. `judge` takes a batch and answers what should come of it."""

    def __init__(self) -> None:
        self.pages: dict[UUID, Page] = {}
        self.archive = Archive()

    def judge(self, orders: list[Order], at: datetime, *, ahead: bool) -> list[Verdict]:
        verdicts: list[Verdict] = []
        while len(verdicts) < len(orders):
            group = self._group(orders[len(verdicts) :])
            if len(group) == 1 and not group[0].chained:
                verdicts.append(self._single(group[0], at, ahead))
            else:
                verdicts.extend(self._together(group, at, ahead))
        return verdicts

    @staticmethod
    def _group(orders: list[Order]) -> list[Order]:
        for count, order in enumerate(orders, 1):
            if not order.chained:
                return orders[:count]
        return orders

    def _single(self, order: Order, at: datetime, ahead: bool) -> Verdict:
        known = self._known(order, None)
        return known or self._book(order, None, self._word(order, at, ahead), at)

    def _together(self, group: list[Order], at: datetime, ahead: bool) -> list[Verdict]:
        """All of a group or nothing: tried on a copy of the books, which replaces them or not."""
        leader, open_end = group[0].id, group[-1].chained
        olds: list[Verdict | None] = []
        seen: set[UUID] = set()
        for order in group:
            twin = Verdict("conflict") if order.id in seen else None
            olds.append(self._known(order, leader) or twin)
            seen.add(order.id)
        if None not in olds:
            return [old for old in olds if old]

        draft = self._copied()
        words: list[str] = []
        failed = False
        for order, old in zip(group, olds, strict=True):
            if old:
                words.append(old.word)
                failed = failed or old.word == "conflict"
                continue
            word = draft._word(order, at, ahead)
            if failed and word not in NOT_KEPT - {"original_unknown"}:
                word = "linked_failed"
            words.append(word)
            failed = failed or word != "ok"
            if word == "ok":
                draft._book(order, leader, word, at)
        half_old = any(old and old.old for old in olds)
        if not (failed or half_old or open_end):
            self.pages, self.archive = draft.pages, draft.archive
            return [self.archive.answers[order.id][2] for order in group]
        return self._undone(group, olds, words, half_old, open_end, leader, at)

    def _undone(
        self,
        group: list[Order],
        olds: list[Verdict | None],
        words: list[str],
        half_old: bool,
        open_end: bool,
        leader: UUID,
        at: datetime,
    ) -> list[Verdict]:
        news = [word for word, old in zip(words, olds, strict=True) if not old]
        clash = any(old and old.word == "conflict" for old in olds)
        verdicts = []
        for order, old, word in zip(group, olds, words, strict=True):
            if old:
                verdicts.append(old)
            elif word in NOT_KEPT:
                verdicts.append(Verdict(word))
            elif half_old:
                verdicts.append(Verdict("conflict"))
            elif open_end:
                verdicts.append(Verdict("link_open"))
            elif clash or NOT_KEPT & set(news):
                verdicts.append(Verdict("linked_dropped"))
            else:
                final = "linked_failed" if word == "ok" else word
                verdicts.append(self._book(order, leader, final, at))
        return verdicts

    def _copied(self) -> "Auditor":
        other = Auditor()
        other.pages = {
            account: replace(page, lines=page.lines[:]) for account, page in self.pages.items()
        }
        old = self.archive
        other.archive = Archive(old.answers.copy(), old.standing.copy(), old.finished.copy())
        return other

    def _known(self, order: Order, leader: UUID | None) -> Verdict | None:
        if order.id not in self.archive.answers:
            return None
        first, first_leader, verdict = self.archive.answers[order.id]
        same = (first_leader, first.kind, first.payer, first.payee, first.amount, first.code,
                first.names, first.lapses) == (
            leader, order.kind, order.payer, order.payee, order.amount, order.code,
            order.names, order.lapses)  # fmt: skip
        if not same:
            return Verdict("conflict")
        return Verdict(verdict.word, True, verdict.payer, verdict.payee)

    def _word(self, order: Order, at: datetime, ahead: bool) -> str:
        """The rules, in the order in which they speak."""
        if not self._well_formed(order, at):
            return "malformed"
        if not self._timely(order, at):
            return "id_too_far"
        if order.payer == order.payee:
            return "same_account"
        if order.payer not in self.pages:
            return "debit_unknown"
        if order.payee not in self.pages:
            return "credit_unknown"
        payer, payee = self.pages[order.payer], self.pages[order.payee]
        if ahead:
            return "at_ahead"
        if at < payer.last() or at < payee.last():
            return "at_behind"
        if order.kind in NAMING and order.names not in self.archive.standing:
            return "original_unknown"
        if payer.brand != payee.brand:
            return "brand_mismatch"
        if payer.currency != payee.currency:
            return "currency_mismatch"
        if order.kind in NAMING and (word := self._against_original(order, at)):
            return word
        return self._against_accounts(order, payer, payee)

    @staticmethod
    def _well_formed(order: Order, at: datetime) -> bool:
        if not 1 <= order.amount <= MOST or not 1 <= order.code < 2**15:
            return False
        if (order.names is not None) != (order.kind in NAMING):
            return False
        return order.lapses is None or (order.kind == "hold" and order.lapses > at)

    @staticmethod
    def _timely(order: Order, at: datetime) -> bool:
        """The time in an id (its first 48 bits) is within a day of the moment, or is that of what
        it names."""
        if order.names is not None and order.id.bytes[:6] == order.names.bytes[:6]:
            return True
        made = datetime.fromtimestamp(int.from_bytes(order.id.bytes[:6]) / 1000, at.tzinfo)
        return at - timedelta(days=1, milliseconds=1) < made < at + timedelta(days=1)

    def _against_original(self, order: Order, at: datetime) -> str | None:
        assert order.names is not None
        original = self.archive.standing[order.names]
        parties = (original.payer, original.payee)
        if order.kind == "reversal":
            if original.kind not in {"plain", "post"}:
                return "not_reversible"
            if (order.payee, order.payer) != parties or order.amount != original.amount:
                return "differs_from_original"
            return "already_reversed" if order.names in self.archive.finished else None
        if original.kind != "hold":
            return "not_a_hold"
        repeats = order.kind == "post" or order.amount == original.amount
        if (order.payer, order.payee) != parties or not repeats:
            return "differs_from_original"
        if order.names in self.archive.finished:
            return "already_settled"
        lapsed = original.lapses is not None and original.lapses <= at
        if order.kind == "expire":
            return None if lapsed else "hold_not_expired"
        if lapsed:
            return "hold_expired"
        return "exceeds_hold" if order.amount > original.amount else None

    @staticmethod
    def _against_accounts(order: Order, payer: Page, payee: Page) -> str:
        if "closed" in payer.stops:
            return "debit_closed"
        if "closed" in payee.stops and order.kind not in {"void", "expire"}:
            return "credit_closed"
        if order.kind in FREEZABLE and "no_debit" in payer.stops:
            return "debit_blocked"
        if order.kind in FREEZABLE and "no_credit" in payee.stops:
            return "credit_blocked"
        if order.kind in NEEDING_FUNDS and not payer.house:
            if payer.money() < order.amount:
                return "insufficient_funds"
            if payer.money() - payer.held() < order.amount:
                return "held_funds"
        over = payee.money() > CEILING or payer.money() < -CEILING or payer.held() > CEILING
        return "balance_limit" if over else "ok"

    def _book(self, order: Order, leader: UUID | None, word: str, at: datetime) -> Verdict:
        if word in NOT_KEPT:
            return Verdict(word)
        payer, payee = self.pages[order.payer], self.pages[order.payee]
        if word == "ok":
            moved = order.amount if order.kind in MOVING else 0
            reserved = order.amount if order.kind == "hold" else 0
            if order.kind in NAMING and order.names is not None:
                self.archive.finished.add(order.names)
                if order.kind != "reversal":
                    reserved = -self.archive.standing[order.names].amount
            payer.lines.append((-moved, reserved, at))
            payee.lines.append((moved, 0, at))
            self.archive.standing[order.id] = order
        stands = word == "ok"
        verdict = Verdict(
            word,
            False,
            (len(payer.lines) if stands else None, payer.money(), payer.held()),
            (len(payee.lines) if stands else None, payee.money(), payee.held()),
        )
        self.archive.answers[order.id] = (order, leader, verdict)
        return verdict
