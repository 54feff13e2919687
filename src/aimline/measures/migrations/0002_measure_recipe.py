from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("measures", "0001_measures_series_points"),
    ]

    operations = [
        migrations.AddField(
            model_name="measure",
            name="recipe",
            field=models.JSONField(blank=True, null=True),
        ),
    ]
