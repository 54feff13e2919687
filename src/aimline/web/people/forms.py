from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from aimline.access.roles import Role
from aimline.core.ids import uuid7
from aimline.people.models import Person, TeamKind, TeamRole
from aimline.web.inputs import DateField


class RegisterForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    name = forms.CharField(label=_("Name"), max_length=200)
    title = forms.CharField(label=_("Post"), max_length=120, help_text=_("For example: Grade 3 teacher."))
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("Leave it blank for someone who will not sign in.")
    )
    role = forms.ChoiceField(label=_("Role here"), required=False)

    def __init__(self, *args: object, roles: Iterable[Role], **facts: object) -> None:
        super().__init__(*args, **facts)  # type: ignore[arg-type]
        _offer(self, roles, _("No role: they will not see anything"))


class GrantForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), error_messages={"required": _("Choose the role to give.")})
    ends_on = DateField(label=_("Until"), required=False, help_text=_("Leave it blank if it has no end."))

    def __init__(self, *args: object, roles: Iterable[Role], **facts: object) -> None:
        super().__init__(*args, **facts)  # type: ignore[arg-type]
        _offer(self, roles, _("Choose a role"))


def _offer(form: forms.Form, roles: Iterable[Role], none: object) -> None:
    # The first role of the list is the mightiest: nobody should give it by not looking.
    given = [("", none), *((role.value, role.label) for role in roles)]
    cast("forms.ChoiceField", form.fields["role"]).choices = given


class TeamForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind of team"), choices=TeamKind.choices)


class JoinForm(forms.Form):
    member = forms.ModelChoiceField(
        label=_("Person"), queryset=Person.objects.none(), empty_label=_("Choose a person")
    )
    role = forms.ChoiceField(label=_("Role in the team"), choices=TeamRole.choices, initial=TeamRole.MEMBER)

    def __init__(self, *args: object, people: QuerySet[Person], **facts: object) -> None:
        super().__init__(*args, **facts)  # type: ignore[arg-type]
        cast("forms.ModelChoiceField[Person]", self.fields["member"]).queryset = people
