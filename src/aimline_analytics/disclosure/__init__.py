"""Disclosure control: hide small counts so that they stay hidden, and attack a release to see that they do."""

from __future__ import annotations

from aimline_analytics.disclosure.attack import Attack, attack
from aimline_analytics.disclosure.suppression import Release, release

__all__ = ["Attack", "Release", "attack", "release"]
