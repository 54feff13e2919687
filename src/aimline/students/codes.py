"""A student's id in an address: any text a system may use as an id, written with letters that addresses hold."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode


def code_of(id: str) -> str:
    return urlsafe_b64encode(id.encode()).decode().rstrip("=")


def id_of(code: str) -> str:
    """Return the id that a code stands for; raises `ValueError` for what is no code."""
    id = urlsafe_b64decode(code + "=" * (-len(code) % 4)).decode()
    if code_of(id) != code:
        raise ValueError(code)
    return id
