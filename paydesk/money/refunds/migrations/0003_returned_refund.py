"""What came back to a provider is kept until it is credited."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0003_one_index_each"),
        ("people", "0002_one_index_each"),
        ("refunds", "0002_one_index_each"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReturnedRefund",
            fields=[
                (
                    "attempt",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="payments.attempt",
                    ),
                ),
                ("brand", models.CharField(max_length=16)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("returned_at", models.DateTimeField()),
                ("credit_tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "credit",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returned_refund",
                        to="payments.payment",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("credit__isnull", True)),
                        fields=["returned_at"],
                        name="returned_refund_due",
                    )
                ],
            },
        ),
    ]
