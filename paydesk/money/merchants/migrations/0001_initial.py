from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Merchant",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("number", models.CharField(max_length=16, unique=True)),
                ("name", models.CharField(max_length=80)),
                ("standing", models.CharField(default="applied", max_length=16)),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["brand", "-created_at"], name="merchant_by_brand")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "standing__in",
                                ("applied", "sandbox", "active", "suspended", "closed"),
                            )
                        ),
                        name="merchant_standing",
                    )
                ],
            },
        ),
    ]
