"""The shape of a brand profile: frozen values that every other domain reads.

Amounts are integers in minor units of their currency. Nothing here reads a
file or knows Django; what a profile may contain is decided in `validation`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from paydesk.brands.payouts import Payouts
from paydesk.brands.spending import Fees, Limits
from paydesk.brands.terms import ExchangeTerms, RefundTerms

Texts = Mapping[str, str]
"""The same text by language code: always `zh` and `en`."""

DAY_MINUTES = 24 * 60


def in_language(texts: Texts, language: str) -> str:
    """Return the text for a language tag such as `zh-hans` or `en-GB`; English for any other."""
    return texts["zh"] if language.lower().startswith("zh") else texts["en"]


@dataclass(frozen=True, order=True)
class Span:
    """Part of a local day in minutes after midnight; `end` is exclusive and at most 24:00."""

    start: int
    end: int


@dataclass(frozen=True)
class WeeklyHours:
    """Staffed spans by weekday (0 = Monday). `always` means 24 × 7, holidays included."""

    days: tuple[tuple[Span, ...], ...]
    always: bool = False


@dataclass(frozen=True)
class Holiday:
    """Local dates `first` to `last`: the listed channels keep `spans` instead (none: closed)."""

    first: date
    last: date
    names: Texts
    channels: tuple[str, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Colours:
    """Brand colour and the ink readable on it, for light and dark pages, as `#rrggbb`."""

    brand: str
    ink: str
    dark_brand: str
    dark_ink: str


@dataclass(frozen=True)
class IdentityLevel:
    """A step of identity verification, named in both languages."""

    level: int
    code: str
    names: Texts


@dataclass(frozen=True)
class Contacts:
    """The only official ways to reach the brand; whatever is not listed is not the brand."""

    hotline: str
    email: str
    domains: tuple[str, ...]
    accounts: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Brand:
    """One brand of the installation, as its profile file says."""

    code: str
    names: Texts
    hosts: tuple[str, ...]
    colours: Colours
    languages: tuple[str, ...]
    currencies: tuple[str, ...]
    default_currency: str
    timezone: str
    channels: tuple[str, ...]
    hours: Mapping[str, WeeklyHours]
    holidays: tuple[Holiday, ...]
    limits: Mapping[str, Limits]
    wrong_password_limit: int
    lock_minutes: int
    identity_levels: tuple[IdentityLevel, ...]
    min_client_version: str
    contacts: Contacts
    texts: Mapping[str, Texts]
    fees: Fees = field(default_factory=dict)
    payouts: Payouts = field(default_factory=Payouts)
    exchange: ExchangeTerms = field(default_factory=ExchangeTerms)
    refunds: RefundTerms = field(default_factory=RefundTerms)

    @property
    def zone(self) -> ZoneInfo:
        """The brand's own time zone: limit days and service hours are cut in it."""
        return ZoneInfo(self.timezone)

    def name(self, language: str) -> str:
        """The brand's name as its customers read it in that language."""
        return in_language(self.names, language)

    def text(self, key: str, language: str) -> str:
        """A short text of the profile: `slogan`, `welcome` or `closed`. Else raises KeyError."""
        return in_language(self.texts[key], language)
