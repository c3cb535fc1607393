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
            name="BankAccount",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("scheme", models.CharField(max_length=16)),
                ("country", models.CharField(max_length=2)),
                ("bank", models.CharField(blank=True, max_length=16)),
                ("branch", models.CharField(blank=True, max_length=16)),
                ("last4", models.CharField(max_length=4)),
                ("number_sealed", models.BinaryField()),
                ("holder_sealed", models.BinaryField()),
                ("added_at", models.DateTimeField()),
                ("usable_from", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_accounts",
                        to="people.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                (
                    "payment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="withdrawal",
                        serialize=False,
                        to="payments.payment",
                    ),
                ),
                ("brand", models.CharField(max_length=16)),
                ("state", models.CharField(default="waiting", max_length=12)),
                ("goes_out_at", models.DateTimeField()),
                ("arrives_on", models.DateField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("attempt_id", models.UUIDField(null=True)),
                ("returned_at", models.DateTimeField(null=True)),
                ("return_code", models.CharField(blank=True, max_length=40)),
                ("credit_tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "bank_account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawals",
                        to="payouts.bankaccount",
                    ),
                ),
                (
                    "credit",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned_withdrawal",
                        to="payments.payment",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawals",
                        to="people.customer",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="bankaccount",
            index=models.Index(fields=["customer", "-added_at"], name="bank_account_by_customer"),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("usable_from__gte", models.F("added_at"))),
                name="bank_account_cools_off",
            ),
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(fields=["customer", "-goes_out_at"], name="withdrawal_by_customer"),
        ),
        migrations.AddIndex(
            model_name="withdrawal",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "cancelling", "returning"])),
                fields=["state", "goes_out_at"],
                name="withdrawal_to_do",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["waiting", "sending", "cancelling", "cancelled", "returning", "returned"],
                    )
                ),
                name="withdrawal_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["returning", "returned"]),
                    ("returned_at__isnull", True),
                    _connector="XOR",
                ),
                name="withdrawal_returned_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "returned"), ("credit__isnull", True), _connector="XOR"
                ),
                name="withdrawal_returned_has_credit",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "cancelling", "cancelled"]),
                    ("attempt_id__isnull", False),
                    _connector="XOR",
                ),
                name="withdrawal_sent_has_attempt",
            ),
        ),
    ]
