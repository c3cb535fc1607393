import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("kind", models.CharField(max_length=16)),
                ("format", models.CharField(max_length=8)),
                ("wanted", models.JSONField(default=dict)),
                ("lang", models.CharField(max_length=8)),
                ("state", models.CharField(max_length=16)),
                ("rows_done", models.BigIntegerField(default=0)),
                ("rows_expected", models.BigIntegerField(default=0)),
                ("problem", models.CharField(blank=True, max_length=24)),
                ("asked_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exports",
                        to="people.customer",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="files.storedfile",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "-asked_at"], name="export_by_customer"),
                    models.Index(
                        condition=models.Q(("state", "done")),
                        fields=["expires_at"],
                        name="export_to_expire",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["evidence", "history", "statement"])),
                        name="export_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("format__in", ["csv", "pdf", "xlsx"])),
                        name="export_format",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["cancelled", "done", "expired", "failed", "queued", "running"],
                            )
                        ),
                        name="export_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            ("expires_at__isnull", False),
                            _connector="OR",
                        ),
                        name="export_done_expires",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthClosed",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("account_id", models.UUIDField()),
                ("currency", models.CharField(max_length=3)),
                ("first_day", models.DateField()),
                ("opening", models.BigIntegerField()),
                ("credited", models.BigIntegerField()),
                ("debited", models.BigIntegerField()),
                ("closing", models.BigIntegerField()),
                ("entries", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("closed_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="months",
                        to="people.customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account_id", "first_day"), name="month_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "closing",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("opening"), "+", models.F("credited")
                                    ),
                                    "-",
                                    models.F("debited"),
                                ),
                            )
                        ),
                        name="month_adds_up",
                    ),
                ],
            },
        ),
    ]
