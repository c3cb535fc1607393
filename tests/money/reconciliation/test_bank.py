"""Bank statements: who paid by virtual account, payouts out and back, and files of strangers."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from paydesk.approvals import actions as approvals
from paydesk.approvals.models import Request
from paydesk.brands.profile import Brand
from paydesk.entry.cli.errands import run_waiting_jobs
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.money.ledger.verify import verify
from paydesk.money.payments.actions.differing import Ending
from paydesk.money.payments.models import Attempt, Payment, ProviderNotification
from paydesk.money.payments.providers import credentials
from paydesk.money.payments.providers.bank import camt, numbers, pain
from paydesk.money.payments.providers.bank.adapter import token
from paydesk.money.payments.providers.statements import SettlementUnreadable
from paydesk.money.reconciliation import actions, queries
from paydesk.money.reconciliation.models import Difference, SettlementFile
from paydesk.money.risk import actions as risk
from paydesk.people import actions as people
from paydesk.people.models import Customer, StaffMember
from tests.factories import ClientOf, CustomerFactory, StaffFactory
from tests.money.payments.helpers import (
    approve_unfreeze,
    available,
    fund,
    notice,
    send,
    staff_actor,
    top_up,
)
from tests.money.payments.providers.conftest import account_file
from tests.money.payouts.helpers import bank_account, card_ending, let_pass, monday, withdraw

RECONCILIATION = "/desk/operations/reconciliation/"
ACCOUNT = "3101018800001234567"
IBAN = "DE89370400440532013000"
VALUES = {
    "account": ACCOUNT,
    "holder": "Topay 备付金",
    "bank_name": "示例银行",
    "virtual_prefix": "880166",
    "bic": "ICBKCNBJ",
}


@pytest.fixture
def bank(tmp_path: Path, settings: Any) -> credentials.Account:
    """A bank account of topay."""
    settings.PROVIDERS_FILE = account_file(tmp_path, "topay", {"bank": VALUES})
    return credentials.of("bank", "topay")


@pytest.fixture
def boss(staff_factory: StaffFactory) -> StaffMember:
    return staff_factory(role="supervisor")


def entry(
    number: str,
    amount: str,
    *,
    way: str = "CRDT",
    to: str = "",
    reference: str = "",
    code: str = "",
) -> str:
    """A booked entry as a bank writes it."""
    end = f"<Refs><EndToEndId>{reference}</EndToEndId></Refs>" if reference else ""
    party = (
        f"<RltdPties><Dbtr><Nm>某人</Nm></Dbtr><CdtrAcct><Id><Othr><Id>{to}</Id></Othr></Id></CdtrAcct></RltdPties>"
        if to
        else ""
    )
    back = f"<RtrInf><Rsn><Cd>{code}</Cd></Rsn></RtrInf>" if code else ""
    moment = clock.now().isoformat()
    return (
        f'<Ntry><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts>BOOK</Sts>'
        f"<BookgDt><DtTm>{moment}</DtTm></BookgDt><AcctSvcrRef>{number}</AcctSvcrRef>"
        f"<NtryDtls><TxDtls>{end}{party}{back}</TxDtls></NtryDtls></Ntry>"
    )


def balance(kind: str, amount: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'
    )


def balanced(entries: Iterable[str]) -> str:
    """Balances that entries of whole cents lead from one to the other."""
    closing = 100_000_000
    for one in entries:
        found = re.search(r'<Amt Ccy="CNY">(\d+)\.(\d\d)</Amt><CdtDbtInd>(CRDT|DBIT)', one)
        if found:
            cents = int(found[1]) * 100 + int(found[2])
            closing += cents if found[3] == "CRDT" else -cents
    return balance("OPBD", "1000000.00") + balance("CLBD", f"{closing // 100}.{closing % 100:02d}")


def statement(*entries: str, account: str = ACCOUNT, balances: str | None = None) -> bytes:
    """A camt.053 document; by itself its balances are right."""
    if balances is None:
        balances = balanced(entries)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
        f"<Stmt><Id>1</Id><Acct><Id><Othr><Id>{account}</Id></Othr></Id></Acct>"
        f"{balances}{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def taken(raw: bytes, brand: Brand, by: Actor | None = None) -> SettlementFile:
    day: date = clock.now().astimezone(brand.zone).date()
    made = actions.take_in(
        brand="topay", provider="bank", day=day, name="s.xml", raw=raw, actor=by or SYSTEM("topay")
    )
    actions.read(made.id)
    made.refresh_from_db()
    return made


@pytest.mark.usefixtures("committed_db")
class TestMoneyThatCame:
    @pytest.fixture
    def payer(self, customer_factory: CustomerFactory) -> Customer:
        return customer_factory()

    def test_the_top_up_that_waits_for_it(
        self, bank: credentials.Account, brand: Brand, payer: Customer
    ) -> None:
        outcome = top_up(payer, 50_000, token=token(payer.number))
        attempt = Attempt.objects.get(payment_id=outcome.id)
        number = numbers.virtual_account(bank, payer.number)
        assert attempt.action["number"] == number
        file = taken(statement(entry("B1", "500.00", to=number)), brand)
        assert (file.state, Difference.objects.count()) == ("read", 0)
        assert Payment.objects.get(id=outcome.id).state == "succeeded"
        assert available(payer) == 50_000
        assert queries.unexplained("topay") == {}

    def test_money_that_nobody_announced(
        self, bank: credentials.Account, brand: Brand, payer: Customer
    ) -> None:
        number = numbers.virtual_account(bank, payer.number)
        raw = statement(entry("B7", "12.34", to=number))
        taken(raw, brand)
        assert available(payer) == 1_234
        # The same entry in tomorrow's statement: known, and told as double.
        taken(raw.replace(b"<Id>1</Id>", b"<Id>2</Id>", 1), brand)
        assert available(payer) == 1_234
        assert ProviderNotification.objects.count() == 1
        assert [one.cause for one in Difference.objects.all()] == ["double"]

    def test_nobody_announced_it_and_the_wallet_is_frozen(
        self, bank: credentials.Account, brand: Brand, customer_factory: CustomerFactory
    ) -> None:
        """Row 19: the money is with us, so it waits for the wallet and is credited once."""
        with clock.travel(clock.now() - timedelta(hours=2)):
            payer = customer_factory()
            to = numbers.virtual_account(bank, payer.number)
            raw = statement(entry("B11", "12.34", to=to))
            people.place_freeze(payer, reason="stolen", actor=SYSTEM("topay"))
            taken(raw, brand)
            waiting = Payment.objects.get(payee=payer)
            assert (waiting.state, waiting.reason) == ("processing", "paid_not_credited")
            let_pass(600)
            assert available(payer) == 0
            approve_unfreeze(payer)
            let_pass(1)
            assert available(payer) == 1_234
            # Tomorrow's statement has it too: no second credit.
            taken(raw.replace(b"<Id>1</Id>", b"<Id>2</Id>", 1), brand)
            let_pass(3600)
        assert available(payer) == 1_234
        assert Payment.objects.get(payee=payer).state == "succeeded"
        assert [one.cause for one in Difference.objects.all()] == ["double"]

    def test_an_announced_one_waits_for_the_wallet_too(
        self, bank: credentials.Account, brand: Brand, customer_factory: CustomerFactory
    ) -> None:
        with clock.travel(clock.now() - timedelta(hours=2)):
            payer = customer_factory()
            to = numbers.virtual_account(bank, payer.number)
            top_up(payer, 50_000, token=token(payer.number))
            people.place_freeze(payer, reason="stolen", actor=SYSTEM("topay"))
            taken(statement(entry("B12", "500.00", to=to)), brand)
            let_pass(600)
            assert Payment.objects.get(payee=payer).reason == "paid_not_credited"
            approve_unfreeze(payer)
            let_pass(1)
            assert available(payer) == 50_000

    def test_no_limit_and_no_maintenance_keeps_what_is_here(
        self, bank: credentials.Account, brand: Brand, payer: Customer
    ) -> None:
        most = brand.limits["CNY"].topup_max
        notice("maintenance", "card_topup", None)
        assert top_up(payer).reason == "maintenance"
        to = numbers.virtual_account(bank, payer.number)
        amount = f"{most // 100 + 1}.00"
        taken(statement(entry("B13", amount, to=to), entry("B14", "0.50", to=to)), brand)
        assert available(payer) == (most // 100 + 1) * 100 + 50
        assert (Difference.objects.count(), verify().ok) == (0, True)

    def test_no_screening_keeps_what_is_here(
        self, bank: credentials.Account, brand: Brand, customer_factory: CustomerFactory
    ) -> None:
        """What the customer then sends is held, as of anybody on a list."""
        payer = customer_factory(name="Velkanov Radomir")
        risk.screen_customer(customer_id=str(payer.id), brand="topay")
        assert top_up(payer).reason == "screening"
        to = numbers.virtual_account(bank, payer.number)
        taken(statement(entry("B15", "12.34", to=to)), brand)
        assert available(payer) == 1_234
        assert send(payer, customer_factory(), 100).reason == "screening"

    def test_a_slip_in_the_number_reaches_nobody(
        self, bank: credentials.Account, brand: Brand, payer: Customer
    ) -> None:
        number = numbers.virtual_account(bank, payer.number)
        wrong = number[:-3] + str((int(number[-3]) + 1) % 10) + number[-2:]
        taken(statement(entry("B9", "10.00", to=wrong)), brand)
        assert available(payer) == 0
        assert [one.cause for one in Difference.objects.all()] == ["missing_here"]


@pytest.mark.usefixtures("committed_db")
class TestMoneyThatGoes:
    @pytest.fixture
    def sent(
        self, bank: credentials.Account, customer_factory: CustomerFactory
    ) -> Iterator[list[Attempt]]:
        """Two withdrawals, handed to the bank's adapter."""
        with clock.travel(monday() - timedelta(days=5)):
            customer = customer_factory(name="陈晓雯", identity_level=2)
            fund(customer, 100_000)
        with clock.travel(monday()):
            account = bank_account(customer)
            outcomes = [withdraw(customer, account, amount) for amount in (5_000, 7_000)]
            let_pass(120)
            yield [Attempt.objects.get(payment_id=one.id) for one in outcomes]

    def test_each_stands_in_one_file(self, sent: list[Attempt], boss: StaffMember) -> None:
        assert queries.payouts_waiting("topay") == {"CNY": (2, 12_000)}
        file = actions.payout_file.make(brand="topay", currency="CNY", staff=boss)
        with pytest.raises(actions.payout_file.NothingToPay):
            actions.payout_file.make(brand="topay", currency="CNY", staff=boss)
        raw = actions.payout_file.content(file, boss)
        assert actions.payout_file.content(file, boss) == raw
        names = {"p": pain.NAMESPACE}
        root = fromstring(raw)
        ends = [one.text for one in root.iterfind(".//p:EndToEndId", names)]
        assert ends == sorted(one.id.hex for one in sent)
        number = card_ending("0128")
        assert root.findtext(".//p:CdtrAcct/p:Id/p:Othr/p:Id", namespaces=names) == number
        assert number not in str(Attempt.objects.values_list("terms", flat=True))

    def test_what_is_over_or_looked_into_stands_in_no_file(
        self, sent: list[Attempt], boss: StaffMember
    ) -> None:
        one, two = (Payment.objects.filter(id=each.payment_id) for each in sent)
        one.update(reason="amount_differs")
        assert queries.payouts_waiting("topay") == {"CNY": (1, 7_000)}
        two.update(state="unknown")
        assert queries.payouts_waiting("topay") == {}
        with pytest.raises(actions.payout_file.NothingToPay):
            actions.payout_file.make(brand="topay", currency="CNY", staff=boss)
        two.update(state="processing")
        assert actions.payout_file.make(brand="topay", currency="CNY", staff=boss).total == 7_000

    def test_paid_by_the_statement_and_sent_back_by_the_next(
        self, sent: list[Attempt], brand: Brand
    ) -> None:
        """Row 43: MD07 in the statement gives the money back, with the bank's reason."""
        one, two = sent
        out = entry("D1", "50.00", way="DBIT", reference=one.id.hex)
        back = entry("D2", "70.00", reference=two.id.hex, code="MD07")
        taken(statement(out, back), brand)
        states = [
            (payment.state, payment.reason, payment.facts.get("code"))
            for payment in Payment.objects.filter(kind="withdrawal").order_by("amount")
        ]
        assert states == [("succeeded", "", None), ("failed", "bank_returned", "MD07")]
        payer = one.payment.payer
        assert payer
        assert available(payer) == 100_000 - 5_000 - one.payment.fee

    def test_a_second_return_under_another_number_is_a_difference(
        self, sent: list[Attempt], brand: Brand
    ) -> None:
        one, _ = sent
        payer = one.payment.payer
        assert payer
        before = available(payer)
        taken(statement(entry("D1", "50.00", way="DBIT", reference=one.id.hex)), brand)
        first = entry("D6", "50.00", reference=one.id.hex, code="MD07")
        taken(statement(first), brand)
        let_pass(60)
        assert available(payer) == before + 5_000
        again = entry("D7", "50.00", reference=one.id.hex, code="MD07")
        taken(statement(first, again), brand)
        let_pass(60)
        assert available(payer) == before + 5_000
        found = Difference.objects.values_list("cause", "amount", "state")
        assert list(found) == [("double", 5_000, "open")]

    def test_another_amount_went_out_and_a_person_ends_it(
        self, sent: list[Attempt], brand: Brand, boss: StaffMember
    ) -> None:
        """What the statement says is matched with what was ordered once it is booked."""
        one, _ = sent
        taken(statement(entry("D8", "49.00", way="DBIT", reference=one.id.hex)), brand)
        payment = Payment.objects.get(id=one.payment_id)
        assert (payment.state, payment.reason) == ("processing", "amount_differs")
        found = Difference.objects.values_list("cause", "amount", "state")
        assert list(found) == [("not_booked", -4_900, "open")]
        with pytest.raises(ValueError, match="note"):
            actions.end(payment, Ending.SENT, note=" ", staff=boss)
        done = actions.end(payment, Ending.SENT, note="回单 8812", staff=boss)
        assert done
        assert done.state == "succeeded"
        assert list(found.all()) == [("amount", 100, "open")]

    def test_a_debit_with_a_code_is_no_return(self, sent: list[Attempt], brand: Brand) -> None:
        one, two = sent
        payer = one.payment.payer
        assert payer
        before = available(payer)
        paid = entry("D1", "50.00", way="DBIT", reference=one.id.hex)
        taken(statement(paid), brand)
        again = entry("D3", "50.00", way="DBIT", reference=one.id.hex, code="MD07")
        other = entry("D4", "70.00", way="DBIT", reference=two.id.hex, code="MD07")
        part = entry("D5", "1.00", reference=one.id.hex, code="AC04")
        taken(statement(again, other, part), brand)
        let_pass(60)
        assert available(payer) == before
        states = Payment.objects.filter(kind="withdrawal").order_by("amount")
        assert [payment.state for payment in states] == ["succeeded", "processing"]
        found = Difference.objects.order_by("amount").values_list("cause", "amount", "state")
        assert list(found) == [
            ("missing_here", -7_000, "open"),
            ("missing_here", -5_000, "open"),
            ("amount", 100, "open"),
        ]


def test_numbers_notice_every_single_slip(bank: credentials.Account) -> None:
    number = numbers.virtual_account(bank, "123456789")
    assert numbers.customer_of(bank, number) == "123456789"
    for place in range(6, len(number)):
        for digit in "0123456789":
            changed = number[:place] + digit + number[place + 1 :]
            assert (numbers.customer_of(bank, changed) is None) == (changed != number)


def sheet_of(to: str) -> bytes:
    """The same as CSV, which says nothing of account or balances."""
    header = "交易时间,交易流水号,币种,收入金额,支出金额,手续费,收款账号,客户业务编号,退回原因"
    return f"{header}\n{clock.now():%Y-%m-%d %H:%M:%S},C1,CNY,12.34,0,0,{to},,\n".encode()


@pytest.mark.usefixtures("committed_db")
class TestBroughtByAPerson:
    @pytest.mark.parametrize("form", ["camt", "csv"])
    def test_an_uploaded_statement_moves_nothing_until_a_second_person_agreed(
        self,
        bank: credentials.Account,
        brand: Brand,
        customer_factory: CustomerFactory,
        staff_factory: StaffFactory,
        client_of: ClientOf,
        boss: StaffMember,
        form: str,
    ) -> None:
        payer = customer_factory()
        to = numbers.virtual_account(bank, payer.number)
        raw = statement(entry("C1", "12.34", to=to)) if form == "camt" else sheet_of(to)
        file = taken(raw, brand, staff_actor(boss))
        actions.read(file.id)  # asked again it still waits
        assert (file.state, available(payer), Payment.objects.count()) == ("asked", 0, 0)
        asked = Request.objects.get()
        assert asked.params["sha256"] == file.sha256
        with pytest.raises(approvals.DecisionNotPossible):
            approvals.decide(asked, staff=boss, approve=True)
        second = client_of(staff_factory(role="supervisor").user)
        assert "等待第二人审批" in second.get(RECONCILIATION).content.decode()
        waiting = second.get("/desk/approvals/").content.decode()
        assert "执行上传的银行流水" in waiting
        assert "¥12.34" in waiting
        assert second.post(f"/desk/approvals/{asked.pk}/", {"decision": "approve"}).status_code
        run_waiting_jobs()
        file.refresh_from_db()
        assert (file.state, available(payer)) == ("read", 1_234)

    def test_what_is_expected_waits_too_and_is_dropped_when_refused(
        self,
        bank: credentials.Account,
        brand: Brand,
        customer_factory: CustomerFactory,
        staff_factory: StaffFactory,
        boss: StaffMember,
    ) -> None:
        """Whoever forges a statement can have the top-up ordered first."""
        payer = customer_factory()
        outcome = top_up(payer, 50_000, token=token(payer.number))
        number = numbers.virtual_account(bank, payer.number)
        raw = statement(entry("F1", "500.00", to=number))
        file = taken(raw, brand, staff_actor(boss))
        second = staff_factory(role="supervisor")
        approvals.decide(Request.objects.get(), staff=second, approve=False)
        run_waiting_jobs()
        file.refresh_from_db()
        assert (file.state, file.trouble) == ("refused", "not_agreed")
        assert (Payment.objects.get(id=outcome.id).finished_at, available(payer)) == (None, 0)
        assert taken(raw, brand, staff_actor(boss)).state == "asked"

    def test_payouts_that_we_ordered_need_no_second_person(
        self, bank: credentials.Account, brand: Brand, boss: StaffMember
    ) -> None:
        file = taken(statement(entry("X1", "5.00", way="DBIT")), brand, staff_actor(boss))
        assert (file.state, Request.objects.count()) == ("read", 0)


def test_a_statement_without_balances_is_refused(bank: credentials.Account) -> None:
    for balances in ("", balance("OPBD", "1.00"), balance("CLBD", "1.00")):
        with pytest.raises(SettlementUnreadable, match="balance"):
            camt.read(statement(entry("1", "1.00"), balances=balances), ACCOUNT)
    with pytest.raises(SettlementUnreadable, match="account"):
        camt.read(statement(entry("1", "1.00"), account=""), ACCOUNT)


def test_opening_entries_and_closing_must_agree(bank: credentials.Account) -> None:
    right = balance("OPBD", "100.00") + balance("CLBD", "70.50")
    wrong = balance("OPBD", "100.00") + balance("CLBD", "70.51")
    entries = (entry("1", "10.50"), entry("2", "40.00", way="DBIT"))
    assert [one.amount for one in camt.read(statement(*entries, balances=right), ACCOUNT)] == [
        1_050,
        -4_000,
    ]
    with pytest.raises(SettlementUnreadable, match="total"):
        camt.read(statement(*entries, balances=wrong), ACCOUNT)


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


@pytest.mark.parametrize(
    ("raw", "trouble"),
    [
        (BOMB, "xml"),
        (OUTSIDE, "xml"),
        (b"<Document><Stmt>", "xml"),
        (b"<Document></Document>", "header"),
        (statement(account="999"), "other_account"),
        (statement(entry("", "1.00")), "columns"),
        (statement(entry("1", "1.005")), "amount"),
        (statement(entry("1", "-1.00")), "amount"),
        (statement(entry("1", "1.00", way="BOTH")), "columns"),
    ],
)
def test_what_is_no_statement_of_ours(raw: bytes, trouble: str) -> None:
    with pytest.raises(SettlementUnreadable) as refused:
        camt.read(raw, ACCOUNT)
    assert refused.value.trouble == trouble


def test_orders_to_the_bank(bank: credentials.Account) -> None:
    reference = ids.uuid7()
    orders = [
        pain.Order(
            reference, 12_345, "CNY", "王伟", "6222020200112230", False, "102100099996", False
        ),
        pain.Order(
            ids.uuid7(), 500, "CNY", "A & B <Ltd>", "DE89370400440532013000", True, "COBADEFF", True
        ),
    ]
    at = datetime(2026, 11, 23, 8, tzinfo=UTC)
    raw = pain.write("M1", pain.Debtor("Topay", ACCOUNT, "ICBKCNBJ"), orders, at, at.date())
    names = {"p": pain.NAMESPACE}
    root = fromstring(raw)
    assert root.findtext(".//p:GrpHdr/p:CtrlSum", namespaces=names) == "128.45"
    assert root.findtext(".//p:EndToEndId", namespaces=names) == reference.hex
    assert [one.text for one in root.iterfind(".//p:Cdtr/p:Nm", names)] == ["王伟", "A & B <Ltd>"]
    with pytest.raises(ValueError, match="exactly one currency"):
        pain.write("M2", pain.Debtor("T", "1", "X"), [], at, at.date())
