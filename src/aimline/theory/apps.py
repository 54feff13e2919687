from __future__ import annotations

from django.apps import AppConfig


class TheoryConfig(AppConfig):
    name = "aimline.theory"
