"""Remittances can be refunded, at their own rate (sql/refunds.sql)."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parent.parent / "sql" / "refunds.sql"


class Migration(migrations.Migration):
    dependencies = [("payments", "0004_close_reviews")]

    operations = [
        migrations.RunSQL(_SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
