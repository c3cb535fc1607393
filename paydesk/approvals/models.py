"""A request for a second person's decision, and that decision. Pending until decided or expired."""

from django.db import models
from django.db.models import F, Q

from paydesk.kit import clock, ids
from paydesk.people.models import StaffMember


class State(models.TextChoices):
    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


class Request(models.Model):
    """What one staff member wants done and another must agree to.

    `action` and `subject` say what to whom ("unfreeze", "customer:<uuid>"); `params` holds ids
    and codes only; `permission` is what the deciding person needs in the brand.
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    brand = models.CharField(max_length=16)
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    permission = models.CharField(max_length=40)
    case_id = models.UUIDField(null=True, blank=True)
    requested_by = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, related_name="approvals_requested"
    )
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    decided_by = models.ForeignKey(
        StaffMember, null=True, blank=True, on_delete=models.PROTECT,
        related_name="approvals_decided",
    )  # fmt: skip
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["brand", "expires_at"],
                condition=Q(state=State.PENDING),
                name="approval_pending",
            ),
            models.Index(fields=["case_id"], name="approval_case"),
        ]
        constraints = [
            # An identical wish waits once; asking again answers the first.
            models.UniqueConstraint(
                fields=["brand", "action", "subject"],
                condition=Q(state=State.PENDING),
                name="approval_pending_once",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="approval_second_person",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[State.APPROVED, State.REFUSED],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                )
                | Q(state=State.PENDING, decided_by__isnull=True, decided_at__isnull=True)
                | Q(state=State.EXPIRED, decided_by__isnull=True, decided_at__isnull=False),
                name="approval_state_decided",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="approval_expires_later"
            ),
            models.CheckConstraint(condition=~Q(brand=""), name="approval_brand_given"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject} ({self.state})"
