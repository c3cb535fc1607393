"""Events are published in groups (sql/publish.sql): for databases that know them one by one."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parent.parent / "sql" / "publish.sql"


class Migration(migrations.Migration):
    dependencies = [("events", "0002_sql")]

    operations = [
        migrations.RunSQL(_SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
