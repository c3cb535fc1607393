import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedMethod",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("provider", models.CharField(max_length=16)),
                ("token", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=16)),
                ("scheme", models.CharField(max_length=16)),
                ("last4", models.CharField(max_length=4)),
                ("expires", models.CharField(blank=True, max_length=5)),
                ("is_default", models.BooleanField(default=False)),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="methods",
                        to="people.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Saving",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("provider", models.CharField(max_length=16)),
                ("reference", models.CharField(max_length=128)),
                ("started_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.customer",
                    ),
                ),
                (
                    "method",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="methods.savedmethod",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="savedmethod",
            index=models.Index(fields=["customer", "-added_at"], name="method_by_customer"),
        ),
        migrations.AddConstraint(
            model_name="savedmethod",
            constraint=models.UniqueConstraint(
                fields=("brand", "provider", "token"), name="method_token_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedmethod",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True), ("removed_at", None)),
                fields=("customer",),
                name="method_one_default",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedmethod",
            constraint=models.CheckConstraint(
                condition=models.Q(("last4__regex", "^[0-9]{0,4}$")), name="method_only_last_digits"
            ),
        ),
    ]
