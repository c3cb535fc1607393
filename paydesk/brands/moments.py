"""A moment away from any page, for mails and papers: in a brand's zone, which is named."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from paydesk.brands.profile import in_language

_NAMES = {
    "Asia/Shanghai": {"zh": "北京时间", "en": "Beijing time"},
    "Asia/Tokyo": {"zh": "东京时间", "en": "Tokyo time"},
    "Asia/Hong_Kong": {"zh": "香港时间", "en": "Hong Kong time"},
    "Asia/Singapore": {"zh": "新加坡时间", "en": "Singapore time"},
    "America/New_York": {"zh": "纽约时间", "en": "New York time"},
    "America/Los_Angeles": {"zh": "洛杉矶时间", "en": "Los Angeles time"},
    "Europe/London": {"zh": "伦敦时间", "en": "London time"},
    "Europe/Berlin": {"zh": "柏林时间", "en": "Berlin time"},
    "UTC": {"zh": "世界协调时", "en": "UTC"},
}


def zone_name(zone: str, lang: str, at: datetime) -> str:
    """What people call a time zone: 北京时间, New York time; another by how far it is from UTC
    at that moment (UTC+5:30)."""
    if zone in _NAMES:
        return in_language(_NAMES[zone], lang)
    away = at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
    hours, minutes = divmod(abs(away) // timedelta(minutes=1), 60)
    sign = "-" if away < timedelta(0) else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")


def written(at: datetime, zone: ZoneInfo, lang: str, *, seconds: bool = False) -> str:
    """A moment as it is written to somebody: 2026-11-29 09:43（北京时间）."""
    local, named = at.astimezone(zone), zone_name(zone.key, lang, at)
    told = f"{local:%Y-%m-%d %H:%M:%S}" if seconds else f"{local:%Y-%m-%d %H:%M}"
    return told + in_language({"zh": f"（{named}）", "en": f" ({named})"}, lang)
