"""Accounts and tokens, for those who run an installation."""

from __future__ import annotations

from typing import TextIO

import click
from django.db import transaction

from aimline.access.actions import grants, people, tokens
from aimline.access.roles import Role
from aimline.access.tokens import new_secret
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.people.operator import operator


@click.group()
def user() -> None:
    """Accounts of people.

    Example: aimline user create dana@example.org --name "Dana Okafor" --role district_leader --unit PA
    """


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="As colleagues write it.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option(
    "--unit", "code", required=True, metavar="CODE", help="The unit where the role holds, and below."
)
@click.option(
    "--password-file", type=click.File(encoding="utf-8"), help="A file whose first line is the password."
)
def create(email: str, name: str, role: str, code: str, password_file: TextIO | None) -> None:
    """Make an account with one role at one unit.

    Without a password the person signs in through your single sign-on, or asks for a password by e-mail.

    Example: aimline user create dana@example.org --name "Dana Okafor" --role district_leader --unit PA
    """
    boss, given = operator(), Role(role)
    with transaction.atomic():
        unit = unit_named(code)
        person = people.register(unit, boss, name=name, title=str(given.label), email=email)
        grants.grant(unit, boss, to=person, role=given)
        if password_file:
            people.set_password(person, boss, password=password_file.readline().rstrip("\r\n"))
    click.echo(person.email)


@click.group()
def token() -> None:
    """Tokens, with which a program acts for a person.

    Example: aimline token create dana@example.org --label "Nightly export"
    """


@token.command("create")
@click.argument("email")
@click.option("--label", required=True, help="What the token is for; shown in the person's settings.")
def create_token(email: str, label: str) -> None:
    """Make a token and print it. It is shown this once.

    Example: aimline token create dana@example.org --label "Nightly export"
    """
    person = Person.objects.filter(email__iexact=email, is_active=True).first()
    if person is None:
        raise click.BadParameter(f"nobody here has the address {email}.", param_hint="EMAIL")
    secret = new_secret()
    tokens.make_token(person, operator(), label=label, secret=secret)
    click.echo(secret)


def unit_named(code: str) -> Unit:
    """Return the open unit with this code; wrong usage when there is none, or one in each of several trees."""
    found = list(Unit.objects.current().filter(code=code)[:2])
    if len(found) != 1:
        problem = "is the code of several units" if found else "is the code of no unit here"
        raise click.BadParameter(f"{code} {problem}.", param_hint="--unit")
    return found[0]
