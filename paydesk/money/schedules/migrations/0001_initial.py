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
            name="Schedule",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("what", models.CharField(max_length=12)),
                ("biller", models.CharField(blank=True, max_length=16)),
                ("reference", models.CharField(blank=True, max_length=40)),
                ("amount", models.BigIntegerField(null=True)),
                ("most", models.BigIntegerField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("note", models.CharField(blank=True, max_length=140)),
                ("rhythm", models.CharField(max_length=8)),
                ("first_on", models.DateField()),
                ("minute", models.PositiveSmallIntegerField()),
                ("ends_on", models.DateField(null=True)),
                ("times", models.PositiveSmallIntegerField(null=True)),
                ("on_missed", models.CharField(default="run_late", max_length=12)),
                ("state", models.CharField(default="active", max_length=12)),
                ("next_n", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("request_key", models.CharField(max_length=64)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="schedules",
                        to="people.customer",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scheduled_for",
                        to="people.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Occurrence",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("n", models.PositiveIntegerField()),
                ("due_at", models.DateTimeField()),
                ("state", models.CharField(max_length=12)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("why", models.CharField(blank=True, max_length=24)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="occurrences",
                        to="payments.payment",
                    ),
                ),
                (
                    "schedule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="occurrences",
                        to="schedules.schedule",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="schedule",
            index=models.Index(fields=["customer", "-made_at"], name="schedule_by_customer"),
        ),
        migrations.AddIndex(
            model_name="schedule",
            index=models.Index(
                condition=models.Q(("state", "active")), fields=["next_at"], name="schedule_to_run"
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.UniqueConstraint(
                fields=("customer", "request_key"), name="schedule_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("biller", ""), ("recipient__isnull", False), ("what", "transfer")),
                    models.Q(
                        ("recipient__isnull", True),
                        ("what", "bill"),
                        models.Q(("biller", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="schedule_has_its_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gt", 0),
                    models.Q(("amount__isnull", True), ("most__gt", 0), ("what", "bill")),
                    _connector="OR",
                ),
                name="schedule_amount_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("rhythm__in", ["once", "weekly", "monthly"])),
                name="schedule_rhythm",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["active", "paused", "finished", "cancelled"])),
                name="schedule_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["active", "paused"]), ("next_at__isnull", True), _connector="XOR"
                ),
                name="schedule_live_has_next",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("minute__lt", 1440)), name="schedule_minute"
            ),
        ),
        migrations.AddIndex(
            model_name="occurrence",
            index=models.Index(
                condition=models.Q(("state", "running")),
                fields=["next_try_at"],
                name="occurrence_to_try",
            ),
        ),
        migrations.AddIndex(
            model_name="occurrence",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["payment"],
                name="occurrence_by_payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.UniqueConstraint(fields=("schedule", "n"), name="occurrence_once"),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["running", "waiting", "done", "failed", "skipped", "missed"])
                ),
                name="occurrence_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["running", "waiting"]),
                    ("ended_at__isnull", False),
                    _connector="XOR",
                ),
                name="occurrence_ended_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "running"), ("next_try_at__isnull", True), _connector="XOR"
                ),
                name="occurrence_running_has_try",
            ),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True),
                    ("ended_at__gte", models.F("due_at")),
                    ("state", "skipped"),
                    _connector="OR",
                ),
                name="occurrence_ends_after_due",
            ),
        ),
    ]
