"""How a stored file gets out: through a link that is signed, expires and is good for one reader.

Whether somebody may see the file at all is decided where the link is made (the case it hangs on);
the link then carries that decision for a few minutes.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from paydesk.files.models import StoredFile
from paydesk.kit import clock

LINK_LIFE = timedelta(minutes=15)
_SALT = "paydesk.files.link"
_SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""Kinds that a page may show in place; everything else is only ever saved."""


class FileUnreadable(LookupError):
    """The link is forged, lapsed or somebody else's, or its file is gone: all one from outside."""


def sign_link(stored: StoredFile, reader: str) -> str:
    """A token for `reader` (an actor such as `customer:<uuid>`), good for LINK_LIFE."""
    until = int((clock.now() + LINK_LIFE).timestamp())
    return Signer(salt=_SALT).sign_object(
        {"file": str(stored.id), "reader": reader, "until": until}
    )


def readable_file(brand: str, reader: str, token: str) -> StoredFile:
    """The file that a token lets this reader see in this brand. Raises FileUnreadable."""
    try:
        claims: dict[str, Any] = Signer(salt=_SALT).unsign_object(token)
    except (BadSignature, ValueError) as error:
        raise FileUnreadable from error
    if claims["reader"] != reader or claims["until"] < clock.now().timestamp():
        raise FileUnreadable
    stored = StoredFile.objects.filter(brand=brand, id=UUID(claims["file"])).first()
    if stored is None:
        raise FileUnreadable
    return stored


def as_download(stored: StoredFile, *, shown: bool = False) -> HttpResponse:
    """The file as a response to save; `shown` lets a picture be shown in the page instead.

    The browser is told never to guess the kind and to run nothing in it. The caller has checked
    access. Raises FileUnreadable when the bytes are gone.
    """
    try:
        with default_storage.open(stored.path, "rb") as file:
            content = file.read()
    except FileNotFoundError as error:
        raise FileUnreadable from error
    in_page = shown and stored.kind in _SHOWN
    kind = f"{stored.kind}; charset=utf-8" if stored.kind == "text/plain" else stored.kind
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(not in_page, stored.name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
