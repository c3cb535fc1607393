"""The stored events and the epochs that order them. Rows are written by SQL functions only.

The app role may read both tables and change neither; see sql/functions.sql.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now


class TransactionIdField(models.BigIntegerField):  # type: ignore[type-arg] # generic in stubs only
    """PostgreSQL's xid8: the 64-bit id of a transaction, which never wraps around."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "xid8"

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "xid8"

    def from_db_value(self, value: Any, *_: Any) -> int | None:
        return None if value is None else int(value)

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> str | None:
        return None if value is None else str(value)


class CurrentTransaction(models.Func):
    """The id of the transaction that runs, given to it if it had none yet."""

    function = "pg_current_xact_id"
    output_field = TransactionIdField()


class Epoch(models.Model):
    """A stretch of time in which one server handed out the transaction ids.

    The number is the second in which it began (or one more than the last), so that two restores
    of one backup do not count alike. `pruned_xid`: events of this epoch up to it are gone.
    """

    number = models.BigIntegerField(primary_key=True)
    system_identifier = models.BigIntegerField()
    timeline = models.IntegerField()
    began = models.DateTimeField(db_default=Now())
    pruned_xid = TransactionIdField(db_default="0")


class Event(models.Model):
    """Something that happened, told to `audience`; the payload holds ids and numbers only."""

    id = models.UUIDField(primary_key=True)
    epoch = models.BigIntegerField()
    xid = TransactionIdField(db_default=CurrentTransaction())
    brand = models.CharField(max_length=16)
    kind = models.CharField(max_length=40)
    version = models.SmallIntegerField(db_default=1)
    subject = models.CharField(max_length=80)
    audience = ArrayField(models.CharField(max_length=80))
    actor = models.CharField(max_length=60)
    at = models.DateTimeField()
    payload = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["epoch", "xid", "id"], name="events_in_order")]
