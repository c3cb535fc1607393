"""How names, addresses and devices are written and shown. Pure; looks nobody up."""

import re
import unicodedata

import phonenumbers

from paydesk.kit import shield

MAX_NAME = 80

_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_NAME_SEPARATORS = re.compile(r"[\s·]+")


def masked(name: str) -> str:
    """A name for strangers: 陈晓雯 -> **雯, Daniel Okafor -> D*** O***."""
    name = name.strip()
    if not name:
        return ""
    if _CJK.search(name):
        # A bracket or stop is nobody's character.
        own = [char for char in name if char.isalnum()]
        return "*" if len(own) < 2 else "*" * min(len(name) - 1, 3) + own[-1]
    return " ".join(f"{part[0]}***" for part in _NAME_SEPARATORS.split(name) if part)


def mask_shows(name: str, char: str) -> bool:
    """Whether this one character, in either case, can be read in the name's `masked` form."""
    return char.casefold() in masked(name).replace("*", "").casefold()


def normal_email(text: str) -> str:
    """An e-mail address as it is stored and compared."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def normal_number(text: str) -> str:
    """A customer number without the gaps in which it is shown ("8812 0047 3")."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))


def normal_phone(text: str, region: str = "CN") -> str | None:
    """A typed phone number as E.164 ("138 0013 8000" -> "+8613800138000"); None if it is none."""
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text), region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return written if re.fullmatch(r"\+[1-9][0-9]{6,14}", written) else None


def calling_code(region: str) -> int:
    """The number that stands for a country before its phone numbers: 86 for CN, 0 for none."""
    return phonenumbers.country_code_for_region(region)


def normal_name(text: str) -> str:
    """A person's name with outer and doubled white space and control characters taken out."""
    plain = "".join(c for c in unicodedata.normalize("NFC", text) if c.isprintable() or c.isspace())
    return " ".join(plain.split())


def is_name(text: str) -> bool:
    """Whether a normal name may be stored. One with a secret (a card number, say) may not: it is
    refused and not masked, because a mask is nobody's name."""
    return 1 <= len(text) <= MAX_NAME and shield.mask(text).text == text


_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
_BROWSERS = (
    ("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip


def device_line(user_agent: str) -> str:
    """What a person recognises a device by ("Chrome · Windows"); "?" for what is not told."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "?")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "?")
    return f"{browser} · {system}"
