"""Audit entries, the links that chain them, and personal text kept apart. Never changed by Django.

Rows are written by the SQL functions in sql/functions.sql only; the app role may read, and erase
personal text, and nothing else.
"""

from django.db import models

from paydesk.kit.events.models import TransactionIdField


class Entry(models.Model):
    """One action, in ids and codes. `personal_digest` is '' where no text was kept apart."""

    id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    actor = models.CharField(max_length=60)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    at = models.DateTimeField()
    details = models.JSONField()
    personal_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["brand", "subject", "at"], name="audit_by_subject"),
            models.Index(fields=["brand", "at"], name="audit_by_time"),
        ]


class Unsealed(models.Model):
    """An entry that waits for its link, with the transaction that wrote it."""

    entry_id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    xid = TransactionIdField()

    class Meta:
        indexes = [models.Index(fields=["brand", "xid", "entry_id"], name="audit_unsealed_order")]


class Link(models.Model):
    """A place in a brand's chain. No foreign key: a deleted entry must not take its link along."""

    pk = models.CompositePrimaryKey("brand", "position")
    brand = models.CharField(max_length=16)
    position = models.BigIntegerField()
    entry_id = models.UUIDField(unique=True)
    digest = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()


class Head(models.Model):
    """Where a brand's chain ends: shows a chain that was cut off."""

    brand = models.CharField(max_length=16, primary_key=True)
    position = models.BigIntegerField()
    hash = models.CharField(max_length=64)


class Personal(models.Model):
    """Text about a person that belongs to an entry, with its salt; both go when it is erased."""

    entry_id = models.UUIDField(primary_key=True)
    brand = models.CharField(max_length=16)
    salt = models.CharField(max_length=32)
    text = models.TextField()
