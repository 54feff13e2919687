"""The WSGI door that the production server opens."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aimline.config.settings")
application = get_wsgi_application()

# What is loaded by now stays for good; looking through it again with every few pages takes a tenth of their time.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
