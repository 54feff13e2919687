from __future__ import annotations

from django.urls import path, register_converter

from aimline.students.codes import code_of, id_of
from aimline.web.students import linking, views


class StudentConverter:
    """What is no code of an id leads nowhere, as an unknown student does."""

    regex = "[A-Za-z0-9_-]+"
    to_python = staticmethod(id_of)
    to_url = staticmethod(code_of)


register_converter(StudentConverter, "student")

app_name = "students"
urlpatterns = [
    path("", views.students, name="list"),
    path("<uuid:source_id>/<student:student>/", views.show, name="show"),
    path("roster/<uuid:person_id>/", linking.roster, name="roster"),
    path("roster/links/<uuid:roster_link_id>/end/", linking.end, name="end_link"),
]
