"""The functions that write events, and the rights of the app role."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parent.parent / "sql"


def _read(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [
        migrations.RunSQL(_read("functions"), _read("drop")),
        migrations.RunSQL(_read("publish"), migrations.RunSQL.noop),
        migrations.RunSQL(_read("grants"), migrations.RunSQL.noop),
    ]
