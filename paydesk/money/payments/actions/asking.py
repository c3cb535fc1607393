"""What every payment that is asked for has in common: its key, the client's version, notices."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from paydesk.brands.profile import Brand
from paydesk.kit import clock, shield
from paydesk.kit.actors import Actor
from paydesk.money.ledger.rules import MAX_AMOUNT
from paydesk.money.payments import numbering
from paydesk.money.payments.checks import Check, RetriedOnce
from paydesk.money.payments.models import Payment
from paydesk.money.payments.plans import Asked, Outcome
from paydesk.money.payments.reasons import Reason, Refusal
from paydesk.money.payments.rules import digest, is_older
from paydesk.status import queries as status
from paydesk.status.models import NoticeKind

P = ParamSpec("P")
Wish = TypeVar("Wish")

NOTE_LENGTH = 140
VERSION_LENGTH = 32


def with_fields_of(
    make: Callable[P, Wish],
) -> Callable[[Callable[[Wish], Outcome]], Callable[P, Outcome]]:
    """Let an action that takes a wish be called with the wish's fields, named and checked."""

    def named(action: Callable[[Wish], Outcome]) -> Callable[P, Outcome]:
        @wraps(action)
        def called(*fields: P.args, **named: P.kwargs) -> Outcome:
            return action(make(*fields, **named))

        return called

    return named


def asked(actor: Actor, key: str, content: Mapping[str, Any]) -> Asked:
    """Who asks for what under which key. Raises ValueError for a key of no use."""
    if not 8 <= len(key) <= 64 or not key.isprintable():
        raise ValueError("a request key has 8 to 64 characters that can be printed")
    return Asked(str(actor), key, digest(content))


def check_amount(amount: int, brand: Brand, currency: str) -> None:
    """Raise ValueError unless it is a positive amount (minor units) in a currency of the brand."""
    if not 0 < amount <= MAX_AMOUNT:
        raise ValueError(f"no amount: {amount}")
    if currency not in brand.currencies:
        raise ValueError(f"{brand.code} has no {currency}")


def public_number() -> str:
    """A payment's number as people read it out; one drawn twice is drawn again (`numbering`)."""
    return numbering.draw()


def clean_note(note: str) -> str:
    """A note with secrets masked, cut to what is stored."""
    return shield.mask(" ".join(note.split())).text[:NOTE_LENGTH]


def retried_once(failed: Payment | None, **terms: Any) -> tuple[Check, ...]:
    """For a failed payment that is tried again as it was: at most one of the tries may succeed.

    `terms`: columns of the new payment; where one differs it is another payment, not a retry.
    """
    if failed is None or any(getattr(failed, name) != value for name, value in terms.items()):
        return ()
    return (RetriedOnce(failed.id),)


def circumstances(
    brand: Brand, component: str, client_version: str
) -> tuple[Refusal | None, UUID | None]:
    """What at this moment stops any payment of a kind, and the notice open for it, if any.

    An app that is too old (row 51) and maintenance (row 52) stop it; an incident does not, but is
    recorded with the payment.
    """
    notices = status.open_notices(brand.code, clock.now(), component)
    maintenance = next((n for n in notices if n.kind == NoticeKind.MAINTENANCE), None)
    incident = next((n for n in notices if n.kind == NoticeKind.INCIDENT), None)
    notice = maintenance or incident
    refusal = None
    if client_version and is_older(client_version, brand.min_client_version):
        facts = {"version": client_version[:VERSION_LENGTH], "minimum": brand.min_client_version}
        refusal = Refusal(Reason.APP_TOO_OLD, facts)
    elif maintenance:
        until = maintenance.ends_at.isoformat() if maintenance.ends_at else None
        refusal = Refusal(Reason.MAINTENANCE, {"notice": str(maintenance.id), "until": until})
    return refusal, notice.id if notice else None
