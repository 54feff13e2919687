"""Asking for pages of reviews and sending their forms."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse


def at(name: str, *ids: object) -> str:
    return reverse(f"reviews:{name}", args=[getattr(one, "pk", one) for one in ids])


def text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return str(response.content.decode())


def send(client: Client, address: str, status: int = 302, **facts: Any) -> str:
    response = client.post(address, facts)
    assert response.status_code == status, response.content.decode()[:2000]
    return str(response.content.decode()) if status != 302 else str(response["Location"])
