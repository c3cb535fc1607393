"""Plain rules: decisions, blocks, levels, the strength meter."""

from datetime import UTC, datetime, timedelta

import pytest

from paydesk.kit import ids
from paydesk.people import assurance, rules
from paydesk.people.assurance import Level
from paydesk.people.rules import ApprovedDecision, Blocks, Objection

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ANN, BEN = ids.uuid7(), ids.uuid7()


def decision(**changed: object) -> ApprovedDecision:
    values = {
        "request_id": ids.uuid7(),
        "action": "unfreeze",
        "subject": "customer:1",
        "requested_by": ANN,
        "requested_at": NOON,
        "approved_by": BEN,
        "approved_at": NOON,
    } | changed
    return ApprovedDecision(**values)  # type: ignore[arg-type]  # named values


@pytest.mark.parametrize(
    ("changed", "objection"),
    [
        ({}, None),
        ({"action": "refund"}, Objection.OTHER_ACTION),
        ({"subject": "customer:2"}, Objection.OTHER_SUBJECT),
        ({"approved_by": ANN}, Objection.SAME_PERSON),
        ({"requested_at": NOON - timedelta(hours=2)}, Objection.TOO_OLD),
    ],
)
def test_a_decision_carries_only_what_it_was_about(
    changed: dict[str, object], objection: Objection | None
) -> None:
    found = rules.objection_to(
        decision(**changed),
        action="unfreeze",
        subject="customer:1",
        since=NOON - timedelta(hours=1),
    )
    assert found == objection


@pytest.mark.parametrize(
    ("scopes", "blocks"),
    [
        ([], Blocks()),
        (["all"], Blocks(send=True, receive=True)),
        (["send"], Blocks(send=True)),
        (["receive"], Blocks(receive=True)),
        (["signin"], Blocks(sign_in=True)),
        (["signin", "receive", "send"], Blocks(sign_in=True, send=True, receive=True)),
    ],
)
def test_scopes_add_up(scopes: list[str], blocks: Blocks) -> None:
    assert rules.blocks(scopes) == blocks


@pytest.mark.parametrize(
    ("password", "level"),
    [("", 0), ("aaaaaaaa", 1), ("abcdefgh", 1), ("abcdefghij", 2), ("abcDEF12345", 3),
     ("correct horse 8 Battery", 4), ("aaaaaaaaaaaaaaaa", 2)],
)  # fmt: skip
def test_the_meter_rises_with_length_and_variety(password: str, level: int) -> None:
    assert rules.strength(password) == level


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({}, Level.ANONYMOUS),
        ({"contact_proved_at": NOON}, Level.CONTACT),
        ({"contact_proved_at": NOON - timedelta(minutes=31)}, Level.ANONYMOUS),
        ({"signed_in": True}, Level.SIGNED_IN),
        ({"signed_in": True, "stepped_up_at": NOON - timedelta(minutes=9)}, Level.STEPPED_UP),
        ({"signed_in": True, "stepped_up_at": NOON - timedelta(minutes=10)}, Level.SIGNED_IN),
        ({"stepped_up_at": NOON}, Level.ANONYMOUS),
    ],
)
def test_levels_of_assurance_lapse(facts: dict[str, object], level: Level) -> None:
    assert assurance.level(NOON, **facts) is level  # type: ignore[arg-type]  # named values


def test_levels_compare() -> None:
    assert Level.ANONYMOUS < Level.CONTACT < Level.SIGNED_IN < Level.STEPPED_UP
    assert assurance.suffices(Level.SIGNED_IN, Level.CONTACT)
    assert not assurance.suffices(Level.CONTACT, Level.SIGNED_IN)
