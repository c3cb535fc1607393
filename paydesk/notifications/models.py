"""What was sent to whom: each message as it went out, and the demo's own mailbox."""

from django.db import models
from django.db.models import Q

from paydesk.kit import clock, ids


class ToKind(models.TextChoices):
    MAIL = "mail"
    SMS = "sms"


class State(models.TextChoices):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Message(models.Model):
    """One mail or SMS as sent, with the template, its version and the language.

    Links and codes that open an account are not in `text` or `html`: a numbered mark stands for
    each, and `sealed` holds them encrypted until the message has left (or given up), then nothing.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    brand = models.CharField(max_length=16, blank=True)  # "" for a message to staff
    user_id = models.UUIDField(null=True, blank=True)
    to_kind = models.CharField(max_length=4, choices=ToKind.choices)
    to_address = models.CharField(max_length=254)
    template = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    lang = models.CharField(max_length=8)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    sealed = models.BinaryField(default=b"")
    state = models.CharField(max_length=6, choices=State.choices, default=State.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=40, blank=True)  # a code: why it failed or waits
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "-created_at"], name="message_of_user"),
            models.Index(
                fields=["created_at"], condition=Q(state=State.QUEUED), name="message_queued"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.QUEUED, finished_at__isnull=True)
                | (~Q(state=State.QUEUED) & Q(finished_at__isnull=False)),
                name="message_finished",
            ),
            # What has left keeps no secret.
            models.CheckConstraint(
                condition=Q(state=State.QUEUED) | Q(sealed=b""), name="message_sealed_while_queued"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.state}"


class DemoMail(models.Model):
    """A message as it arrived in the demo's mailbox, links and codes included. Demo only."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="demo_mail")
    brand = models.CharField(max_length=16, blank=True)
    to_kind = models.CharField(max_length=4, choices=ToKind.choices)
    to_address = models.CharField(max_length=254)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    arrived_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["-arrived_at"], name="demo_mail_latest")]

    def __str__(self) -> str:
        return f"{self.to_address} {self.subject}"
