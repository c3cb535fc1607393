"""Take in files: look inside, mask what is text, store the bytes and the facts about them.

It decides nothing about who may upload; whoever calls it knows the case or person it belongs to.
"""

import hashlib
from typing import BinaryIO, cast

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from paydesk.audit import actions as audit
from paydesk.files import rules
from paydesk.files.models import StoredFile
from paydesk.kit import clock, ids, shield
from paydesk.kit.actors import Actor

_CHUNK = 64 * 1024


def store_upload(*, brand: str, owner: str, actor: Actor, upload: UploadedFile) -> StoredFile:
    """Store an uploaded file of `owner` (like `case:<uuid>`).

    In a text file secrets are masked, as in a message. Raises FileRefused with one of the codes
    of `rules.kind_of`, or not_text. When the row can't be written the bytes go away again.
    """
    name, size = upload.name or "", upload.size or 0
    upload.seek(0)
    kind = rules.kind_of(name, size, upload.read(rules.HEAD_BYTES))
    content: File[bytes] = _masked(upload) if kind == rules.TEXT else cast("File[bytes]", upload)
    stored = StoredFile(
        id=ids.uuid7(),
        brand=brand,
        owner=owner,
        uploaded_by=str(actor),
        name=rules.clean_name(shield.mask(name).text, kind),
        kind=kind.mime,
        size=content.size,
        sha256=_sha256(cast(BinaryIO, content)),
        created_at=clock.now(),
    )
    content.seek(0)
    default_storage.save(stored.path, content)
    try:
        _write(stored, actor)
    except BaseException:
        default_storage.delete(stored.path)
        raise
    return stored


def keep_generated(
    *, brand: str, owner: str, actor: Actor, name: str, kind: str, content: BinaryIO
) -> StoredFile:
    """Keep a file that we made ourselves, read from its beginning in parts; `kind` is its MIME
    type. As with an upload, its row and its bytes stand or fall together."""
    content.seek(0, 2)
    stored = StoredFile(
        id=ids.uuid7(),
        brand=brand,
        owner=owner,
        uploaded_by=str(actor),
        name=name,
        kind=kind,
        size=content.tell(),
        sha256=_sha256(content),
        created_at=clock.now(),
    )
    content.seek(0)
    default_storage.save(stored.path, File(content))
    try:
        _write(stored, actor)
    except BaseException:
        default_storage.delete(stored.path)
        raise
    return stored


@transaction.atomic
def remove(stored: StoredFile, actor: Actor) -> None:
    """Take a file away for good: its row now, its bytes once that has committed."""
    audit.record(
        brand=stored.brand,
        actor=actor,
        action="file.remove",
        subject=f"file:{stored.id}",
        details={"sha256": stored.sha256},
    )
    path = stored.path
    stored.delete()
    transaction.on_commit(lambda: default_storage.delete(path))


@transaction.atomic
def _write(stored: StoredFile, actor: Actor) -> None:
    stored.save(force_insert=True)
    audit.record(
        brand=stored.brand,
        actor=actor,
        action="file.store",
        subject=f"file:{stored.id}",
        details={
            "owner": stored.owner,
            "kind": stored.kind,
            "size": stored.size,
            "sha256": stored.sha256,
        },
    )


def _masked(upload: UploadedFile) -> "ContentFile[bytes]":
    upload.seek(0)
    text = rules.decode(upload.read())
    if text is None:
        raise rules.FileRefused("not_text")
    return ContentFile(shield.mask(text).text.encode())


def _sha256(content: BinaryIO) -> str:
    content.seek(0)
    digest = hashlib.sha256()
    while part := content.read(_CHUNK):
        digest.update(part)
    return digest.hexdigest()
