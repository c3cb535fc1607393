"""Taking a settlement file in: kept as it came, read by a job."""

import hashlib
import logging
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app as jobs

from paydesk.audit import actions as audit
from paydesk.brands import profiles
from paydesk.brands.profile import Brand
from paydesk.kit import clock, ids
from paydesk.kit.actors import SYSTEM, Actor
from paydesk.kit.sweeping import each
from paydesk.money.payments.providers import registry
from paydesk.money.payments.providers.protocol import ProviderSilent
from paydesk.money.payments.providers.simulated import daybook
from paydesk.money.payments.providers.statements import MAX_BYTES, SettlementUnreadable, Trouble
from paydesk.money.reconciliation import sealing
from paydesk.money.reconciliation.models import SettlementFile
from paydesk.money.reconciliation.rules import FETCHED_FROM

READ = "reconciliation.read"
LOOK_BACK = 7  # days for which a file that never came is fetched

log = logging.getLogger(__name__)


class FileKnown(ValueError):
    """The very same file was taken in before; `file` is that one's id."""

    def __init__(self, file: UUID) -> None:
        super().__init__(str(file))
        self.file = file


def take_in(
    *, brand: str, provider: str, day: date, name: str, raw: bytes, actor: Actor
) -> SettlementFile:
    """Keep a provider's file of a day; a job reads it. Raises FileKnown, SettlementUnreadable for
    one that is empty or too large, registry.UnknownProvider."""
    registry.get(provider)
    if len(raw) > MAX_BYTES:
        raise SettlementUnreadable(Trouble.TOO_LARGE)
    if not raw.strip():
        raise SettlementUnreadable(Trouble.HEADER)
    digest = hashlib.sha256(raw).hexdigest()
    known = _known(brand, provider, digest)
    if known:
        raise FileKnown(known)
    try:
        return _keep(brand, provider, day, name, raw, digest, actor)
    except IntegrityError:  # taken in by somebody else at the same moment
        found = _known(brand, provider, digest)
        if found is None:
            raise
        raise FileKnown(found) from None


def _known(brand: str, provider: str, digest: str) -> UUID | None:
    files = SettlementFile.objects.filter(brand=brand, provider=provider, sha256=digest)
    taken = files.exclude(state=SettlementFile.State.REFUSED)
    return taken.values_list("id", flat=True).first()


@transaction.atomic
def _keep(
    brand: str, provider: str, day: date, name: str, raw: bytes, digest: str, actor: Actor
) -> SettlementFile:
    file_id = ids.uuid7()
    made = SettlementFile.objects.create(
        id=file_id,
        brand=brand,
        provider=provider,
        day=day,
        name=name[:120],
        size=len(raw),
        sha256=digest,
        sealed=sealing.seal(file_id, raw),
        state=SettlementFile.State.WAITING,
        taken_by=str(actor),
        taken_at=clock.now(),
    )
    audit.record(
        brand=brand,
        actor=actor,
        action="reconciliation.file",
        subject=f"settlement:{file_id}",
        details={"provider": provider, "day": day.isoformat(), "size": len(raw)},
    )
    jobs.configure_task(READ, allow_unknown=False).defer(file_id=str(file_id))
    return made


def fetch_due() -> int:
    """Fetch yesterday's files, and those of the week before that never came; how many came.

    The simulated provider writes its file when asked; of others whose adapter can fetch, the file
    is fetched; the rest is uploaded by a person.
    """
    wanted = [
        (brand.code, provider.code, day)
        for brand in profiles.all()
        for day in _days(brand)
        for provider in registry.of_brand(brand.code)
        if provider.capabilities.settlement_files
    ]
    return each(_fetch, wanted)


def _days(brand: Brand) -> list[date]:
    local = clock.now().astimezone(brand.zone)
    if local.time() < FETCHED_FROM:
        return []
    return [local.date() - timedelta(days=back) for back in range(1, LOOK_BACK + 1)]


def _fetch(wanted: tuple[str, str, date]) -> int:
    brand, provider, day = wanted
    here = SettlementFile.objects.filter(brand=brand, provider=provider, day=day)
    return 0 if here.exists() else _fetch_one(profiles.get(brand), provider, day)


def _fetch_one(brand: Brand, provider: str, day: date) -> int:
    try:
        raw = _content(brand, provider, day)
    except (ProviderSilent, SettlementUnreadable) as error:
        log.warning("no file of %s for %s on %s: %s", provider, brand.code, day, error)
        return 0
    if not raw:
        return 0
    name = f"{provider}-{day.isoformat()}"
    try:
        take_in(
            brand=brand.code,
            provider=provider,
            day=day,
            name=name,
            raw=raw,
            actor=SYSTEM(brand.code),
        )
    except FileKnown:
        return 0
    return 1


def _content(brand: Brand, provider: str, day: date) -> bytes:
    if provider == registry.SIMULATED:
        since = datetime.combine(day, time(), brand.zone)
        until = datetime.combine(day + timedelta(days=1), time(), brand.zone)
        return daybook.write(brand.code, since, until)
    fetch = getattr(registry.get(provider), "fetch_settlement", None)
    return fetch(brand.code, day) if fetch else b""
