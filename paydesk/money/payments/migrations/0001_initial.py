import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("merchants", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SimulatedCard",
            fields=[
                ("reference", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("customer", models.UUIDField()),
                ("return_url", models.CharField(max_length=400)),
                ("token", models.CharField(blank=True, db_index=True, max_length=64)),
                ("scheme", models.CharField(blank=True, max_length=16)),
                ("last4", models.CharField(blank=True, max_length=4)),
                ("expires", models.CharField(blank=True, max_length=5)),
                ("created_at", models.DateTimeField()),
                ("forgotten_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SimulatedOrder",
            fields=[
                ("reference", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("direction", models.CharField(default="charge", max_length=16)),
                ("script", models.CharField(max_length=64)),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("state", models.CharField(max_length=16)),
                ("code", models.CharField(blank=True, max_length=64)),
                ("taken", models.BigIntegerField(default=0)),
                ("return_url", models.CharField(blank=True, max_length=400)),
                ("description", models.CharField(blank=True, max_length=140)),
                ("gives_back", models.UUIDField(db_index=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("settles_at", models.DateTimeField(null=True)),
                ("notify_at", models.DateTimeField(db_index=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("number", models.CharField(max_length=16)),
                ("kind", models.CharField(max_length=16)),
                ("state", models.CharField(max_length=16)),
                ("amount", models.BigIntegerField()),
                ("refunded", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("fee", models.BigIntegerField(default=0)),
                ("received_amount", models.BigIntegerField(null=True)),
                ("received_currency", models.CharField(blank=True, max_length=3)),
                ("purpose", models.CharField(blank=True, max_length=80)),
                ("details", models.JSONField(default=dict)),
                ("recipient_shown", models.CharField(blank=True, max_length=80)),
                ("method", models.JSONField(default=dict)),
                ("note", models.CharField(blank=True, max_length=140)),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("facts", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("captured", models.BigIntegerField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("booked_at", models.DateTimeField(null=True)),
                ("client_version", models.CharField(blank=True, max_length=32)),
                ("notice_id", models.UUIDField(null=True)),
                ("approval_id", models.UUIDField(null=True)),
                ("asked_by", models.CharField(max_length=64)),
                ("request_key", models.CharField(max_length=64)),
                ("request_digest", models.CharField(max_length=64)),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "merchant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="merchants.merchant",
                    ),
                ),
                (
                    "original",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="payments.payment",
                    ),
                ),
                (
                    "payee",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments_received",
                        to="people.customer",
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments_sent",
                        to="people.customer",
                    ),
                ),
                (
                    "retry_of",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retries",
                        to="payments.payment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("number", models.PositiveSmallIntegerField()),
                ("provider", models.CharField(max_length=16)),
                ("direction", models.CharField(default="charge", max_length=16)),
                ("token", models.CharField(max_length=64)),
                ("shown", models.JSONField(default=dict)),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("state", models.CharField(max_length=16)),
                ("response_code", models.CharField(blank=True, max_length=64)),
                ("checks", models.JSONField(default=dict)),
                ("terms", models.JSONField(default=dict)),
                ("action", models.JSONField(default=dict)),
                ("provider_reference", models.CharField(blank=True, max_length=64)),
                ("client_version", models.CharField(blank=True, max_length=32)),
                ("notice_id", models.UUIDField(null=True)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("queries", models.PositiveSmallIntegerField(default=0)),
                ("next_query_at", models.DateTimeField(null=True)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempts",
                        to="payments.payment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ProviderNotification",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("provider", models.CharField(max_length=16)),
                ("raw", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("event_id", models.CharField(blank=True, max_length=64)),
                ("received_at", models.DateTimeField()),
                ("verified", models.BooleanField()),
                ("refusal", models.CharField(blank=True, max_length=24)),
                ("applied_at", models.DateTimeField(null=True)),
                ("result", models.CharField(blank=True, max_length=24)),
                (
                    "attempt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notifications",
                        to="payments.attempt",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("account_id", models.UUIDField()),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.CharField(max_length=16)),
                ("state", models.CharField(max_length=16)),
                ("placed_by", models.CharField(max_length=64)),
                ("placed_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=64)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="people.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "-placed_at"], name="hold_by_customer"),
                    models.Index(
                        condition=models.Q(("state", "held")),
                        fields=["expires_at"],
                        name="hold_to_expire",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="hold_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["dispute", "order", "review"])),
                        name="hold_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["expired", "held", "released"])),
                        name="hold_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("placed_at"))),
                        name="hold_expires_later",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state", "held")),
                            models.Q(
                                models.Q(("state", "held"), _negated=True),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="hold_ended_has_time",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["payer", "-created_at", "-id"], name="payment_by_payer"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["payee", "-created_at", "-id"], name="payment_by_payee"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("merchant__isnull", False)),
                fields=["merchant", "-created_at", "-id"],
                name="payment_by_merchant",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("purpose", ""), _negated=True),
                fields=["purpose"],
                name="payment_by_purpose",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("original__isnull", False)),
                fields=["original"],
                name="payment_by_original",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("retry_of__isnull", False)),
                fields=["retry_of"],
                name="payment_by_retry_of",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", True)),
                fields=["state", "created_at"],
                name="payment_unfinished",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="payment_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee__gte", 0)), name="payment_fee_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("received_amount__isnull", True), ("received_currency", "")),
                    models.Q(
                        ("received_amount__gt", 0),
                        models.Q(("received_currency", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="payment_received_has_currency",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("refunded__gte", 0), ("refunded__lte", models.F("amount"))),
                name="payment_refunded_within_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("captured__isnull", True),
                    models.Q(
                        ("captured__gt", 0),
                        ("captured__lt", models.F("amount")),
                        ("refunded__lte", models.F("captured")),
                    ),
                    _connector="OR",
                ),
                name="payment_captured_is_part",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "bill",
                            "disbursement",
                            "exchange",
                            "purchase",
                            "refund",
                            "remittance",
                            "topup",
                            "transfer",
                            "withdrawal",
                        ],
                    )
                ),
                name="payment_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "cancelled",
                            "created",
                            "failed",
                            "processing",
                            "requires_action",
                            "succeeded",
                            "unknown",
                        ],
                    )
                ),
                name="payment_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["cancelled", "failed", "succeeded"]),
                        ("finished_at__isnull", False),
                    ),
                    models.Q(
                        models.Q(
                            ("state__in", ["cancelled", "failed", "succeeded"]), _negated=True
                        ),
                        ("finished_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="payment_finished_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "failed"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="payment_failed_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "succeeded"), _negated=True),
                    ("booked_at__isnull", False),
                    _connector="OR",
                ),
                name="payment_succeeded_is_booked",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "refund"), ("original__isnull", False)),
                    models.Q(
                        models.Q(("kind", "refund"), _negated=True), ("original__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="payment_refund_has_original",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(fields=("number",), name="payment_number_once"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                fields=("brand", "asked_by", "request_key"), name="payment_request_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("approval_id__isnull", False), ("state", "succeeded")),
                fields=("approval_id",),
                name="payment_approval_once",
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("next_query_at__isnull", False)),
                fields=["next_query_at"],
                name="attempt_to_query",
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                condition=models.Q(("provider_reference", ""), _negated=True),
                fields=["provider_reference"],
                name="attempt_by_provider_reference",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(
                fields=("payment", "number"), name="attempt_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="attempt_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["paid", "refused", "requires_action", "started", "unknown"])
                ),
                name="attempt_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", ["charge", "payout", "refund"])),
                name="attempt_direction",
            ),
        ),
        migrations.AddConstraint(
            model_name="providernotification",
            constraint=models.UniqueConstraint(
                fields=("brand", "provider", "sha256", "verified"), name="notification_bytes_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="providernotification",
            constraint=models.UniqueConstraint(
                condition=models.Q(("verified", True)),
                fields=("brand", "provider", "event_id"),
                name="notification_event_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="providernotification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("refusal", ""), ("verified", True)),
                    models.Q(("verified", False), models.Q(("refusal", ""), _negated=True)),
                    _connector="OR",
                ),
                name="notification_refusal_if_unverified",
            ),
        ),
    ]
