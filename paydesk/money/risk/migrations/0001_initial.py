import django.db.models.deletion
import paydesk.kit.clock
import paydesk.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("payment_id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("at", models.DateTimeField()),
                ("customer_id", models.UUIDField()),
                ("recipient_id", models.UUIDField(null=True)),
                ("kind", models.CharField(max_length=16)),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("known_recipient", models.BooleanField()),
                ("device_since", models.DateTimeField(null=True)),
                ("stepped_up_at", models.DateTimeField(null=True)),
                ("contact_changed_at", models.DateTimeField(null=True)),
                ("received", models.BigIntegerField()),
                ("version", models.PositiveIntegerField()),
                ("outcome", models.CharField(max_length=16)),
                ("rule", models.CharField(blank=True, max_length=40)),
                ("codes", models.JSONField(default=list)),
                ("measured", models.JSONField(default=dict)),
                ("passed", models.BooleanField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer_id", "-at"], name="decision_by_customer"),
                    models.Index(fields=["brand", "at"], name="decision_by_brand"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["allow", "second_factor", "wait", "review", "lock"])
                        ),
                        name="decision_outcome",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="KnownRecipient",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=paydesk.kit.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("brand", models.CharField(max_length=16)),
                ("customer_id", models.UUIDField()),
                ("recipient_id", models.UUIDField()),
                ("since", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer_id", "recipient_id"), name="known_recipient_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleSet",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=paydesk.kit.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("brand", models.CharField(max_length=16)),
                ("version", models.PositiveIntegerField()),
                ("rules", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("active", "Active"), ("retired", "Retired")],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
                ("made_at", models.DateTimeField(default=paydesk.kit.clock.now)),
                ("switched_on_at", models.DateTimeField(null=True)),
                ("retired_at", models.DateTimeField(null=True)),
                ("approval_id", models.UUIDField(null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="risk_drafts",
                        to="people.staffmember",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DryRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=paydesk.kit.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("brand", models.CharField(max_length=16)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("result", models.JSONField(default=dict)),
                ("asked_at", models.DateTimeField(default=paydesk.kit.clock.now)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dry_runs",
                        to="people.staffmember",
                    ),
                ),
                (
                    "ruleset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dry_runs",
                        to="risk.ruleset",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Hit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=paydesk.kit.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("brand", models.CharField(max_length=16)),
                ("source", models.CharField(max_length=40)),
                ("entry", models.CharField(max_length=40)),
                ("score", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("cleared", "Cleared"),
                            ("confirmed", "Confirmed"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("found_at", models.DateTimeField(default=paydesk.kit.clock.now)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="screening_hits",
                        to="people.customer",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="screening_decisions",
                        to="people.staffmember",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "cleared"), _negated=True),
                        fields=["customer"],
                        name="hit_in_force",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "source", "entry"), name="hit_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("payment_id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("kind", models.CharField(max_length=16)),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("why", models.CharField(max_length=16)),
                ("rule", models.CharField(blank=True, max_length=40)),
                ("measured", models.JSONField(default=dict)),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="risk_reviews",
                        to="people.customer",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="risk_reviews",
                        to="people.staffmember",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["brand", "asked_at"],
                        name="review_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "open")),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                ("decided_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="review_decided_has_time",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="ruleset",
            constraint=models.UniqueConstraint(
                fields=("brand", "version"), name="ruleset_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "active")),
                fields=("brand",),
                name="ruleset_one_active",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approval_id__isnull", True), ("state", "draft")),
                    models.Q(
                        models.Q(("state", "draft"), _negated=True), ("approval_id__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="ruleset_needs_approval",
            ),
        ),
        migrations.AddIndex(
            model_name="dryrun",
            index=models.Index(fields=["brand", "-asked_at"], name="dry_run_latest"),
        ),
    ]
