import django.db.models.deletion
import django.db.models.functions.text
import paydesk.kit.clock
import paydesk.kit.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="RateCount",
            fields=[
                ("cache_key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
            options={
                "db_table": "people_rate_count",
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
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
                    "realm",
                    models.CharField(
                        choices=[("customer", "Customer"), ("staff", "Staff")], max_length=8
                    ),
                ),
                ("brand", models.CharField(blank=True, max_length=16)),
                ("username", models.CharField(max_length=32, unique=True)),
                ("email", models.EmailField(max_length=254)),
                ("phone", models.CharField(blank=True, max_length=16, null=True)),
                ("lang", models.CharField(default="zh-hans", max_length=8)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=paydesk.kit.clock.now)),
                ("last_sign_in_at", models.DateTimeField(blank=True, null=True)),
                ("wrong_passwords", models.PositiveSmallIntegerField(default=0)),
                ("locked_until", models.DateTimeField(blank=True, null=True)),
                ("phone_proved_at", models.DateTimeField(blank=True, null=True)),
                ("contact_changed_at", models.DateTimeField(blank=True, null=True)),
                ("session_epoch", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("realm", "brand", "email"), name="user_email_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("phone_proved_at__isnull", False)),
                        fields=("realm", "brand", "phone"),
                        name="user_phone_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("phone_proved_at__isnull", True),
                            ("phone__isnull", False),
                            _connector="OR",
                        ),
                        name="user_phone_proved_is_there",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("brand", ""), ("realm", "staff")),
                            models.Q(("realm", "customer"), models.Q(("brand", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="user_brand_by_realm",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email", django.db.models.functions.text.Lower("email"))
                        ),
                        name="user_email_lower",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("email", ""), _negated=True), name="user_email_given"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("phone__isnull", True),
                            ("phone__regex", "^\\+[1-9][0-9]{6,14}$"),
                            _connector="OR",
                        ),
                        name="user_phone_e164",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Customer",
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
                ("number", models.CharField(max_length=9)),
                ("name", models.CharField(max_length=80)),
                ("identity_level", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=paydesk.kit.clock.now)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="customer",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Device",
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
                ("brand", models.CharField(blank=True, max_length=16)),
                ("token_digest", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=60)),
                ("first_seen", models.DateTimeField()),
                ("last_seen", models.DateTimeField()),
                ("address", models.GenericIPAddressField(null=True)),
                ("session_key", models.CharField(blank=True, max_length=40)),
                ("signed_out_at", models.DateTimeField(null=True)),
                ("wrong_passwords", models.PositiveSmallIntegerField(default=0)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="devices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Factor",
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
                ("brand", models.CharField(blank=True, max_length=16)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("totp", "Totp"),
                            ("passkey", "Passkey"),
                            ("recovery", "Recovery"),
                        ],
                        max_length=8,
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("sealed", models.BinaryField(default=bytes)),
                ("public", models.JSONField(default=dict)),
                ("last_step", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=paydesk.kit.clock.now)),
                ("last_used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="factors",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IdentityCheck",
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
                ("level", models.PositiveSmallIntegerField()),
                ("document", models.CharField(max_length=16)),
                ("unfreeze", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitted", "Submitted"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                        ],
                        default="submitted",
                        max_length=9,
                    ),
                ),
                ("submitted_at", models.DateTimeField(default=paydesk.kit.clock.now)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=24)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identity_checks",
                        to="people.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IdentityDocument",
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
                ("side", models.CharField(max_length=8)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
                (
                    "identity_check",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="people.identitycheck",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OneTimeCode",
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
                ("brand", models.CharField(blank=True, max_length=16)),
                (
                    "purpose",
                    models.CharField(
                        choices=[("step_up", "Step Up"), ("phone", "Phone")], max_length=8
                    ),
                ),
                ("to_address", models.CharField(max_length=254)),
                ("digest", models.CharField(max_length=64)),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Restriction",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("password", "Password"),
                            ("risk", "Risk"),
                            ("identity", "Identity"),
                            ("freeze", "Freeze"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("signin", "Signin"),
                            ("send", "Send"),
                            ("receive", "Receive"),
                            ("all", "All"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(max_length=40)),
                ("placed_at", models.DateTimeField(default=paydesk.kit.clock.now)),
                ("placed_by", models.CharField(max_length=60)),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lifted_by", models.CharField(blank=True, max_length=60)),
                ("approval_id", models.UUIDField(blank=True, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="restrictions",
                        to="people.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SignIn",
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
                ("brand", models.CharField(blank=True, max_length=16)),
                ("at", models.DateTimeField(default=paydesk.kit.clock.now)),
                ("device", models.CharField(max_length=60)),
                ("address", models.GenericIPAddressField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sign_ins",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StaffMember",
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
                ("name", models.CharField(max_length=80)),
                ("created_at", models.DateTimeField(default=paydesk.kit.clock.now)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff_member",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Membership",
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
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("agent", "Agent"),
                            ("supervisor", "Supervisor"),
                            ("admin", "Admin"),
                        ],
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=paydesk.kit.clock.now)),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="people.staffmember",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="identitycheck",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="identity_decisions",
                to="people.staffmember",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.UniqueConstraint(
                fields=("brand", "number"), name="customer_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__regex", "^[1-9][0-9]{8}$")),
                name="customer_number_shape",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(("brand", ""), _negated=True), name="customer_brand_given"
            ),
        ),
        migrations.AddConstraint(
            model_name="device",
            constraint=models.UniqueConstraint(fields=("user", "token_digest"), name="device_once"),
        ),
        migrations.AddConstraint(
            model_name="factor",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "passkey"), _negated=True),
                fields=("user", "kind"),
                name="factor_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="factor",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["totp", "passkey", "recovery"])),
                name="factor_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="identitydocument",
            constraint=models.UniqueConstraint(
                fields=("identity_check", "side"), name="identity_side_once"
            ),
        ),
        migrations.AddIndex(
            model_name="onetimecode",
            index=models.Index(fields=["user", "purpose", "-sent_at"], name="code_latest"),
        ),
        migrations.AddConstraint(
            model_name="restriction",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at__isnull", True)),
                fields=("customer", "kind", "scope"),
                name="restriction_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="restriction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["password", "risk", "identity", "freeze"]),
                    ("scope__in", ["signin", "send", "receive", "all"]),
                ),
                name="restriction_kind_scope",
            ),
        ),
        migrations.AddConstraint(
            model_name="restriction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lifted_at__isnull", True), ("lifted_by", "")),
                    models.Q(
                        ("lifted_at__gte", models.F("placed_at")),
                        models.Q(("lifted_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="restriction_lifted_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="restriction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "freeze"), _negated=True),
                    ("lifted_at__isnull", True),
                    ("approval_id__isnull", False),
                    _connector="OR",
                ),
                name="restriction_freeze_needs_approval",
            ),
        ),
        migrations.AddIndex(
            model_name="signin",
            index=models.Index(fields=["user", "-at"], name="sign_in_latest"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(fields=("staff", "brand"), name="membership_once"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["agent", "supervisor", "admin"])),
                name="membership_role",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("brand", ""), _negated=True), name="membership_brand_given"
            ),
        ),
        migrations.AddIndex(
            model_name="identitycheck",
            index=models.Index(
                condition=models.Q(("state", "submitted")),
                fields=["brand", "submitted_at"],
                name="identity_check_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="identitycheck",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "submitted")),
                fields=("customer",),
                name="identity_check_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="identitycheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("state", "submitted")),
                    models.Q(
                        models.Q(("state", "submitted"), _negated=True),
                        ("decided_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="identity_check_decided_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="identitycheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "refused"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="identity_check_refused_why",
            ),
        ),
    ]
