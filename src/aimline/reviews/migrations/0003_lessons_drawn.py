import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import aimline.core.clock
import aimline.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0002_votes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Sample",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=aimline.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=aimline.core.clock.now, editable=False)),
                ("changed_at", models.DateTimeField(default=aimline.core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "origin",
                    models.CharField(
                        choices=[("roster", "The roster"), ("typed", "A list that somebody typed")],
                        max_length=6,
                    ),
                ),
                ("frame", models.JSONField(default=list)),
                ("strata", models.JSONField(blank=True, default=list)),
                ("size", models.PositiveSmallIntegerField()),
                ("seed", models.CharField(max_length=40)),
                ("shared_percent", models.PositiveSmallIntegerField(default=20)),
                ("drawn_on", models.DateField()),
                ("set_aside_on", models.DateField(blank=True, null=True)),
                ("set_aside_why", models.CharField(blank=True, max_length=300)),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="reviews.review",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=aimline.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=aimline.core.clock.now, editable=False)),
                ("changed_at", models.DateTimeField(default=aimline.core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("label", models.CharField(max_length=280)),
                ("position", models.PositiveSmallIntegerField()),
                ("day", models.DateField(blank=True, null=True, verbose_name="day")),
                ("window", models.CharField(blank=True, max_length=60, verbose_name="period or time")),
                ("dropped_on", models.DateField(blank=True, null=True)),
                (
                    "dropped_why",
                    models.CharField(blank=True, max_length=300, verbose_name="why it cannot be visited"),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replaced_by",
                        to="reviews.visit",
                    ),
                ),
                (
                    "sample",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visits",
                        to="reviews.sample",
                    ),
                ),
            ],
            options={
                "ordering": ["sample", "position"],
            },
        ),
        migrations.CreateModel(
            name="Observer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=aimline.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(default=aimline.core.clock.now, editable=False)),
                ("changed_at", models.DateTimeField(default=aimline.core.clock.now, editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("done_on", models.DateField(blank=True, null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="observers",
                        to="reviews.visit",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.UniqueConstraint(
                condition=models.Q(("set_aside_on", None)), fields=("review",), name="one_sample_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.UniqueConstraint(fields=("sample", "label"), name="class_drawn_once"),
        ),
        migrations.AddConstraint(
            model_name="observer",
            constraint=models.UniqueConstraint(fields=("visit", "person"), name="observer_once"),
        ),
    ]
