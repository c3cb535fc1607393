"""Recounts the audit chain from the rows themselves and names the first break of each brand.

It shares the canonical form with the writer and nothing else: what the database computed when
sealing is computed again here. It never repairs.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from paydesk.audit import rules

_CHUNK = 2000

# Every chained entry with its link and personal text, and links whose entry is gone.
_CHAIN = """
    SELECT link.position, link.entry_id, link.digest, link.hash,
           entry.id, entry.brand, entry.actor, entry.action, entry.subject, entry.at,
           entry.details::text, entry.personal_digest, personal.salt, personal.text
    FROM audit_link AS link
    LEFT JOIN audit_entry AS entry ON entry.id = link.entry_id
    LEFT JOIN audit_personal AS personal ON personal.entry_id = link.entry_id
    WHERE link.brand = %s AND link.position > %s
    ORDER BY link.position LIMIT %s
"""
_BRANDS = """
    SELECT brand FROM audit_link UNION SELECT brand FROM audit_entry
    UNION SELECT brand FROM audit_head UNION SELECT brand FROM audit_unsealed ORDER BY brand
"""
# Entries outside the chain; `queued` is false for one that no action recorded.
_LOOSE = """
    SELECT entry.id, entry.brand, entry.actor, entry.action, entry.subject, entry.at,
           entry.details::text, entry.personal_digest, personal.salt, personal.text,
           entry.digest, queue.entry_id IS NOT NULL
    FROM audit_entry AS entry
    LEFT JOIN audit_link AS link ON link.entry_id = entry.id
    LEFT JOIN audit_unsealed AS queue ON queue.entry_id = entry.id AND queue.brand = entry.brand
    LEFT JOIN audit_personal AS personal ON personal.entry_id = entry.id
    WHERE entry.brand = %s AND link.entry_id IS NULL
    ORDER BY entry.at, entry.id
"""
_LOST = """
    SELECT queue.entry_id FROM audit_unsealed AS queue
    LEFT JOIN audit_entry AS entry ON entry.id = queue.entry_id
    WHERE queue.brand = %s AND entry.id IS NULL ORDER BY queue.xid, queue.entry_id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where a brand's chain doesn't hold: `position` 0 is outside the chain."""

    brand: str
    position: int
    entry_id: UUID | None
    what: str

    def __str__(self) -> str:
        place = f"link {self.position}" if self.position else "outside the chain"
        entry = f", entry {self.entry_id}" if self.entry_id else ""
        return f"{self.brand}: {place}{entry}: {self.what}"


@dataclass(frozen=True, slots=True)
class Chain:
    """What one brand's chain came to. `head` is the hash at `sealed`, worth noting elsewhere."""

    brand: str
    sealed: int
    head: str
    unsealed: int
    oldest_unsealed: datetime | None
    broken: Break | None

    def __str__(self) -> str:
        if self.broken:
            return f"BROKEN {self.broken}"
        tail = ""
        if self.oldest_unsealed:
            tail = f", {self.unsealed} not yet sealed since {self.oldest_unsealed.isoformat()}"
        return f"ok {self.brand}: {self.sealed} sealed, head {self.head[:16]}{tail}"


@dataclass(frozen=True, slots=True)
class Report:
    """The chains of all brands."""

    chains: tuple[Chain, ...]

    @property
    def ok(self) -> bool:
        """Whether every chain holds."""
        return not any(chain.broken for chain in self.chains)

    def __str__(self) -> str:
        return "\n".join(str(chain) for chain in self.chains) or "ok: nothing recorded yet"


class _BrokenError(Exception):
    def __init__(self, position: int, entry_id: UUID | None, what: str) -> None:
        super().__init__(what)
        self.place = (position, entry_id, what)


def verify(noted: Mapping[str, tuple[int, str]] | None = None) -> Report:
    """Recount the chain of every brand.

    `noted` may hold, by brand, a (position, hash) that was written down outside the database
    earlier: it shows a chain that somebody with all rights has rewritten as a whole.
    """
    noted = noted or {}
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            # One snapshot for all reads: sealing goes on meanwhile.
            _run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        names = sorted({*(row[0] for row in _rows(_BRANDS, [])), *noted})
        return Report(tuple(_chain(brand, noted.get(brand)) for brand in names))


def _chain(brand: str, noted: tuple[int, str] | None) -> Chain:
    position, head = 0, rules.GENESIS
    loose: list[Any] = []
    broken: Break | None = None
    try:
        for position, head in _walk(brand):
            if noted and noted[0] == position and noted[1] != head:
                raise _BrokenError(position, None, "is not what was noted outside the database")
        if noted and noted[0] > position:
            raise _BrokenError(position, None, f"chain ends before the noted link {noted[0]}")
        _check_end(brand, position, head)
        loose = _check_loose(brand)
    except _BrokenError as error:
        broken = Break(brand, *error.place)
    oldest = loose[0][5] if loose else None
    return Chain(brand, position, head, len(loose), oldest, broken)


def _walk(brand: str) -> Iterator[tuple[int, str]]:
    """Recount link after link; yields each position with its hash."""
    position, head = 0, rules.GENESIS
    while rows := _rows(_CHAIN, [brand, position, _CHUNK]):
        for row in rows:
            head = _check_link(brand, position + 1, head, row)
            position += 1
            yield position, head


def _check_link(brand: str, expected: int, previous: str, row: Any) -> str:
    position, entry_id, digest, stored_hash = row[:4]
    if position != expected:
        raise _BrokenError(expected, None, f"link missing, the next one is {position}")
    if row[4] is None:
        raise _BrokenError(position, entry_id, "entry deleted")
    if row[5] != brand:
        raise _BrokenError(position, entry_id, f"entry belongs to brand {row[5]!r}")
    _check_entry(position, row[4:12], digest)
    _check_personal(position, entry_id, row[11], row[12], row[13])
    counted = rules.link_hash(previous, brand, position, entry_id, digest)
    if counted != stored_hash:
        raise _BrokenError(position, entry_id, "link does not follow the one before it")
    return counted


def _check_entry(position: int, row: Any, digest: str) -> None:
    entry_id, brand, actor, action, subject, at, details, personal_digest = row
    content = rules.Content(
        entry_id, brand, actor, action, subject, at, json.loads(details), personal_digest
    )
    if rules.entry_digest(content) != digest:
        raise _BrokenError(position, entry_id, "entry changed after it was recorded")


def _check_personal(
    position: int, entry_id: UUID, digest: str, salt: str | None, text: str | None
) -> None:
    """Erased text is in order; text that is there must be what was recorded."""
    if text is not None and rules.personal_digest(salt or "", text) != digest:
        raise _BrokenError(position, entry_id, "personal text changed after it was recorded")


def _check_end(brand: str, position: int, head: str) -> None:
    stored = _rows("SELECT position, hash FROM audit_head WHERE brand = %s", [brand])
    if not stored and position == 0:
        return
    if not stored or stored[0] != (position, head):
        end = f"should end at link {stored[0][0]}" if stored else "has lost its recorded end"
        raise _BrokenError(position, None, f"chain ends here but {end}")


def _check_loose(brand: str) -> list[Any]:
    """Entries not yet in the chain: recorded by an action, and unchanged since."""
    lost = _rows(_LOST, [brand])
    if lost:
        raise _BrokenError(0, lost[0][0], "entry deleted before it was sealed")
    rows = _rows(_LOOSE, [brand])
    for row in rows:
        if not row[11]:
            raise _BrokenError(0, row[0], "entry in neither the chain nor the queue: slipped in")
        _check_entry(0, row[:8], row[10])
        _check_personal(0, row[0], row[7], row[8], row[9])
    return rows


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _rows(sql: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
