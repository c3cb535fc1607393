import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("merchants", "0001_initial"),
        ("payments", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("live", models.BooleanField()),
                ("number", models.CharField(max_length=16, unique=True)),
                ("token", models.CharField(max_length=32, unique=True)),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reference", models.CharField(max_length=64)),
                ("description", models.CharField(blank=True, max_length=140)),
                ("capture", models.CharField(max_length=16)),
                ("return_url", models.CharField(blank=True, max_length=500)),
                ("state", models.CharField(max_length=16)),
                ("captured", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("paid_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("hold_expires_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="merchants.merchant",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.payment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PaymentRequest",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("token", models.CharField(max_length=32, unique=True)),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("note", models.CharField(blank=True, max_length=140)),
                ("state", models.CharField(max_length=16)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "payer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests_received",
                        to="people.customer",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.payment",
                    ),
                ),
                (
                    "requester",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests_made",
                        to="people.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SandboxMove",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("number", models.CharField(max_length=16, unique=True)),
                ("kind", models.CharField(max_length=16)),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reference", models.CharField(blank=True, max_length=64)),
                ("recipient_shown", models.CharField(blank=True, max_length=80)),
                ("request_key", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="merchants.merchant",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.order",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["merchant", "live", "-id"], name="order_by_merchant"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["merchant", "reference"], name="order_by_reference"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["expires_at"], name="order_to_expire"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("state", "authorised")),
                fields=["hold_expires_at"],
                name="order_hold_to_expire",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="order_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("open", "authorised", "paid", "cancelled", "expired"))
                ),
                name="order_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("captured__gte", 0), ("captured__lte", models.F("amount"))),
                name="order_captured_within_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("live", True), ("payment__isnull", True), _connector="OR"),
                name="order_test_pays_nothing",
            ),
        ),
        migrations.AddIndex(
            model_name="paymentrequest",
            index=models.Index(fields=["requester", "-id"], name="request_by_requester"),
        ),
        migrations.AddIndex(
            model_name="paymentrequest",
            index=models.Index(fields=["payer", "-id"], name="request_by_payer"),
        ),
        migrations.AddIndex(
            model_name="paymentrequest",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["expires_at"],
                name="request_to_expire",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="request_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("open", "paid", "declined", "cancelled", "expired"))
                ),
                name="request_state",
            ),
        ),
        migrations.AddIndex(
            model_name="sandboxmove",
            index=models.Index(fields=["merchant", "-id"], name="sandbox_move_by_merchant"),
        ),
        migrations.AddConstraint(
            model_name="sandboxmove",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="sandbox_move_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="sandboxmove",
            constraint=models.UniqueConstraint(
                fields=("merchant", "request_key"), name="sandbox_move_request_once"
            ),
        ),
    ]
