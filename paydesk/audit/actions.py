"""Record what was done, seal what is settled, erase what a person may have erased.

An entry is written unchained in the transaction of the change it tells of; chaining comes later,
so that no two actions ever wait for each other here. Nothing in this module changes an entry.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from msgspec import Struct

from paydesk.audit import queries, rules
from paydesk.kit import clock, ids, shield
from paydesk.kit.actors import Actor

SEAL_BATCH = 1000


class Deed(Struct, frozen=True):
    """One action to record. `subject` is like `payment:<uuid>`; `personal` may name people."""

    brand: str
    actor: Actor
    action: str
    subject: str
    details: Mapping[str, Any] = {}
    personal: str | None = None


def record(
    *,
    brand: str,
    actor: Actor,
    action: str,
    subject: str,
    details: Mapping[str, Any] | None = None,
    personal: str | None = None,
) -> None:
    """Record one action in the caller's transaction.

    `details` holds ids, codes and whole numbers; what a person wrote or is called goes into
    `personal`, which is masked and can be erased. Raises RuntimeError outside a transaction,
    ValueError or TypeError for details that are neither id nor code.
    """
    record_many([Deed(brand, actor, action, subject, details or {}, personal)])


def record_many(deeds: Sequence[Deed]) -> None:
    """Record several actions with one statement; otherwise as `record`."""
    if not connection.in_atomic_block:
        raise RuntimeError("an action is recorded in the transaction of the change it makes")
    if not deeds:
        return
    rows = json.dumps([_row(deed) for deed in deeds])
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_record(%s::jsonb)", [rows])


def _row(deed: Deed) -> dict[str, Any]:
    rules.check_action(deed.action)
    if not deed.brand:
        raise ValueError("an action belongs to a brand")
    salt = secrets.token_hex(16)
    text = None if deed.personal is None else shield.mask(deed.personal).text
    content = rules.Content(
        id=ids.uuid7(),
        brand=deed.brand,
        actor=str(deed.actor),
        action=deed.action,
        subject=deed.subject,
        at=clock.now(),
        details=rules.clean_details(deed.details),
        personal_digest="" if text is None else rules.personal_digest(salt, text),
    )
    return {
        "id": str(content.id),
        "brand": content.brand,
        "actor": content.actor,
        "action": content.action,
        "subject": content.subject,
        "at": content.at.isoformat(),
        "details": content.details,
        "personal_digest": content.personal_digest,
        "digest": rules.entry_digest(content),
        "salt": salt,
        "personal": text,
    }


def seal() -> int:
    """Chain every settled entry of every brand; answer how many were chained.

    Works in batches of its own transactions, so it must not be called inside one: raises
    RuntimeError there. Two sealers at once wait for each other, brand by brand.
    """
    if connection.in_atomic_block:
        raise RuntimeError("sealing commits batch by batch and runs in no transaction")
    total = 0
    for brand in queries.waiting_brands():
        while True:
            sealed = _seal_batch(brand)
            total += sealed
            if sealed < SEAL_BATCH:
                break
    return total


def _seal_batch(brand: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT audit_seal(%s, %s, %s)", [brand, clock.now(), SEAL_BATCH])
        return int(cursor.fetchone()[0])


@transaction.atomic
def erase_personal(*, brand: str, subject: str, actor: Actor) -> int:
    """Erase the personal text of every entry about `subject`; answer how many texts went.

    The erasure is itself recorded. The chain stays whole: it holds salted digests only.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_erase(%s, %s)", [brand, subject])
        gone = int(cursor.fetchone()[0])
    record(
        brand=brand,
        actor=actor,
        action="audit.erase_personal",
        subject=subject,
        details={"texts": gone},
    )
    return gone
