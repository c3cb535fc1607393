"""What is recorded, what is refused, and what the program itself may not do to the record."""

from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from paydesk.audit import actions, queries, rules
from paydesk.audit.models import Entry
from paydesk.kit import clock
from paydesk.kit.actors import Actor, ActorKind

SOMEONE = UUID(int=7)
STAFF = Actor(ActorKind.STAFF, SOMEONE, "topay")


class Colour(StrEnum):
    RED = "red"


@pytest.mark.django_db
def test_an_entry_says_who_did_what_to_what_and_when() -> None:
    at = datetime(2026, 11, 2, 3, 4, 5, 678901, tzinfo=UTC)
    with clock.travel(at):
        actions.record(
            brand="topay",
            actor=STAFF,
            action="case.note",
            subject="case:1",
            details={"payment": SOMEONE, "minor": 150, "colour": Colour.RED, "until": at},
            personal="周明说他没有收到",
        )
    (entry,) = queries.entries_of("topay", "case:1")
    assert (entry.actor, entry.action, entry.at) == (f"staff:{SOMEONE}", "case.note", at)
    assert entry.details == {
        "payment": str(SOMEONE),
        "minor": 150,
        "colour": "red",
        "until": at.isoformat(),
    }
    assert entry.personal == "周明说他没有收到"


@pytest.mark.django_db
def test_an_entry_is_found_in_its_brand_only() -> None:
    actions.record(brand="topay", actor=STAFF, action="case.note", subject="case:1")
    assert not queries.entries_of("gopay", "case:1")
    assert not queries.recent("gopay")
    assert len(queries.recent("topay")) == 1


def test_recording_needs_the_transaction_of_the_change(committed_db: None) -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        actions.record(brand="topay", actor=STAFF, action="case.note", subject="case:1")


def test_an_entry_goes_with_its_change(committed_db: None) -> None:
    def undone() -> None:
        with transaction.atomic():
            actions.record(brand="topay", actor=STAFF, action="case.note", subject="case:1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert not queries.recent("topay")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("details", "error"),
    [
        ({"why": "周明很生气"}, ValueError),
        ({"mail": "zhou@example.com"}, ValueError),
        ({"note": "two words"}, ValueError),
        ({"nested": {"list": ["ok", "not ok"]}}, ValueError),
        ({"share": 0.5}, TypeError),
        ({"raw": b"x"}, TypeError),
    ],
)
def test_details_hold_no_free_text(details: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        actions.record(
            brand="topay", actor=STAFF, action="case.note", subject="case:1", details=details
        )


@pytest.mark.django_db
@pytest.mark.parametrize("action", ["", "Case.note", "case note", "case.", "case..note"])
def test_an_action_is_a_code(action: str) -> None:
    with pytest.raises(ValueError, match="no action code"):
        actions.record(brand="topay", actor=STAFF, action=action, subject="case:1")


@pytest.mark.django_db
def test_a_secret_in_personal_text_is_not_kept() -> None:
    actions.record(
        brand="topay",
        actor=STAFF,
        action="case.note",
        subject="case:1",
        personal="密码是abc123",
    )
    assert queries.entries_of("topay", "case:1")[0].personal == "密码是⟦masked:password⟧"


@pytest.mark.django_db
def test_many_are_recorded_with_one_statement(django_assert_num_queries: object) -> None:
    deeds = [actions.Deed("topay", STAFF, "case.note", f"case:{n}") for n in range(50)]
    with django_assert_num_queries(1):  # type: ignore[operator]  # a fixture
        actions.record_many(deeds)
    assert Entry.objects.count() == 50


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["entry", "link", "head", "personal", "unsealed"])
@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_{} SET brand = 'gopay'", "DELETE FROM audit_{}", "TRUNCATE audit_{}"],
)
def test_the_program_may_not_change_what_was_recorded(table: str, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


@pytest.mark.django_db
def test_the_program_may_not_write_the_chain_itself() -> None:
    insert = "INSERT INTO audit_link VALUES ('topay', 1, gen_random_uuid(), '', '', now())"
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(insert)


def test_the_canonical_form_is_fixed() -> None:
    """A digest of the first form: if this fails, every chain that exists breaks."""
    content = rules.Content(
        id=UUID(int=1),
        brand="topay",
        actor="system",
        action="case.note",
        subject="case:1",
        at=datetime(2026, 11, 2, tzinfo=UTC),
        details={"b": 1, "a": ["x", None, True]},
        personal_digest="",
    )
    digest = "a683fc2c7648cff790ffa2a073c64c416394162f57ffb5b40745cbbc146e3c43"
    assert rules.entry_digest(content) == digest
