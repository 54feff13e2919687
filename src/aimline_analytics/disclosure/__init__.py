"""Disclosure control: hide small counts so that they stay hidden, and attack a release to see that they do."""

from __future__ import annotations

from aimline_analytics.disclosure.attack import Attack, attack
from aimline_analytics.disclosure.suppression import Given, Release, Unprotected, release

__all__ = ["Attack", "Given", "Release", "Unprotected", "attack", "release"]
