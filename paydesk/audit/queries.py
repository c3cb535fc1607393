"""Reads of the audit trail: what was done to a subject. Never decides who may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from paydesk.audit.models import Entry, Personal, Unsealed


@dataclass(frozen=True, slots=True)
class Record:
    """An entry as it is read; `personal` is None where there was none or it was erased."""

    id: UUID
    actor: str
    action: str
    subject: str
    at: datetime
    details: dict[str, Any]
    personal: str | None


def entries_of(brand: str, subject: str, limit: int = 100) -> list[Record]:
    """The newest `limit` entries about a subject, oldest of them first."""
    return _records(
        Entry.objects.filter(brand=brand, subject=subject).order_by("-at", "-id")[:limit]
    )


def recent(brand: str, limit: int = 100) -> list[Record]:
    """The newest `limit` entries of a brand, oldest of them first."""
    return _records(Entry.objects.filter(brand=brand).order_by("-at", "-id")[:limit])


def waiting_brands() -> list[str]:
    """The brands that have entries to seal."""
    return sorted(Unsealed.objects.values_list("brand", flat=True).distinct())


def _records(newest: Sequence[Entry] | Any) -> list[Record]:
    entries = list(newest)[::-1]
    texts = dict(
        Personal.objects.filter(entry_id__in=[entry.id for entry in entries]).values_list(
            "entry_id", "text"
        )
    )
    return [
        Record(
            entry.id,
            entry.actor,
            entry.action,
            entry.subject,
            entry.at,
            entry.details,
            texts.get(entry.id),
        )
        for entry in entries
    ]
