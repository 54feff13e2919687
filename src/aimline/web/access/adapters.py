"""How sign-in meets people: accounts are made by those who run a place, never by whoever comes by."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from aimline.people.models import Person


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "This e-mail and this password do not belong together. Check both, or ask for a new password."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return subject

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing on signing in or out: the page that follows says it."""


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Person:
        """Take over the address alone: a person has one name here, given by those who know them."""
        person: Person = sociallogin.user
        person.email = data.get("email")
        return person

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Join the district's identity to the person with that verified address; refuse everyone else in words."""
        if sociallogin.is_existing:
            return
        person = _person_with(_verified_addresses(sociallogin))
        if person is None:
            page = render(request, "access/unknown.html", {"email": sociallogin.user.email}, status=403)
            raise ImmediateHttpResponse(page)
        sociallogin.connect(request, person)


def _verified_addresses(sociallogin: SocialLogin) -> list[str]:
    return [address.email for address in sociallogin.email_addresses if address.verified]


def _person_with(addresses: list[str]) -> Person | None:
    for address in addresses:
        if person := Person.objects.filter(email__iexact=address, is_active=True).first():
            return person
    return None
