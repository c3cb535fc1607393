"""A review can end undecided, with its payment."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("risk", "0003_one_index_each")]

    operations = [
        migrations.AlterField(
            model_name="review",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Open"),
                    ("approved", "Approved"),
                    ("refused", "Refused"),
                    ("ended", "Ended"),
                ],
                default="open",
                max_length=8,
            ),
        )
    ]
