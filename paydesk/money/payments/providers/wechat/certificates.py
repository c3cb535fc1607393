"""The keys by which WeChat Pay signs, by serial: those of the account file and those downloaded.

WeChat rotates its platform certificates; for a day both the old and the new one are in use. What
was downloaded is kept for all processes in the database's cache; when it is lost or has aged it is
asked for again.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import caches

from paydesk.kit import clock
from paydesk.money.payments.providers import rsa
from paydesk.money.payments.providers.credentials import Account
from paydesk.money.payments.providers.wechat import signing

PATH = "/v3/certificates"
KEPT = timedelta(days=30)
FRESH = timedelta(hours=12)
ASK_AGAIN = timedelta(minutes=1)  # at most so often, however many strange serials come

Download = Callable[[], Mapping[str, Any]]


def trusted(account: Account) -> dict[str, str]:
    """PEM by serial: the account file's, then the downloaded ones that are still valid."""
    own = {}
    if "public_key_id" in account:
        own[account["public_key_id"]] = account["public_key"]
    if "platform_serial" in account:
        own[account["platform_serial"]] = account["platform_certificate"]
    now = clock.now()
    known: dict[str, str] = caches["providers"].get(_name(account), {})
    return {serial: pem for serial, pem in known.items() if _valid(pem, now)} | own


def refresh(account: Account, download: Download) -> None:
    """Take what `download` brings into the trusted ones, unless that was done just now.

    The list is believed because it is sealed with the secret that only WeChat and we hold.
    """
    asked = f"{_name(account)}.asked"
    cache = caches["providers"]
    if not cache.add(asked, True, ASK_AGAIN.total_seconds()):
        return
    found = {}
    for entry in download().get("data", []):
        pem = signing.unseal(entry["encrypt_certificate"], account["api_key"])
        if f"{rsa.certificate(pem).serial_number:X}" == str(entry["serial_no"]).lstrip("0"):
            found[str(entry["serial_no"])] = pem
    if found:
        cache.set(_name(account), found, KEPT.total_seconds())
        cache.set(f"{_name(account)}.fresh", True, FRESH.total_seconds())


def aged(account: Account) -> bool:
    """Whether the downloaded ones should be asked for again; never where one fixed key counts."""
    return "public_key_id" not in account and not caches["providers"].get(f"{_name(account)}.fresh")


def _valid(pem: str, at: datetime) -> bool:
    found = rsa.certificate(pem)
    return found.not_valid_before_utc <= at <= found.not_valid_after_utc


def _name(account: Account) -> str:
    return f"wechat.certificates.{account['mchid']}"
