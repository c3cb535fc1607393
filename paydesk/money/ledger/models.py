"""Accounts and the transfers between them, as stored. Read them; write through sql/ only.

The app role may not change either table (sql/grants.sql). There are no foreign keys from
transfers to accounts: accounts are never deleted, post_batch holds their locks while it
writes, and a check per row would cost more than the row.
"""

from django.db import models
from django.db.models import F, Q


class Account(models.Model):
    """One balance in one currency: `posted` = credits - debits, `held` of it is reserved.

    `last_entry` is the transfer that touched it last. Columns that change sit together, so that
    an update writes little to the log. `slack` is blank space that the first entry gives back to
    the page, as room for later versions of its rows (sql/immutable.sql).
    """

    id = models.UUIDField(primary_key=True)
    flags = models.SmallIntegerField()
    code = models.SmallIntegerField()
    sequence = models.BigIntegerField(default=0)
    posted = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    last_at = models.DateTimeField()
    last_entry = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    brand = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    owner = models.UUIDField(null=True)
    slack = models.CharField(max_length=100, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "owner", "code", "currency"],
                nulls_distinct=False,
                name="ledger_account_one_each",
            ),
            models.CheckConstraint(
                condition=Q(held__gte=0) & Q(sequence__gte=0) & Q(flags__range=(0, 15)),
                name="ledger_account_sane",
            ),
            models.CheckConstraint(
                condition=Q(posted__gte=F("held")) | Q(flags__gte=8),
                name="ledger_account_not_overdrawn",
            ),
            models.CheckConstraint(
                condition=Q(flags__lt=8) | ~Q(code__in=(100, 200)),
                name="ledger_account_never_negative",
            ),
        ]


class Transfer(models.Model):
    """One answered item: a transfer (`outcome` 0) or a stored refusal. Immutable.

    In partitions by month (sql/partitions.sql). Per side: the balances right after it (for a
    refusal: those it met), its number among the account's entries, and the entry before it.
    `group_id`: the first item of its linked group.
    """

    id = models.UUIDField(primary_key=True)
    debit = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    credit = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    amount = models.BigIntegerField()
    at = models.DateTimeField()
    kind = models.SmallIntegerField()
    code = models.SmallIntegerField()
    outcome = models.SmallIntegerField()
    brand = models.CharField(max_length=16)
    debit_posted = models.BigIntegerField()
    debit_held = models.BigIntegerField()
    credit_posted = models.BigIntegerField()
    credit_held = models.BigIntegerField()
    debit_sequence = models.BigIntegerField(null=True)
    credit_sequence = models.BigIntegerField(null=True)
    debit_before = models.UUIDField(null=True)
    credit_before = models.UUIDField(null=True)
    pending_id = models.UUIDField(null=True)
    expires_at = models.DateTimeField(null=True)
    group_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, kind__range=(1, 6), outcome__range=(0, 99))
                & ~Q(debit=F("credit")),
                name="ledger_transfer_sane",
            ),
            models.CheckConstraint(
                condition=Q(outcome=0, debit_sequence__isnull=False, credit_sequence__isnull=False)
                | Q(outcome__gt=0, debit_sequence__isnull=True, credit_sequence__isnull=True),
                name="ledger_transfer_counted",
            ),
            models.CheckConstraint(
                condition=Q(kind__lte=2, pending_id__isnull=True)
                | Q(kind__gte=3, pending_id__isnull=False),
                name="ledger_transfer_refers",
            ),
        ]


class Settlement(models.Model):
    """What settled a hold or reversed a transfer, so that it happens once. Immutable.

    In partitions by month of the original, whatever the month of the settling transfer.
    """

    original_id = models.UUIDField(primary_key=True)
    transfer_id = models.UUIDField()


class OpenHold(models.Model):
    """A hold that was not yet posted, voided or expired. The row goes when that happens."""

    transfer_id = models.UUIDField(primary_key=True)
    account_id = models.UUIDField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_open_hold"
        indexes = [
            models.Index(fields=["account_id"], name="ledger_open_hold_account"),
            models.Index(
                fields=["expires_at"],
                condition=Q(expires_at__isnull=False),
                name="ledger_open_hold_expiring",
            ),
        ]


class Mark(models.Model):
    """Every 64th entry of each account: a thin index of its history by time. Immutable.

    An index of every entry would cost the write path a third more.
    """

    pk = models.CompositePrimaryKey("account_id", "at", "sequence")
    account_id = models.UUIDField()
    at = models.DateTimeField()
    sequence = models.BigIntegerField()
    transfer_id = models.UUIDField()


class Snapshot(models.Model):
    """How an account stood at the end of a day of its brand on which it moved. Immutable.

    The day lasts from `since` up to, not including, `until`; `transfer_id` is its last entry.
    """

    pk = models.CompositePrimaryKey("account_id", "day")
    account_id = models.UUIDField()
    day = models.DateField()
    brand = models.CharField(max_length=16)
    since = models.DateTimeField()
    until = models.DateTimeField()
    sequence = models.BigIntegerField()
    posted = models.BigIntegerField()
    held = models.BigIntegerField()
    transfer_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["brand", "day"], name="ledger_snapshot_days")]
