"""A desk for tests of OneRoster: a small sound package, written with changes and loaded at Port Alder."""

from __future__ import annotations

import csv
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from aimline.imports.pipeline import Options, load_oneroster
from aimline.imports.report import Problem, Report
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.students import lake
from tests.world import World

# Version 1.2, without what a bulk file leaves blank: one district, two schools, two teachers, three students.
SMALL = {
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
    "d,,,Port Alder,district,PA,\ns1,,,Kelp,school,PA-KELP,d\ns2,,,Juniper,school,PA-JUN,d\n",
    "academicSessions": "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear\n"
    "y,,,2026-27,schoolYear,2026-08-17,2027-06-11,,2027\nt1,,,Fall,term,2026-08-17,2026-12-18,y,2027\n",
    "courses": "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,"
    'subjectCodes\nc1,,,y,Reading,R3,"03,04",s1,Reading,\n',
    "classes": "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
    "schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\n"
    'k1,,,Reading 3A,03,c1,3A,homeroom,,s1,"y,t1",,,1\nk2,,,Reading 4,04,c1,4,scheduled,,s2,t1,,,2\n',
    "users": "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,"
    "preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\n"
    "u1,,,true,ana,{SIS:1},Ana,Abel,,L1,,,,p1,03,Canary-1,,,,,s1,\n"
    "u2,,,true,ben,,Ben,Bo,,L2,,,,,03,Canary-2,,,,,,\n"
    "u3,,,true,cyd,,Cyd,Cole,,L3,,,,,04,,,,,,,\n"
    "w1,,,true,wes,,Wes,Ward,,,,,,,,,,,,,s1,\n"
    "w2,,,true,xia,,Xia,Young,,,,,,,,,,,,,,\n"
    "p1,,,true,par,,Pat,Abel,,,pat@example.org,,,,,,,,,,,\n",
    "roles": "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,"
    "userProfileSourcedId\n"
    "r1,,,u1,primary,student,2026-08-17,,s1,\nr2,,,u2,primary,student,2026-08-17,,s1,\n"
    "r3,,,u3,primary,student,,,s2,\nr4,,,w1,primary,teacher,,,s1,\nr5,,,w1,secondary,siteAdministrator,,,s2,\n"
    "r6,,,w2,primary,teacher,,,s2,\nr7,,,p1,primary,parent,,,s1,\n",
    "enrollments": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
    "beginDate,endDate\n"
    "e1,,,k1,s1,u1,student,,2026-08-17,\ne2,,,k1,s1,u2,student,,2026-08-17,\ne3,,,k2,s2,u3,student,,,\n"
    "e4,,,k1,s1,w1,teacher,true,,\ne5,,,k2,s2,w2,teacher,true,,\n",
    "demographics": "sourcedId,status,dateLastModified,birthDate,sex,americanIndianOrAlaskaNative,asian,"
    "blackOrAfricanAmerican,nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,"
    "hispanicOrLatinoEthnicity,countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus\n"
    "u1,,,2018-02-03,female,false,true,false,false,true,false,false,US,WA,Port Alder,\n"
    "u2,,,2018-05-06,male,,,,,,,true,,,,\n",
    "categories": "sourcedId,status,dateLastModified,title,weight\ng1,,,Quizzes,40\n",
    "lineItems": "sourcedId,status,dateLastModified,title,description,assignDate,dueDate,classSourcedId,"
    "categorySourcedId,academicSessionSourcedId,resultValueMin,resultValueMax,schoolSourcedId\n"
    "l1,,,Quiz 1,,2026-09-01,2026-09-08,k1,g1,t1,0,10,s1\n",
    "results": "sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,"
    "comment,textScore,classSourcedId,inProgress,incomplete,late,missing\n"
    "x1,,,l1,u1,fully graded,9.5,2026-09-08,Well done,A,k1,false,false,true,false\n"
    "x2,,,l1,u2,not submitted,,2026-09-08,,,k1,false,false,false,true\n",
}


class RosterDesk:
    def __init__(self, folder: Path, unit: Unit, person: Person) -> None:
        self.folder, self.unit, self.person = folder, unit, person

    def package(
        self,
        files: dict[str, str] | None = None,
        *,
        modes: dict[str, str] | None = None,
        facts: dict[str, str] | None = None,
    ) -> Path:
        """Write a package: the small one with these files in place of its own; a blank text leaves one out."""
        content = {**SMALL, **(files or {})}
        content = {name: text for name, text in content.items() if text}
        told = {f"file.{name}": (modes or {}).get(name, "bulk") for name in content}
        said = {"manifest.version": "1.0", "oneroster.version": "1.2", **told, **(facts or {})}
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        lines = [f"{name},{value}" for name, value in said.items() if value != "none"]
        (self.folder / "manifest.csv").write_text("propertyName,value\n" + "\n".join(lines) + "\n")
        for name, text in content.items():
            (self.folder / f"{name}.csv").write_text(text)
        return self.folder

    def load(self, path: Path | None = None, **options: Any) -> Report:
        return load_oneroster(path or self.package(), self.unit, self.person, Options(**options)).report

    def deliver(
        self, files: dict[str, str] | None = None, *, modes: dict[str, str] | None = None, **options: Any
    ) -> Report:
        return self.load(self.package(files, modes=modes), **options)

    def delta(self, files: dict[str, str], **options: Any) -> Report:
        """Load these files alone, as changes."""
        left_out = dict.fromkeys(SMALL, "")
        return self.load(self.package({**left_out, **files}, modes=dict.fromkeys(files, "delta")), **options)


def rows(table: str, *columns: str, ended: bool = False, **facts: Any) -> list[Any]:
    """Rows that are held, sorted: one column as values, several as tuples."""
    frame = lake.collect(lake.scan(table, include_ended=ended, **facts)).select(columns).sort(columns)
    found = frame.rows()
    return [row[0] for row in found] if len(columns) == 1 else found


def codes(report: Report, severity: str = "error") -> list[tuple[str, int, str, str]]:
    """File, line, column and code of the problems of one severity."""
    return [
        (problem.file, problem.line, problem.column, problem.code)
        for problem in report.problems
        if problem.severity == severity
    ]


def problem_of(report: Report, code: str) -> Problem:
    (problem,) = [problem for problem in report.problems if problem.code == code]
    return problem


def counts(report: Report, entity: str) -> dict[str, int]:
    """The counts of one kind of record, without noughts."""
    totals: dict[str, int] = {}
    for (_file, name), tally in report.tallies.items():
        if name == entity:
            for key in ("read", "created", "updated", "unchanged", "deactivated", "rejected", "skipped"):
                totals[key] = totals.get(key, 0) + getattr(tally, key)
    return {key: count for key, count in totals.items() if count}


def changed(name: str, *replacements: tuple[str, str]) -> dict[str, str]:
    """One file of the small package with some of its text replaced."""
    text = SMALL[name]
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new)
    return {name: text}


def lines_of(path: Path) -> int:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return sum(1 for _row in csv.reader(file)) - 1


def zipped(target: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target


@pytest.fixture
def roster(world: World, settings: Any, tmp_path: Path) -> RosterDesk:
    settings.LAKE_URL = f"duckdb://{tmp_path / 'lake'}"
    return RosterDesk(tmp_path / "package", world.port_alder, world.dana)
