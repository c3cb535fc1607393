"""What is held of a remittance counts among its parts from the beginning (sql/refunds.sql)."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parent.parent / "sql" / "refunds.sql"


class Migration(migrations.Migration):
    # Repeats what 0006 ran, for databases where that ran before parts could be held.
    dependencies = [("payments", "0006_count_refund_once")]

    operations = [
        migrations.RunSQL(_SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
