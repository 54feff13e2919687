"""What looks like OneRoster and is not: the layouts of School Data Sync, read onto the same records.

Version 2 has OneRoster's names with fewer columns; `standard` knows those. Version 1 has files and columns of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from aimline.imports.oneroster.standard import Entity, parsed
from aimline.imports.oneroster.words import squeezed


def _entity(
    name: str,
    noun: str,
    columns: str,
    aliases: str,
    fixed: Mapping[str, str] = MappingProxyType({}),
    made_of: tuple[str, ...] = (),
) -> Entity:
    found = {column.name: column for column in parsed(f"{columns} status=status")}
    named = {old: new for old, _equals, new in (pair.partition("=") for pair in aliases.split())}
    return Entity(name, MappingProxyType(found), noun, made_of, fixed, named, slashed=True)


_PERSON = "orgSourcedIds*:list>orgs username givenName* middleName familyName* email identifier"
_PERSON_WAS = (
    "sisid=sourcedId id=sourcedId schoolsisid=orgSourcedIds schooldfenumber=orgSourcedIds firstname=givenName "
    "lastname=familyName secondaryemail=email studentnumber=identifier teachernumber=identifier grade=grades"
)
_ROSTER_WAS = "sectionsisid=classSourcedId sectionid=classSourcedId sisid=userSourcedId id=userSourcedId"
_ROSTER = "classSourcedId*>classes! userSourcedId*>users!"
_ROSTER_KEY = ("classSourcedId", "userSourcedId", "role")

_ALL = (
    _entity(
        "School",
        "orgs",
        "sourcedId*:key name* identifier",
        "sisid=sourcedId dfenumber=sourcedId schoolnumber=identifier",
        {"type": "school"},
    ),
    _entity(
        "Section",
        "classes",
        "sourcedId*:key schoolSourcedId*>orgs title* classCode termSourcedIds termTitle termStart:date "
        "termEnd:date courseSourcedId courseTitle courseCode courseDescription subjects:list periods:list",
        "sisid=sourcedId id=sourcedId schoolsisid=schoolSourcedId schooldfenumber=schoolSourcedId "
        "sectionname=title sectionnumber=classCode termsisid=termSourcedIds termname=termTitle "
        "termstartdate=termStart termenddate=termEnd coursesisid=courseSourcedId coursename=courseTitle "
        "coursenumber=courseCode coursesubject=subjects",
    ),
    _entity(
        "Student",
        "users",
        f"sourcedId*:key {_PERSON} grades:list birthDate:date",
        _PERSON_WAS,
        {"role": "student"},
    ),
    _entity("Teacher", "users", f"sourcedId*:key {_PERSON}", _PERSON_WAS, {"role": "teacher"}),
    _entity(
        "StudentEnrollment", "enrollments", _ROSTER, _ROSTER_WAS, {"role": "student"}, made_of=_ROSTER_KEY
    ),
    _entity("TeacherRoster", "enrollments", _ROSTER, _ROSTER_WAS, {"role": "teacher"}, made_of=_ROSTER_KEY),
)
# Beside the files of version 1, a file that version 2 adds to the standard's.
FLAGS = _entity(
    "userFlags", "userFlags", "userSourcedId*>users! flag*", "", made_of=("userSourcedId", "flag")
)
ENTITIES: dict[str, Entity] = {entity.name: entity for entity in (*_ALL, FLAGS)}
LEFT_ASIDE = ("relationships",)
_NAMES = {squeezed(name): name for name in (*ENTITIES, *LEFT_ASIDE)}


def named(stem: str) -> str:
    """Return School Data Sync's name for a file of this name; blank where it has none."""
    return _NAMES.get(squeezed(stem), "")
