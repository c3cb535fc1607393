"""Timelines and misses only grow: the rights of the app role."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.RunSQL(
            (_SQL / "grants.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
