"""What a brand profile may say: turns TOML text into a Brand, or names every wrong line.

Pure: it reads no file and no setting.
"""

import re
import tomllib
from collections.abc import Iterable
from zoneinfo import available_timezones

from paydesk.brands import contrast, payouts, spending, terms
from paydesk.brands.profile import (
    DAY_MINUTES,
    Brand,
    Colours,
    Contacts,
    Holiday,
    IdentityLevel,
    Span,
    Texts,
    WeeklyHours,
)
from paydesk.brands.reader import Problem, Source, Table
from paydesk.brands.toml_lines import Lines
from paydesk.kit.money import EXPONENTS

CHANNELS = (
    "chat", "hotline", "email", "wechat", "qq", "facebook", "x", "social", "helpcentre",
    "complaints",
)  # fmt: skip
LANGUAGES = ("zh", "en")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TEXT_KEYS = ("slogan", "welcome", "closed")
KEYS = (
    "code", "names", "hosts", "colours", "languages", "currencies", "default_currency", "timezone",
    "channels", "hours", "holidays", "limits", "security", "identity_levels", "min_client_version",
    "contacts", "texts", "fees", "payouts", "exchange", "refunds",
)  # fmt: skip
LIGHT_SHEET = "#ffffff"
DARK_SHEET = "#1c1f25"
"""Grounds that the brand colour is read on as text: cards of a light and of a dark page."""

_HOST = r"[a-z0-9-]+(\.[a-z0-9-]+)*"
_CLOCK = r"([01]\d|2[0-4]):([0-5]\d)"
_SPAN = re.compile(rf"{_CLOCK}-{_CLOCK}")
_HOURS = '\'always\', or a list such as ["mon-fri 09:00-18:00", "sat,sun 10:00-16:00"]'


class ProfileError(ValueError):
    """One or more profiles are wrong. `problems` holds each with file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def parse(text: str, file: str) -> Brand:
    """Return the brand that the TOML text describes.

    Raises ProfileError naming `file`, the line and what is allowed.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        line = int(at[1]) if at else text.count("\n") + 1
        raise ProfileError([Problem(file, line, f"not TOML: {error}")]) from error
    source = Source(file, Lines(text))
    brand = _brand(Table(source, data))
    if source.problems:
        raise ProfileError(source.problems)
    return brand


def check_together(brands: Iterable[tuple[str, Brand]]) -> list[Problem]:
    """Problems between profiles, given as (file, brand): a code or host claimed twice."""
    claimed: dict[str, str] = {}
    problems = []
    for file, brand in brands:
        for claim in (f"code '{brand.code}'", *(f"host '{host}'" for host in brand.hosts)):
            if claim in claimed:
                problems.append(Problem(file, 1, f"{claim} is already taken by {claimed[claim]}"))
            claimed.setdefault(claim, file)
    return problems


def _brand(top: Table) -> Brand:
    top.allow(KEYS)
    currencies = top.words("currencies", among=EXPONENTS)
    channels = top.words("channels", among=CHANNELS)
    security = top.table("security")
    security.allow(("wrong_password_limit", "lock_minutes"))
    levels = _identity_levels(top)
    return Brand(
        code=top.text("code", r"[a-z][a-z0-9]{1,15}", "2 to 16 lower-case letters or digits"),
        names=top.texts("names"),
        hosts=top.words("hosts", pattern=_HOST),
        colours=_colours(top.table("colours")),
        languages=top.words("languages", among=LANGUAGES),
        currencies=currencies,
        default_currency=_one_of(top, "default_currency", currencies),
        timezone=_zone(top),
        channels=channels,
        hours=_hours(top.table("hours"), channels),
        holidays=tuple(_holiday(table, channels) for table in top.tables("holidays")),
        limits=spending.limits(top.table("limits"), currencies, [one.code for one in levels]),
        fees=spending.fees(top, currencies),
        wrong_password_limit=security.number("wrong_password_limit", 3, 20),
        lock_minutes=security.number("lock_minutes", 1, 7 * DAY_MINUTES),
        identity_levels=levels,
        min_client_version=top.text("min_client_version", r"\d+\.\d+\.\d+", "like 2.4.0"),
        contacts=_contacts(top.table("contacts")),
        texts=_texts(top.table("texts")),
        exchange=terms.exchange(top),
        refunds=terms.refunds(top, currencies),
        payouts=payouts.read(top.table("payouts"), currencies, len(levels)),
    )


def _one_of(table: Table, key: str, names: Iterable[str]) -> str:
    among = tuple(names)
    return table.text(key, "|".join(map(re.escape, among)) or ".+", f"one of: {', '.join(among)}")


def _zone(top: Table) -> str:
    zone = top.text("timezone", allowed="a time zone such as Asia/Shanghai")
    if zone and zone not in available_timezones():
        top.complain("timezone", f"'{zone}' is no time zone; it must be one such as Asia/Shanghai")
    return zone


def _colours(table: Table) -> Colours:
    keys = ("brand", "ink", "dark_brand", "dark_ink")
    table.allow(keys)
    brand, ink, dark_brand, dark_ink = (
        table.text(key, contrast.HEX_COLOUR.pattern, "a colour such as #1463ff") or "#000000"
        for key in keys
    )
    pairs = (
        ("ink", ink, brand), ("brand", brand, LIGHT_SHEET),
        ("dark_ink", dark_ink, dark_brand), ("dark_brand", dark_brand, DARK_SHEET),
    )  # fmt: skip
    for key, colour, ground in pairs:
        reached = contrast.ratio(colour, ground)
        if key in table.data and reached < contrast.READABLE:
            table.complain(
                key,
                f"'colours.{key}' {colour} on {ground} has contrast {reached:.2f}; "
                f"it must be at least {contrast.READABLE}",
            )
    return Colours(brand, ink, dark_brand, dark_ink)


def _minute(hour: str, minute: str) -> int:
    return int(hour) * 60 + int(minute)


def _span(text: str) -> Span | None:
    match = _SPAN.fullmatch(text)
    if not match:
        return None
    span = Span(_minute(match[1], match[2]), _minute(match[3], match[4]))
    return span if span.start < span.end <= DAY_MINUTES else None


def _weekdays(text: str) -> set[int] | None:
    if text == "daily":
        return set(range(7))
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            return None
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        if end < start:
            return None
        days.update(range(start, end + 1))
    return days


def _week(entries: object) -> WeeklyHours | None:
    if entries == "always":
        return WeeklyHours(days=((Span(0, DAY_MINUTES),),) * 7, always=True)
    if not isinstance(entries, list) or not entries:
        return None
    days: list[list[Span]] = [[] for _ in WEEKDAYS]
    for entry in entries:
        names, _, clock = entry.partition(" ") if isinstance(entry, str) else ("", "", "")
        weekdays, span = _weekdays(names), _span(clock)
        if weekdays is None or span is None:
            return None
        for day in weekdays:
            days[day].append(span)
    return WeeklyHours(tuple(tuple(sorted(spans)) for spans in days))


def _hours(table: Table, channels: tuple[str, ...]) -> dict[str, WeeklyHours]:
    table.allow(channels)
    hours = {}
    for channel in channels:
        week = _week(table.data.get(channel))
        if week is None:
            given = table.data.get(channel)
            table.complain(channel, f"'hours.{channel}' is {given!r}; it must be {_HOURS}")
        else:
            hours[channel] = week
    return hours


def _holiday(table: Table, channels: tuple[str, ...]) -> Holiday:
    table.allow(("date", "until", "names", "channels", "open"))
    first = table.day("date")
    last = table.day("until", default=first)
    if last < first:
        table.complain("until", f"'until' is {last}; it must not be before {first}")
    times = table.words("open", pattern=_SPAN.pattern) if "open" in table.data else ()
    spans = [_span(text) for text in times]
    if None in spans:
        table.complain("open", "'open' must hold times such as '10:00-16:00', the later one last")
    return Holiday(
        first=first,
        last=last,
        names=table.texts("names"),
        channels=table.words("channels", among=channels) if "channels" in table.data else channels,
        spans=tuple(sorted(span for span in spans if span)),
    )


def _identity_levels(top: Table) -> tuple[IdentityLevel, ...]:
    levels = []
    for place, table in enumerate(top.tables("identity_levels")):
        table.allow(("code", "names"))
        code = table.text("code", "[a-z_]+", "a code such as basic")
        levels.append(IdentityLevel(place, code, table.texts("names")))
    if not levels:
        top.complain("identity_levels", "'identity_levels' must have at least one entry")
    return tuple(levels)


def _contacts(table: Table) -> Contacts:
    table.allow(("hotline", "email", "domains", "accounts"))
    accounts = table.table("accounts") if "accounts" in table.data else None
    if accounts:
        accounts.allow(CHANNELS)
    return Contacts(
        hotline=table.text("hotline", r"\+[1-9][0-9 ]{6,20}", "a number such as +86 400 000 0101"),
        email=table.text("email", rf"[a-z0-9.-]+@{_HOST}", "an e-mail address"),
        domains=table.words("domains", pattern=_HOST),
        accounts={key: accounts.text(key) for key in accounts.data} if accounts else {},
    )


def _texts(table: Table) -> dict[str, Texts]:
    table.allow(TEXT_KEYS)
    return {key: table.texts(key) for key in TEXT_KEYS}
