import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("payments", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PayoutFile",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("currency", models.CharField(max_length=3)),
                ("count", models.PositiveIntegerField()),
                ("total", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.staffmember",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PayoutOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand", models.CharField(max_length=16)),
                (
                    "attempt",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payout_order",
                        to="payments.attempt",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="reconciliation.payoutfile",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SettlementFile",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("provider", models.CharField(max_length=16)),
                ("day", models.DateField()),
                ("name", models.CharField(max_length=120)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("sealed", models.BinaryField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("reading", "Reading"),
                            ("read", "Read"),
                            ("refused", "Refused"),
                        ],
                        max_length=16,
                    ),
                ),
                ("trouble", models.CharField(blank=True, max_length=24)),
                ("trouble_line", models.PositiveIntegerField(default=0)),
                ("trouble_what", models.CharField(blank=True, max_length=40)),
                ("lines", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("totals", models.JSONField(default=dict)),
                ("taken_by", models.CharField(max_length=64)),
                ("taken_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["brand", "provider", "day"], name="settlement_file_day")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "refused"), _negated=True),
                        fields=("brand", "provider", "sha256"),
                        name="settlement_file_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "refused"), models.Q(("trouble", ""), _negated=True)
                            ),
                            models.Q(("state", "refused"), _negated=True),
                            _connector="OR",
                        ),
                        name="settlement_file_refused_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("number", models.PositiveIntegerField()),
                ("provider_reference", models.CharField(max_length=64)),
                ("reference", models.UUIDField(null=True)),
                ("about", models.CharField(max_length=16)),
                ("amount", models.BigIntegerField()),
                ("fee", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("at", models.DateTimeField()),
                ("settles", models.BooleanField(default=False)),
                (
                    "attempt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlement_lines",
                        to="payments.attempt",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="reconciliation.settlementfile",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("provider", models.CharField(max_length=16)),
                ("day", models.DateField()),
                ("cause", models.CharField(max_length=16)),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("asked", "Asked"), ("explained", "Explained")],
                        max_length=16,
                    ),
                ),
                ("way", models.CharField(blank=True, max_length=16)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("approval_id", models.UUIDField(null=True)),
                ("explained_by", models.CharField(blank=True, max_length=64)),
                ("explained_at", models.DateTimeField(null=True)),
                ("posted_id", models.UUIDField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.staffmember",
                    ),
                ),
                (
                    "attempt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlement_differences",
                        to="payments.attempt",
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="difference",
                        to="reconciliation.line",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["brand", "provider", "day"], name="settlement_difference_day"
                    ),
                    models.Index(
                        condition=models.Q(("state", "explained"), _negated=True),
                        fields=["brand", "day"],
                        name="settlement_difference_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cause", "missing_there"), ("line__isnull", True)),
                        fields=("attempt", "day"),
                        name="settlement_missing_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("explained_at__isnull", False), ("state", "explained")),
                            models.Q(
                                models.Q(("state", "explained"), _negated=True),
                                ("explained_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="settlement_difference_explained_has_time",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="payoutfile",
            index=models.Index(fields=["brand", "-id"], name="payout_file_newest"),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.UniqueConstraint(
                fields=("file", "number"), name="settlement_line_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.UniqueConstraint(
                condition=models.Q(("settles", True)),
                fields=("attempt",),
                name="settlement_line_settles_once",
            ),
        ),
    ]
