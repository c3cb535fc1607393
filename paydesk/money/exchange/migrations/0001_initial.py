import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Funding",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.BigIntegerField()),
                ("note", models.CharField(blank=True, max_length=140)),
                ("asked_by", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("approval_id", models.UUIDField(unique=True)),
                ("state", models.CharField(default="asked", max_length=8)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="funding_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state", "asked")),
                            models.Q(
                                ("ended_at__isnull", False), ("state__in", ["done", "refused"])
                            ),
                            _connector="OR",
                        ),
                        name="funding_ended_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("kind", models.CharField(max_length=16)),
                ("pay_currency", models.CharField(max_length=3)),
                ("get_currency", models.CharField(max_length=3)),
                ("pay_amount", models.BigIntegerField()),
                ("get_amount", models.BigIntegerField()),
                ("fee", models.BigIntegerField()),
                ("side", models.CharField(max_length=4)),
                ("margin_bp", models.PositiveIntegerField()),
                ("rate", models.DecimalField(decimal_places=12, max_digits=24)),
                ("quoted_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("arrives_by", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quotes",
                        to="people.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Declaration",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("country", models.CharField(max_length=2)),
                ("purpose", models.CharField(blank=True, max_length=16)),
                ("relationship", models.CharField(blank=True, max_length=16)),
                ("source_of_funds", models.CharField(blank=True, max_length=16)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("declared_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="declarations",
                        to="people.customer",
                    ),
                ),
                (
                    "quote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="declarations",
                        to="exchange.quote",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Rate",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("brand", models.CharField(max_length=16)),
                ("base", models.CharField(max_length=3)),
                ("counter", models.CharField(max_length=3)),
                ("mid", models.DecimalField(decimal_places=12, max_digits=24)),
                ("source", models.CharField(max_length=16)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["brand", "base", "counter", "-at"], name="rate_latest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mid__gt", 0)), name="rate_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("base", models.F("counter")), _negated=True),
                        name="rate_of_two",
                    ),
                    models.UniqueConstraint(
                        fields=("brand", "base", "counter", "source", "at"), name="rate_once"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="quote",
            name="mid",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="quotes",
                to="exchange.rate",
            ),
        ),
        migrations.CreateModel(
            name="SimulatedMarket",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("brand", models.CharField(max_length=16)),
                ("currency", models.CharField(max_length=3)),
                ("shift_bp", models.IntegerField(default=0)),
                ("silent", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("brand", "currency"), name="simulated_market_once"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="quote",
            index=models.Index(fields=["customer", "-quoted_at"], name="quote_by_customer"),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fee__gte", 0), ("get_amount__gt", 0), ("pay_amount__gt", 0), ("rate__gt", 0)
                ),
                name="quote_amounts",
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(("pay_currency", models.F("get_currency")), _negated=True),
                name="quote_of_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("quoted_at"))),
                name="quote_expires_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["exchange", "remittance"])), name="quote_kind"
            ),
        ),
    ]
