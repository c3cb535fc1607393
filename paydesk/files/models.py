"""What was uploaded: facts about each stored file. The bytes lie in Django's default storage."""

from django.db import models

from paydesk.kit import ids


class StoredFile(models.Model):
    """One file. `owner` is like `case:<uuid>`; `kind` is the MIME type found by looking inside."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    brand = models.CharField(max_length=16)
    owner = models.CharField(max_length=80)
    uploaded_by = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["brand", "owner", "created_at"], name="files_by_owner")]

    @property
    def path(self) -> str:
        """Where the bytes lie in the storage: made of the id, never of the given name."""
        return f"{self.brand}/{self.id.hex[-2:]}/{self.id}"
