"""Talking in a case: one sequence, nothing doubled, nothing internal to the customer."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections

from paydesk.audit.models import Entry as AuditEntry
from paydesk.desk.cases import actions, queries
from paydesk.desk.cases.models import Case, Entry
from paydesk.desk.cases.rules import CaseRefused, State, Topic
from paydesk.kit import ids
from paydesk.kit.events.models import Event
from tests.desk.cases.conftest import CaseFactory, as_customer, as_staff, say
from tests.factories import CustomerFactory, StaffFactory

pytestmark = pytest.mark.usefixtures("staffed")


@pytest.mark.usefixtures("committed_db")
def test_concurrent_writers_leave_no_gap_and_no_double(
    case_factory: CaseFactory, staff_factory: StaffFactory
) -> None:
    case = case_factory()
    customer = as_customer(case.customer)
    agents = [as_staff(staff_factory()) for _ in range(3)]

    def write(n: int) -> int:
        try:
            return say(case, [customer, *agents][n % 4], f"第 {n} 条").sequence
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(write, range(40)))
    stored = list(Entry.objects.filter(case=case).values_list("sequence", flat=True))
    assert stored == list(range(1, len(stored) + 1))
    assert len(set(got)) == 40
    assert Case.objects.get(pk=case.pk).last_sequence == len(stored)


@pytest.mark.usefixtures("committed_db")
def test_the_same_client_id_sent_at_once_is_one_entry(case_factory: CaseFactory) -> None:
    case = case_factory()
    customer, client_id = as_customer(case.customer), ids.uuid7()

    def send(_: int) -> int:
        try:
            return say(case, customer, "转不出去", client_id=client_id).sequence
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(send, range(12)))) == 1
    assert Entry.objects.filter(case=case, kind="message").count() == 1


@pytest.mark.usefixtures("db")
class TestPosting:
    def test_a_replay_answers_the_first_entry_whatever_it_says_now(
        self, case_factory: CaseFactory
    ) -> None:
        case, client_id = case_factory(), ids.uuid7()
        first = say(case, as_customer(case.customer), "一", client_id=client_id)
        again = say(case, as_customer(case.customer), "二", client_id=client_id)
        assert again.pk == first.pk
        assert again.body == "一"

    def test_anothers_client_id_is_refused(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        case, client_id = case_factory(), ids.uuid7()
        say(case, as_customer(case.customer), client_id=client_id)
        with pytest.raises(CaseRefused, match="client_id_taken"):
            say(case, as_staff(staff_factory()), client_id=client_id)

    def test_the_same_client_id_in_two_cases_is_two_entries(
        self, case_factory: CaseFactory
    ) -> None:
        one, two, client_id = case_factory(), case_factory(), ids.uuid7()
        first = say(one, as_customer(one.customer), client_id=client_id)
        second = say(two, as_customer(two.customer), client_id=client_id)
        assert first.pk != second.pk

    def test_secrets_are_masked_before_they_are_stored_and_the_sender_is_warned(
        self, case_factory: CaseFactory
    ) -> None:
        case = case_factory()
        say(case, as_customer(case.customer), "我的密码是 Qwe12345! 帮我看看")
        stored = list(Entry.objects.filter(case=case).values("body", "data"))
        assert "Qwe12345" not in str(stored)
        assert "⟦masked:password⟧" in str(stored)
        warned = queries.lines(case, as_customer(case.customer))[-1]
        assert warned.entry.data["code"] == "masked"
        assert warned.entry.data["params"]["kinds"] == ["password"]

    def test_what_a_note_hides_is_not_told_to_the_customer(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        case = case_factory()
        say(case, as_staff(staff_factory()), "客户密码是 Qwe12345!", internal=True)
        assert queries.lines(case, as_customer(case.customer)) == []

    @pytest.mark.parametrize("body", ["", "  \n ", "\x00"])
    def test_an_empty_message_is_refused(self, case_factory: CaseFactory, body: str) -> None:
        case = case_factory()
        with pytest.raises(CaseRefused, match="empty"):
            say(case, as_customer(case.customer), body)
        assert Case.objects.get(pk=case.pk).last_sequence == case.last_sequence

    def test_too_long_is_refused(self, case_factory: CaseFactory) -> None:
        case = case_factory()
        with pytest.raises(CaseRefused, match="too_long"):
            say(case, as_customer(case.customer), "长" * 8001)

    def test_another_customer_may_not_write(
        self, case_factory: CaseFactory, customer_factory: CustomerFactory
    ) -> None:
        case = case_factory()
        with pytest.raises(CaseRefused, match="not_yours"):
            say(case, as_customer(customer_factory()))

    def test_a_customer_may_not_write_a_note(self, case_factory: CaseFactory) -> None:
        case = case_factory()
        with pytest.raises(CaseRefused, match="not_yours"):
            say(case, as_customer(case.customer), internal=True)

    def test_staff_of_another_brand_may_not_write(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        case, stranger = case_factory(), staff_factory(role="admin", brands=["gopay"])
        with pytest.raises(PermissionDenied):
            say(case, as_staff(stranger))
        with pytest.raises(CaseRefused, match="other_brand"):
            say(case, as_staff(stranger, "gopay"))
        assert Case.objects.get(pk=case.pk).last_sequence == case.last_sequence


@pytest.mark.usefixtures("db")
class TestWhoHears:
    def test_an_internal_note_never_reaches_the_customer(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        case, agent = case_factory(), as_staff(staff_factory())
        note = say(case, agent, "风控说可以解冻", internal=True)
        reply = say(case, agent, "您好")
        customer = as_customer(case.customer)
        shown = [line.entry.pk for line in queries.lines(case, customer)]
        assert note.pk not in shown
        assert reply.pk in shown
        told = Event.objects.filter(kind="case.message", payload__sequence=note.sequence)
        assert [event.audience for event in told] == [["desk:topay"]]
        assert queries.unread(customer, [case]) == {case.pk: 1}

    def test_public_entries_reach_both_sides(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        case = case_factory()
        reply = say(case, as_staff(staff_factory()))
        event = Event.objects.get(kind="case.message", payload__sequence=reply.sequence)
        assert set(event.audience) == {f"customer:{case.customer_id}", "desk:topay"}
        assert set(event.payload) == {"case", "sequence", "entry"}

    def test_every_message_is_audited_without_its_words(self, case_factory: CaseFactory) -> None:
        case = case_factory()
        say(case, as_customer(case.customer), "只有我知道的话")
        entry = AuditEntry.objects.get(action="case.message")
        assert entry.subject == f"case:{case.pk}"
        assert "只有我知道" not in str(entry.details)


@pytest.mark.usefixtures("db")
class TestTurns:
    def test_a_reply_ends_the_wait_and_the_next_question_starts_one(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        case, staff = case_factory(), staff_factory()
        assert case.waiting_since is not None
        say(case, as_staff(staff))
        case.refresh_from_db()
        assert case.state == State.WAITING_CUSTOMER
        assert not case.waiting_since
        assert case.assignee_id == staff.pk
        say(case, as_customer(case.customer))
        case.refresh_from_db()
        assert case.state == State.OPEN
        assert case.waiting_since is not None

    def test_the_customers_word_takes_a_solved_case_up_again(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        case, staff = case_factory(), staff_factory()
        say(case, as_staff(staff))
        actions.solve(case, staff)
        say(case, as_customer(case.customer), "还是不行")
        case.refresh_from_db()
        assert case.state == State.OPEN
        assert case.solved_at is None
        assert case.assignee_id is None  # the agent's desk is closed
        codes = [line.entry.data.get("code") for line in queries.lines(case, as_staff(staff))]
        assert "reopened" in codes

    def test_marks_only_move_forward(
        self, case_factory: CaseFactory, staff_factory: StaffFactory
    ) -> None:
        case = case_factory()
        customer = as_customer(case.customer)
        first = say(case, as_staff(staff_factory()))
        assert actions.mark_read(case, customer, read=first.sequence)
        assert not actions.mark_read(case, customer, read=1)
        actions.mark_read(case, customer, read=10_000)
        case.refresh_from_db()
        assert queries.marks(case).customer_read == case.last_sequence

    def test_opening_twice_about_one_payment_needs_no_second_case(
        self, case_factory: CaseFactory
    ) -> None:
        case = case_factory(topic=Topic.OTHER)
        other = case_factory(customer=case.customer)
        assert other.pk != case.pk  # without a payment each matter is its own


@pytest.mark.usefixtures("db")
def test_the_app_role_can_not_rewrite_a_timeline(case_factory: CaseFactory) -> None:
    case = case_factory()
    say(case, as_customer(case.customer))
    for attack in ("UPDATE cases_entry SET body = 'x'", "DELETE FROM cases_entry"):
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT attack")
            with pytest.raises(Exception, match="permission denied"):
                cursor.execute(attack)
            cursor.execute("ROLLBACK TO attack")
