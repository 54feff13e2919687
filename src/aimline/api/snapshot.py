"""The committed description of the API; `python -m aimline.api.snapshot` writes it anew after a change."""

from __future__ import annotations

import importlib
import json
import os
from pathlib import Path

import django

SNAPSHOT = Path(__file__).with_name("openapi.json")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aimline.config.settings")
    django.setup()
    # Its models can be imported only now.
    described = importlib.import_module("aimline.api.v1").spec()
    SNAPSHOT.write_text(json.dumps(described, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
