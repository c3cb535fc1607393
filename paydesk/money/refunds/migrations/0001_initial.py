import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0001_initial"),
        ("merchants", "0001_initial"),
        ("payments", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="MerchantPolicy",
            fields=[
                (
                    "merchant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="refund_policy",
                        serialize=False,
                        to="merchants.merchant",
                    ),
                ),
                ("brand", models.CharField(max_length=16)),
                ("days", models.PositiveSmallIntegerField()),
                ("most", models.BigIntegerField(null=True)),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("number", models.CharField(max_length=16, unique=True)),
                ("provider", models.CharField(max_length=16)),
                ("reference", models.CharField(max_length=64)),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("state", models.CharField(max_length=8)),
                ("due_at", models.DateTimeField(null=True)),
                ("text", models.CharField(blank=True, max_length=2000)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="payments.payment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Recall",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("number", models.CharField(max_length=16, unique=True)),
                ("why", models.CharField(max_length=4)),
                ("text", models.CharField(blank=True, max_length=1000)),
                ("state", models.CharField(max_length=8)),
                ("held", models.BigIntegerField(default=0)),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("answer", models.CharField(blank=True, max_length=500)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recalls",
                        to="people.customer",
                    ),
                ),
                (
                    "payment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recall",
                        to="payments.payment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RefundRequest",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("number", models.CharField(max_length=16, unique=True)),
                ("amount", models.BigIntegerField()),
                ("granted", models.BigIntegerField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("why", models.CharField(max_length=20)),
                ("text", models.CharField(blank=True, max_length=1000)),
                ("state", models.CharField(max_length=12)),
                ("route", models.CharField(default="original", max_length=8)),
                ("verdict", models.CharField(blank=True, max_length=20)),
                ("answer", models.CharField(blank=True, max_length=500)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("approval_id", models.UUIDField(null=True, unique=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("request_key", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_requests",
                        to="people.customer",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_requests",
                        to="payments.payment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("added_at", models.DateTimeField()),
                (
                    "dispute",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="refunds.dispute",
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="refunds.refundrequest",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("kind", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=64)),
                ("data", models.JSONField(default=dict)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="refunds.refundrequest",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "reviewed"])),
                fields=["brand", "due_at"],
                name="dispute_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                fields=("brand", "provider", "reference"), name="dispute_told_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "reviewed", "won", "lost"])),
                name="dispute_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="dispute_amount_positive"
            ),
        ),
        migrations.AddIndex(
            model_name="recall",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["brand", "asked_at"],
                name="recall_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="recall",
            constraint=models.CheckConstraint(
                condition=models.Q(("why__in", ["CUST", "FRAD"])), name="recall_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="recall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("state", "open")),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("state__in", ["returned", "partly", "refused"]),
                    ),
                    _connector="OR",
                ),
                name="recall_decided_has_time",
            ),
        ),
        migrations.AddIndex(
            model_name="refundrequest",
            index=models.Index(fields=["customer", "-asked_at"], name="refund_by_customer"),
        ),
        migrations.AddIndex(
            model_name="refundrequest",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ["arrived", "refused", "withdrawn"]), _negated=True
                ),
                fields=["brand", "asked_at"],
                name="refund_open",
            ),
        ),
        migrations.AddIndex(
            model_name="refundrequest",
            index=models.Index(fields=["payment"], name="refund_by_payment"),
        ),
        migrations.AddConstraint(
            model_name="refundrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="refund_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="refundrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("granted__isnull", True), ("granted__gt", 0), _connector="OR"),
                name="refund_granted_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "approval",
                            "arrived",
                            "asked",
                            "needs_route",
                            "owed",
                            "refused",
                            "sending",
                            "withdrawn",
                        ],
                    )
                ),
                name="refund_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "why__in",
                        [
                            "cancelled",
                            "duplicate",
                            "not_as_described",
                            "not_received",
                            "other",
                            "unauthorised",
                            "wrong_amount",
                            "wrong_recipient",
                        ],
                    )
                ),
                name="refund_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state__in", ["arrived", "refused", "withdrawn"]), _negated=True
                ),
                fields=("payment", "customer"),
                name="refund_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundrequest",
            constraint=models.UniqueConstraint(
                fields=("customer", "request_key"), name="refund_asked_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dispute__isnull", True), ("request__isnull", False)),
                    models.Q(("dispute__isnull", False), ("request__isnull", True)),
                    _connector="OR",
                ),
                name="evidence_for_one",
            ),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(fields=["request", "id"], name="refund_step_by_request"),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "arrived",
                            "asked",
                            "evidence",
                            "failed",
                            "granted",
                            "granted_by_rule",
                            "owed",
                            "refused",
                            "returned",
                            "route_chosen",
                            "route_closed",
                            "second_person",
                            "second_person_no",
                            "sent",
                            "withdrawn",
                        ],
                    )
                ),
                name="refund_step_kind",
            ),
        ),
    ]
