from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="settlementfile",
            name="approval_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name="settlementfile",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("reading", "Reading"),
                    ("asked", "Asked"),
                    ("read", "Read"),
                    ("refused", "Refused"),
                ],
                max_length=16,
            ),
        ),
    ]
