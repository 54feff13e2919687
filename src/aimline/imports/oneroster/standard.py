"""OneRoster as data: the files of versions 1.1 and 1.2, their columns, and what each column must hold.

A line of words says it all: `classSourcedId*>classes!` is a column that the standard requires, that refers to a class,
and without which the record means nothing; `:date` says what kind of value it is, `=role` which list of values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from aimline.imports.oneroster.words import squeezed


class Kind(StrEnum):
    KEY = "key"
    TEXT = "text"
    LIST = "list"
    DATE = "date"
    STAMP = "stamp"
    YEAR = "year"
    NUMBER = "number"
    FLAG = "flag"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind = Kind.TEXT
    # The standard wants a value; only where `needed` the record means nothing without it.
    required: bool = False
    needed: bool = False
    # The noun it refers to, and the list its values come from.
    refers: str = ""
    codes: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """One file of a package. `noun` is what its records are, where several files hold the same."""

    name: str
    columns: Mapping[str, Column]
    noun: str = ""
    # Columns the id is made from in files that have no sourcedId.
    made_of: tuple[str, ...] = ()
    # What the file does not say because it goes without saying there.
    fixed: Mapping[str, str] = field(default_factory=dict)
    # Other names of columns, without anything but letters and digits.
    aliases: Mapping[str, str] = field(default_factory=dict)
    # Dates are written 8/28/2026, or 28/8/2026 where that alone fits the whole column.
    slashed: bool = False

    @property
    def of(self) -> str:
        return self.noun or self.name


# The column that names each record.
KEY = "sourcedId"
STATUS = "status=status dateLastModified:stamp"
FILES_12 = {
    "orgs": "name* type*=org identifier parentSourcedId>orgs",
    "academicSessions": "title* type*=session startDate*:date endDate*:date parentSourcedId>academicSessions "
    "schoolYear*:year",
    "courses": "schoolYearSourcedId>academicSessions title* courseCode grades:list orgSourcedId*>orgs subjects:list "
    "subjectCodes:list",
    "classes": "title* grades:list courseSourcedId*>courses classCode classType*=class location "
    "schoolSourcedId*>orgs termSourcedIds*:list>academicSessions subjects:list subjectCodes:list periods:list",
    "users": "enabledUser*:flag username* userIds:list givenName* familyName* middleName identifier email sms phone "
    "agentSourcedIds:list>users grades:list userMasterIdentifier preferredGivenName preferredMiddleName "
    "preferredFamilyName primaryOrgSourcedId>orgs pronouns",
    "roles": "userSourcedId*>users! roleType*=roleType role*=role beginDate:date endDate:date orgSourcedId*>orgs "
    "userProfileSourcedId",
    "enrollments": "classSourcedId*>classes! schoolSourcedId*>orgs userSourcedId*>users! role*=enrollment "
    "primary:flag beginDate:date endDate:date",
    "demographics": "birthDate:date sex=sex americanIndianOrAlaskaNative:flag asian:flag "
    "blackOrAfricanAmerican:flag nativeHawaiianOrOtherPacificIslander:flag white:flag "
    "demographicRaceTwoOrMoreRaces:flag hispanicOrLatinoEthnicity:flag countryOfBirthCode stateOfBirthAbbreviation "
    "cityOfBirth publicSchoolResidenceStatus",
    "categories": "title* weight:number",
    "lineItems": "title* description assignDate*:date dueDate*:date classSourcedId*>classes "
    "categorySourcedId*>categories academicSessionSourcedId*>academicSessions resultValueMin:number "
    "resultValueMax:number schoolSourcedId*>orgs",
    "results": "lineItemSourcedId*>lineItems! studentSourcedId*>users! scoreStatus*=score score:number "
    "scoreDate*:date comment textScore classSourcedId>classes inProgress:flag incomplete:flag late:flag missing:flag",
    "scoreScales": "title* type* orgSourcedId*>orgs courseSourcedId*>courses classSourcedId*>classes scoreScaleValue*",
    "lineItemScoreScales": "title* lineItemSourcedId*>lineItems scoreScaleSourcedId*>scoreScales",
    "resultScoreScales": "title* resultSourcedId*>results scoreScaleSourcedId*>scoreScales",
    "lineItemLearningObjectiveIds": "lineItemSourcedId*>lineItems source*=objective learningObjectiveId*",
    "resultLearningObjectiveIds": "resultSourcedId*>results source*=objective learningObjectiveId* score:number "
    "textScore",
}
# Where 1.1 differs. Columns it does not know may still be there: files claim one version and look like the other.
FILES_11 = {
    "users": "enabledUser*:flag orgSourcedIds*:list>orgs role*=role username* userIds:list givenName* familyName* "
    "middleName identifier email sms phone agentSourcedIds:list>users grades:list",
    "lineItems": "title* description assignDate*:date dueDate*:date classSourcedId*>classes "
    "categorySourcedId*>categories gradingPeriodSourcedId*>academicSessions resultValueMin*:number "
    "resultValueMax*:number",
    "results": "lineItemSourcedId*>lineItems! studentSourcedId*>users! scoreStatus*=score score*:number "
    "scoreDate*:date comment",
}
# Recognised, and not kept.
LEFT_ASIDE = ("userProfiles", "resources", "classResources", "courseResources", "userResources")
ALL_FILES = (*FILES_12, *LEFT_ASIDE)
_NEW_IN_12 = {
    "roles",
    "userProfiles",
    "scoreScales",
    "lineItemScoreScales",
    "resultScoreScales",
    "lineItemLearningObjectiveIds",
    "resultLearningObjectiveIds",
    "userResources",
}
FILES_OF = {
    "1.1": tuple(name for name in ALL_FILES if name not in _NEW_IN_12),
    "1.2": ALL_FILES,
}

CODES: dict[str, tuple[str, ...]] = {
    "status": ("active", "tobedeleted"),
    "org": ("department", "school", "district", "local", "state", "national"),
    "session": ("gradingPeriod", "semester", "schoolYear", "term"),
    "class": ("homeroom", "scheduled"),
    "role": (
        "administrator",
        "aide",
        "counselor",
        "districtAdministrator",
        "guardian",
        "parent",
        "principal",
        "proctor",
        "relative",
        "siteAdministrator",
        "student",
        "systemAdministrator",
        "teacher",
    ),
    "roleType": ("primary", "secondary"),
    "enrollment": ("administrator", "proctor", "student", "teacher"),
    "sex": ("male", "female", "unspecified", "other"),
    "score": ("exempt", "fully graded", "not submitted", "partially graded", "submitted"),
    "objective": ("case", "unknown"),
}
# Lists that the standard lets nobody add to.
CLOSED = frozenset({"roleType", "status"})

# Older names, and misspellings met in real files.
_ALIASES = {
    "": {"datalastmodified": "dateLastModified", "lastmodified": "dateLastModified"},
    "users": {
        "prefferedgivenname": "preferredGivenName",
        "prefferedmiddlename": "preferredMiddleName",
        "prefferedfamilyname": "preferredFamilyName",
        "preferedgivenname": "preferredGivenName",
        "grade": "grades",
        "userid": "userIds",
        "agents": "agentSourcedIds",
        "orgsourcedid": "orgSourcedIds",
    },
    "courses": {"grade": "grades", "subject": "subjects", "code": "courseCode"},
    "classes": {
        "grade": "grades",
        "subject": "subjects",
        "code": "classCode",
        "orgsourcedid": "schoolSourcedId",
        "sessionsourcedids": "termSourcedIds",
        "termsourcedid": "termSourcedIds",
    },
    "roles": {"isprimary": "roleType", "rolestartdate": "beginDate", "roleenddate": "endDate"},
    "enrollments": {"orgsourcedid": "schoolSourcedId"},
    "demographics": {
        "usersourcedid": "sourcedId",
        "birthdate": "birthDate",
        "birthcity": "cityOfBirth",
        "birthstate": "stateOfBirthAbbreviation",
        "birthcountry": "countryOfBirthCode",
    },
}
# Columns that School Data Sync adds.
_BESIDES = {
    "roles": "grade sessionSourcedId>academicSessions",
    "demographics": "raceCodes:list ethnicityCodes:list",
}
# How a key is made where files that look like OneRoster have none.
_MADE_OF = {
    "roles": ("userSourcedId", "orgSourcedId", "role", "beginDate"),
    "enrollments": ("classSourcedId", "userSourcedId", "role"),
}


@cache
def entities(version: str) -> Mapping[str, Entity]:
    """Return the files of a version that are kept, those first that others refer to."""
    return MappingProxyType({name: _entity(name, version) for name in FILES_12})


def _entity(name: str, version: str) -> Entity:
    columns = {column.name: column for column in parsed(_key(name))}
    columns |= {column.name: column for column in parsed(STATUS)}
    first, second = FILES_12[name], FILES_11.get(name, FILES_12[name])
    own, other = (second, first) if version == "1.1" else (first, second)
    columns |= {column.name: column for column in parsed(own)}
    besides = (*parsed(other), *parsed(_BESIDES.get(name, "")))
    columns |= {
        column.name: replace(column, required=False) for column in besides if column.name not in columns
    }
    aliases = _ALIASES[""] | _ALIASES.get(name, {})
    return Entity(name, MappingProxyType(columns), made_of=_MADE_OF.get(name, ()), aliases=aliases)


def _key(name: str) -> str:
    # The record of a user's demographics has the id of that user.
    return "sourcedId*:key>users!" if name == "demographics" else "sourcedId*:key"


def parsed(words: str) -> tuple[Column, ...]:
    return tuple(_column(word) for word in words.split())


def _column(word: str) -> Column:
    word, needed = word.removesuffix("!"), word.endswith("!")
    word, _gt, refers = word.partition(">")
    word, _equals, codes = word.partition("=")
    word, _colon, kind = word.partition(":")
    name = word.removesuffix("*")
    found = Kind(kind) if kind else Kind.CODE if codes else Kind.TEXT
    return Column(name, found, word.endswith("*"), needed, refers, codes)


def named(stem: str) -> str:
    """Return the standard's name for a file of this name; blank where it has none."""
    return _NAMES.get(squeezed(stem), "")


_NAMES = {squeezed(name): name for name in (*ALL_FILES, "manifest")}
