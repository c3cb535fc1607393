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
            name="SimulatedBill",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("biller", models.CharField(max_length=16)),
                ("reference", models.CharField(max_length=40)),
                ("bill_number", models.CharField(blank=True, max_length=24)),
                ("amount", models.BigIntegerField()),
                ("accepted", models.BooleanField()),
                ("code", models.CharField(blank=True, max_length=24)),
                ("confirmation", models.CharField(blank=True, max_length=40)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["biller", "reference", "bill_number"], name="simulated_bill_of"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BillPayment",
            fields=[
                (
                    "payment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="bill",
                        serialize=False,
                        to="payments.payment",
                    ),
                ),
                ("brand", models.CharField(max_length=16)),
                ("biller", models.CharField(max_length=16)),
                ("reference", models.CharField(max_length=40)),
                ("bill_number", models.CharField(blank=True, max_length=24)),
                ("state", models.CharField(default="waiting", max_length=12)),
                ("asked", models.PositiveSmallIntegerField(default=0)),
                ("next_ask_at", models.DateTimeField(null=True)),
                ("confirmation", models.CharField(blank=True, max_length=40)),
                ("started_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bills",
                        to="people.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "biller"], name="bill_by_customer"),
                    models.Index(
                        condition=models.Q(("next_ask_at__isnull", False)),
                        fields=["next_ask_at"],
                        name="bill_to_ask",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "asked", "done"])),
                        name="bill_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "done"), ("next_ask_at__isnull", False), _connector="XOR"
                        ),
                        name="bill_open_is_asked",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedBiller",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("biller", models.CharField(max_length=16)),
                ("reference", models.CharField(max_length=40)),
                ("name", models.CharField(blank=True, max_length=40)),
                ("saved_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_billers",
                        to="people.customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "biller", "reference"), name="saved_biller_once"
                    )
                ],
            },
        ),
    ]
