"""A refund that is written again counts no second time (sql/refunds.sql)."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parent.parent / "sql" / "refunds.sql"


class Migration(migrations.Migration):
    # Repeats what 0005 ran, for databases where that ran before the function was mended.
    dependencies = [("payments", "0005_refund_remittances")]

    operations = [
        migrations.RunSQL(_SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
