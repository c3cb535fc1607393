import django.db.models.deletion
import paydesk.desk.cases.models
import paydesk.desk.cases.rules
import paydesk.kit.actors
import paydesk.kit.clock
import paydesk.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("channels", "0001_initial"),
        ("files", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "staff",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="presence",
                        serialize=False,
                        to="people.staffmember",
                    ),
                ),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Case",
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
                (
                    "number",
                    models.CharField(
                        default=paydesk.desk.cases.models.new_number, max_length=12, unique=True
                    ),
                ),
                ("brand", models.CharField(max_length=16)),
                ("channel", models.CharField(max_length=16)),
                ("payment_id", models.UUIDField(null=True)),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            (
                                paydesk.desk.cases.rules.Topic["TRANSFER_FAILED"],
                                paydesk.desk.cases.rules.Topic["TRANSFER_FAILED"],
                            ),
                            (
                                paydesk.desk.cases.rules.Topic["TOPUP_FAILED"],
                                paydesk.desk.cases.rules.Topic["TOPUP_FAILED"],
                            ),
                            (
                                paydesk.desk.cases.rules.Topic["PAYMENT"],
                                paydesk.desk.cases.rules.Topic["PAYMENT"],
                            ),
                            (
                                paydesk.desk.cases.rules.Topic["REFUND"],
                                paydesk.desk.cases.rules.Topic["REFUND"],
                            ),
                            (
                                paydesk.desk.cases.rules.Topic["ACCOUNT_LOCKED"],
                                paydesk.desk.cases.rules.Topic["ACCOUNT_LOCKED"],
                            ),
                            (
                                paydesk.desk.cases.rules.Topic["ACCOUNT_FROZEN"],
                                paydesk.desk.cases.rules.Topic["ACCOUNT_FROZEN"],
                            ),
                            (
                                paydesk.desk.cases.rules.Topic["THEFT"],
                                paydesk.desk.cases.rules.Topic["THEFT"],
                            ),
                            (
                                paydesk.desk.cases.rules.Topic["IDENTITY"],
                                paydesk.desk.cases.rules.Topic["IDENTITY"],
                            ),
                            (
                                paydesk.desk.cases.rules.Topic["OFFICIAL_CHECK"],
                                paydesk.desk.cases.rules.Topic["OFFICIAL_CHECK"],
                            ),
                            (
                                paydesk.desk.cases.rules.Topic["COMPLAINT"],
                                paydesk.desk.cases.rules.Topic["COMPLAINT"],
                            ),
                            (
                                paydesk.desk.cases.rules.Topic["OTHER"],
                                paydesk.desk.cases.rules.Topic["OTHER"],
                            ),
                        ],
                        max_length=24,
                    ),
                ),
                ("lang", models.CharField(default="zh-hans", max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            (
                                paydesk.desk.cases.rules.State["OPEN"],
                                paydesk.desk.cases.rules.State["OPEN"],
                            ),
                            (
                                paydesk.desk.cases.rules.State["WAITING_CUSTOMER"],
                                paydesk.desk.cases.rules.State["WAITING_CUSTOMER"],
                            ),
                            (
                                paydesk.desk.cases.rules.State["WAITING_INSIDE"],
                                paydesk.desk.cases.rules.State["WAITING_INSIDE"],
                            ),
                            (
                                paydesk.desk.cases.rules.State["SOLVED"],
                                paydesk.desk.cases.rules.State["SOLVED"],
                            ),
                            (
                                paydesk.desk.cases.rules.State["CLOSED"],
                                paydesk.desk.cases.rules.State["CLOSED"],
                            ),
                        ],
                        default=paydesk.desk.cases.rules.State["OPEN"],
                        max_length=20,
                    ),
                ),
                (
                    "priority",
                    models.SmallIntegerField(default=paydesk.desk.cases.rules.Priority["NORMAL"]),
                ),
                ("queue", models.CharField(blank=True, default="", max_length=24)),
                ("last_sequence", models.IntegerField(default=0)),
                ("opened_at", models.DateTimeField(default=paydesk.kit.clock.now)),
                ("changed_at", models.DateTimeField(default=paydesk.kit.clock.now)),
                ("waiting_since", models.DateTimeField(null=True)),
                ("rank_at", models.DateTimeField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("first_response_due", models.DateTimeField(null=True)),
                ("first_responded_at", models.DateTimeField(null=True)),
                ("solved_at", models.DateTimeField(null=True)),
                (
                    "assignee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="people.staffmember",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="people.customer",
                    ),
                ),
                (
                    "identity",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="channels.identity",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Deed",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            (
                                paydesk.desk.cases.rules.DeedKind["REFUND"],
                                paydesk.desk.cases.rules.DeedKind["REFUND"],
                            ),
                            (
                                paydesk.desk.cases.rules.DeedKind["HOLD"],
                                paydesk.desk.cases.rules.DeedKind["HOLD"],
                            ),
                            (
                                paydesk.desk.cases.rules.DeedKind["RELEASE"],
                                paydesk.desk.cases.rules.DeedKind["RELEASE"],
                            ),
                        ],
                        max_length=8,
                    ),
                ),
                ("target", models.UUIDField(null=True)),
                ("amount", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.CharField(blank=True, default="", max_length=16)),
                ("note", models.CharField(blank=True, default="", max_length=140)),
                ("until", models.DateTimeField(null=True)),
                ("approval_id", models.UUIDField(null=True, unique=True)),
                ("outcome", models.CharField(blank=True, default="", max_length=40)),
                ("number", models.CharField(blank=True, default="", max_length=16)),
                ("created_at", models.DateTimeField(default=paydesk.kit.clock.now)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deeds",
                        to="cases.case",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.staffmember",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
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
                ("sequence", models.IntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            (
                                paydesk.desk.cases.rules.EntryKind["MESSAGE"],
                                paydesk.desk.cases.rules.EntryKind["MESSAGE"],
                            ),
                            (
                                paydesk.desk.cases.rules.EntryKind["NOTE"],
                                paydesk.desk.cases.rules.EntryKind["NOTE"],
                            ),
                            (
                                paydesk.desk.cases.rules.EntryKind["FACT"],
                                paydesk.desk.cases.rules.EntryKind["FACT"],
                            ),
                            (
                                paydesk.desk.cases.rules.EntryKind["ACTION"],
                                paydesk.desk.cases.rules.EntryKind["ACTION"],
                            ),
                            (
                                paydesk.desk.cases.rules.EntryKind["SYSTEM"],
                                paydesk.desk.cases.rules.EntryKind["SYSTEM"],
                            ),
                        ],
                        max_length=8,
                    ),
                ),
                ("internal", models.BooleanField(default=False)),
                ("client_id", models.UUIDField(null=True)),
                (
                    "author_kind",
                    models.CharField(
                        choices=[
                            (
                                paydesk.kit.actors.ActorKind["CUSTOMER"],
                                paydesk.kit.actors.ActorKind["CUSTOMER"],
                            ),
                            (
                                paydesk.kit.actors.ActorKind["STAFF"],
                                paydesk.kit.actors.ActorKind["STAFF"],
                            ),
                            (
                                paydesk.kit.actors.ActorKind["VISITOR"],
                                paydesk.kit.actors.ActorKind["VISITOR"],
                            ),
                            (
                                paydesk.kit.actors.ActorKind["SYSTEM"],
                                paydesk.kit.actors.ActorKind["SYSTEM"],
                            ),
                            (
                                paydesk.kit.actors.ActorKind["MERCHANT"],
                                paydesk.kit.actors.ActorKind["MERCHANT"],
                            ),
                        ],
                        max_length=8,
                    ),
                ),
                ("author_id", models.UUIDField(null=True)),
                ("body", models.TextField(blank=True, default="")),
                ("data", models.JSONField(default=dict)),
                ("at", models.DateTimeField(default=paydesk.kit.clock.now)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "ordering": ["case", "sequence"],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.SmallIntegerField()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="cases.entry",
                    ),
                ),
            ],
            options={
                "ordering": ["entry", "position"],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="looks",
                        to="cases.case",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.staffmember",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Miss",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand", models.CharField(max_length=16)),
                ("kind", models.CharField(max_length=24)),
                ("due_at", models.DateTimeField()),
                ("noted_at", models.DateTimeField(default=paydesk.kit.clock.now)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="misses",
                        to="cases.case",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReadMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reader_kind",
                    models.CharField(
                        choices=[
                            (
                                paydesk.kit.actors.ActorKind["CUSTOMER"],
                                paydesk.kit.actors.ActorKind["CUSTOMER"],
                            ),
                            (
                                paydesk.kit.actors.ActorKind["STAFF"],
                                paydesk.kit.actors.ActorKind["STAFF"],
                            ),
                            (
                                paydesk.kit.actors.ActorKind["VISITOR"],
                                paydesk.kit.actors.ActorKind["VISITOR"],
                            ),
                            (
                                paydesk.kit.actors.ActorKind["SYSTEM"],
                                paydesk.kit.actors.ActorKind["SYSTEM"],
                            ),
                            (
                                paydesk.kit.actors.ActorKind["MERCHANT"],
                                paydesk.kit.actors.ActorKind["MERCHANT"],
                            ),
                        ],
                        max_length=8,
                    ),
                ),
                ("reader_id", models.UUIDField()),
                ("delivered", models.IntegerField(default=0)),
                ("read", models.IntegerField(default=0)),
                ("at", models.DateTimeField(default=paydesk.kit.clock.now)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="read_marks",
                        to="cases.case",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("assignee__isnull", True), ("rank_at__isnull", False)),
                fields=["brand", "rank_at"],
                name="case_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["assignee", "state"], name="case_of_agent"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["customer", "-opened_at"], name="case_of_customer"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["brand", "-changed_at"], name="case_recent"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["brand", "taken_at"], name="case_takes"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("customer__isnull", False), ("identity__isnull", False), _connector="OR"
                ),
                name="case_has_a_correspondent",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("rank_at__isnull", True), ("waiting_since__isnull", True)),
                    models.Q(("rank_at__isnull", False), ("waiting_since__isnull", False)),
                    _connector="OR",
                ),
                name="case_waits_and_ranks_together",
            ),
        ),
        migrations.AddIndex(
            model_name="deed",
            index=models.Index(
                condition=models.Q(("outcome", "")), fields=["created_at"], name="deed_unfinished"
            ),
        ),
        migrations.AddConstraint(
            model_name="deed",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="deed_amount_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="deed",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("outcome", "")),
                    models.Q(
                        models.Q(("outcome", ""), _negated=True), ("finished_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="deed_outcome_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                fields=("case", "sequence"), name="one_entry_per_sequence"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                fields=("case", "client_id"), name="one_entry_per_client_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", paydesk.desk.cases.rules.EntryKind["NOTE"]), _negated=True),
                    ("internal", True),
                    _connector="OR",
                ),
                name="notes_are_internal",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.UniqueConstraint(
                fields=("entry", "position"), name="one_file_per_position"
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.UniqueConstraint(fields=("file",), name="file_on_one_entry"),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=models.UniqueConstraint(
                fields=("case", "staff"), name="one_look_per_case_and_staff"
            ),
        ),
        migrations.AddConstraint(
            model_name="miss",
            constraint=models.UniqueConstraint(
                fields=("case", "kind", "due_at"), name="one_miss_per_deadline"
            ),
        ),
        migrations.AddConstraint(
            model_name="readmark",
            constraint=models.UniqueConstraint(
                fields=("case", "reader_kind", "reader_id"), name="one_read_mark_per_reader"
            ),
        ),
    ]
