"""One person at the pages of instruments."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from aimline.people.models import Person


class Desk:
    def __init__(self, person: Person) -> None:
        self.client = Client()
        self.client.force_login(person)

    def get(self, name: str, *args: object, status: int = 200, query: str = "") -> str:
        response = self.client.get(reverse(f"instruments:{name}", args=args) + query)
        assert response.status_code == status
        return str(response.content.decode())

    def post(self, address: str, /, *args: object, status: int = 302, **sent: Any) -> HttpResponse:
        response = self.client.post(reverse(f"instruments:{address}", args=args), sent)
        assert response.status_code == status, response.content.decode()[-3000:]
        return response  # type: ignore[return-value]


def key_in(address: str) -> str:
    """The key of the part that an address leads to."""
    return address.partition("#")[0].rstrip("/").rpartition("/")[2]
