from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class WebConfig(AppConfig):
    name = "aimline.web"

    def ready(self) -> None:
        # The static server and the uploads expect their folders to be there before the first request.
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
