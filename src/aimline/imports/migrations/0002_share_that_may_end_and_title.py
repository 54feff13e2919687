from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0001_loads_uploads_mappings"),
    ]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="max_removals",
            field=models.FloatField(default=10),
        ),
        migrations.AddField(
            model_name="upload",
            name="title",
            field=models.CharField(blank=True, max_length=160),
        ),
    ]
