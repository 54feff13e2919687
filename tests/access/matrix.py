"""Who may open and do what: every address and API operation, asked for by every role, from near and from far.

`matrix.csv` holds what is meant to be, one row for each address and method. A cell has three words: what the role gets
when it is held at the place itself (or above it), at another school, and in another district: yes, no (a refusal, or
as if it were not there) or in (asked to sign in). A dash: nobody may use this method there. With WRITE_MATRIX=yes in
the environment the tests write the table as things are.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from aimline.access.actions import grants, people, tokens
from aimline.access.models import Grant, Token
from aimline.access.roles import Role
from aimline.access.tokens import new_secret
from aimline.core.models import Job, Record
from aimline.frameworks import actions as frameworks
from aimline.frameworks.models import Published
from aimline.frameworks.parts import Part
from aimline.frameworks.planning import plan
from aimline.growth.models import GrowthRun, TeamResult
from aimline.instruments.actions import building, collecting
from aimline.instruments.models import Collection, Edition, Instrument, Promise, Response
from aimline.measures import actions as measures
from aimline.measures.models import Measure, Series
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reports.review.content import compose
from aimline.reviews.actions import coding, judging, planning, reporting, sampling, theming, voices, voting
from aimline.reviews.models import FindingKind, Origin, Review, ReviewRole, Who
from aimline.reviews.models import Source as Seen
from aimline.reviews.sampling import Class
from aimline.students.models import RosterLink, Source
from aimline.theory import actions as theories
from aimline.theory.models import DriverLevel
from tests.api.operations import FILE, OPERATIONS, Operation, filled
from tests.api.setting import TODAY, Field, send

TABLE = Path(__file__).with_name("matrix.csv")
RELATIONS = ("own", "other_school", "other_district")
ABOVE_ALL = {Role.SYSTEM_ADMIN, Role.STATE_LEAD}
DISTRICT_ROLES = {Role.DISTRICT_LEADER, Role.ANALYST, Role.FACILITATOR, Role.GUEST}
METHODS = ("GET", "POST")
# What stands in an address where no record is named.
WORDS = {
    "kind": "chart",
    "suffix": "svg",
    "column": "primary",
    "key": "nothing",
    "recipe_key": "enrollment",
    "uidb36": "1",
    "pk": "1",
    "provider_id": "none",
    "after": "1",
    "item": "visits",
}


@dataclass(frozen=True, slots=True)
class Address:
    route: str
    method: str
    operation: Operation | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


class Asker(Client):
    """A client that leaves the pages it gets unread and keeps no cookies but those it began with."""

    def request(self, **request: Any) -> HttpResponseBase:
        return self.handler(self._base_environ(**request))


@dataclass
class Crowd:
    """Every role near and far, each signed in and with a token, and the records they ask for."""

    field: Field
    people: dict[tuple[str, str], Person]
    clients: dict[tuple[str, str], Client]
    secrets: dict[tuple[str, str], str]
    # Asks the API for everyone: a program holds no session, only the token it shows.
    program: Client


def addresses() -> list[Address]:
    """Every page with each method a browser sends, and every operation of the API."""
    pages = [Address(route, method) for route in sorted(set(_routes(get_resolver()))) for method in METHODS]
    operations = [Address(f"api/v1{each.path}", each.method, each) for each in OPERATIONS]
    return pages + operations


def _routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, route)
        elif isinstance(entry, URLPattern) and not route.startswith("api/v1"):
            yield route


def gather(field: Field) -> Crowd:
    """Bring everyone together: each role at Kelp or above it, at Juniper, and in Three Forks."""
    world = field.world
    _add_records(field)
    crowd = Crowd(field, {}, {}, {}, Asker())
    for role in Role:
        for relation, unit in _units(role, field).items():
            person = people.register(unit, world.operator, name=f"{role.label} {relation}", title=role.label)
            grants.grant(unit, world.operator, to=person, role=role)
            secret = new_secret()
            tokens.make_token(person, person, label="matrix", secret=secret)
            client = Asker()
            client.force_login(person)
            _stand(client, unit)
            key = (str(role), relation)
            crowd.people[key], crowd.clients[key], crowd.secrets[key] = person, client, secret
    crowd.clients["anonymous", "own"] = Asker()
    return crowd


def _stand(client: Client, unit: Unit) -> None:
    """Choose the place, as somebody who has worked here before has."""
    session = client.session
    session["place"] = str(unit.pk)
    session.save()


def _units(role: Role, field: Field) -> dict[str, Unit]:
    world = field.world
    if role in ABOVE_ALL:
        return {"own": world.state}
    if role in DISTRICT_ROLES:
        return {"own": world.port_alder, "other_school": world.juniper, "other_district": world.three_forks}
    return {"own": world.kelp, "other_school": world.juniper, "other_district": world.bitter_creek}


def _add_records(field: Field) -> None:
    """What the pages name and the API does not: all of it at Kelp."""
    world, priya = field.world, field.world.priya
    theory = theories.start_theory(
        world.kelp, priya, title="How Kelp reads", what="Reading", for_whom="everyone"
    )
    driver = theories.add_driver(theory, priya, level=DriverLevel.PRIMARY, name="Practice")
    idea = theories.add_idea(theory, priya, name="Read aloud", serves=[driver])
    balancing = theories.add_balancing(theory, priya, measure=Measure.objects.get(pk=field.ids["measure"]))
    field.keep(page_theory=theory, page_driver=driver, page_idea=idea, page_balancing=balancing)
    field.keep(page_upload=send(field, world.kelp))
    field.keep(**_published(field))
    field.keep(grant=Grant.objects.get(person=world.tess), token=Token.objects.get(person=world.tess))
    field.keep(roster_link=_tie(field), counted=_counted(world.kelp, priya))
    field.keep(**_growth(field), **_asked(field))
    field.keep(**_reviewed(field))
    field.keep(job=Job.objects.create(task="none", state="failed"))


def _published(field: Field) -> dict[str, Published]:
    parts = [Part("CFDocument", "doc", {"title": "What good lessons look like"})]
    parts.append(Part("CFRubric", "rubric", {"title": "Students think and talk"}))
    laid = plan(field.world.kelp, "case", parts)
    frameworks.keep_framework(field.world.kelp, field.world.priya, plan=laid)
    return {"framework": laid.framework, "rubric": laid.rows["CFRubric"]["rubric"]}


def _asked(field: Field) -> dict[str, Instrument | Edition | Collection | Response]:
    """An instrument with a collection under the promise of names, open, and one answer to it."""
    world, priya = field.world, field.world.priya
    instrument = building.take_up(world.kelp, priya, key="staff-climate")
    facts = {"promise": Promise.NAMED, "open_link": False, "opens_on": TODAY, "closes_on": TODAY}
    collection = collecting.plan(world.kelp, priya, instrument=instrument, name="Staff in fall", **facts)
    collecting.ask(collection, priya, people=[world.tess])
    collecting.open_collection(collection, priya)
    response = Response.objects.create(
        collection=collection, key="0" * 64, person=world.tess, language="en", finished_on=TODAY
    )
    field.words["code"] = collection.code
    edition = instrument.editions.get()
    return {"instrument": instrument, "edition": edition, "collection": collection, "response": response}


def _reviewed(field: Field) -> dict[str, Record]:
    """A snapshot with a finding on one piece of evidence, and a recommendation that answers it."""
    world, priya = field.world, field.world.priya
    words = {"name": "Reading", "purpose": "What is true?", "starts_on": TODAY}
    review = planning.plan_review(world.kelp, priya, template_key="snapshot", **words)
    evidence = judging.add_evidence(review, priya, source=Seen.CLASSROOMS, text="Two of six pairs talked.")
    finding = judging.write_finding(review, priya, kind=FindingKind.GAP, text="Few talk")
    judging.use_evidence(finding, priya, evidence=evidence)
    advice = judging.recommend(review, priya, findings=[finding], text="Talk in pairs first")
    return {
        **_voted(field, review),
        **_reported(field, review),
        **_drawn(field, review),
        **_heard(field, review),
        "review": review,
        "step": review.steps.all()[0],
        "member": review.members.get(person=priya),
        "request": review.documentrequests.all()[0],
        "evidence": evidence,
        "finding": finding,
        "recommendation": advice,
    }


def _drawn(field: Field, review: Review) -> dict[str, Record]:
    """Two lessons, of which whoever leads sees one."""
    rooms = [Class("Room 1", "Kelp Elementary"), Class("Room 2", "Kelp Elementary")]
    plan = sampling.Plan(classes=rooms, origin=Origin.TYPED, strata=[], size=1)
    sample = sampling.draw_sample(review, field.world.priya, plan=plan)
    visit = sample.visits.get()
    return {"sample": sample, "visit": visit, "observer": visit.observers.get()}


def _reported(field: Field, review: Review) -> dict[str, Record]:
    """A version that is out for comment, with a comment; nobody but those on the review reads it."""
    priya = field.world.priya
    report = reporting.write_report(
        review, priya, summary="Few talk.", for_families={"en": "In few rooms students talk."}
    )
    content = compose(review)
    reporting.share_draft(report, priya, content=content)
    return {"report": report, "comment": reporting.comment(report, priya, text="Which rooms?")}


def _heard(field: Field, review: Review) -> dict[str, Record]:
    """A conversation that the two of the team have coded, and a theme. Everybody who asks is outside that team."""
    world, priya = field.world, field.world.priya
    planning.add_member(review, priya, member=world.finn, role=ReviewRole.INTERVIEWER)
    pair = [review.members.get(person=person) for person in (priya, world.finn)]
    facts = {"who": Who.TEACHER, "number": 1, "day": TODAY, "consented_on": TODAY, "held_by": priya}
    talk = voices.note_conversation(pair[0], priya, **facts)
    voices.write_down(pair[0], priya, conversation=talk, text="Nobody came since.")
    code = coding.name_code(pair[0], priya, name="Coaching reach", definition="Who is visited.")
    excerpt = talk.excerpts.get()
    for member in pair:
        marks = {excerpt.pk: [code.pk]}
        coding.code_conversation(member, member.person, conversation=talk, marks=marks, done=True)
    theme = theming.name_theme(pair[0], priya, name="Few are visited", codes=[code])
    return {"talk": talk, "coded": code, "excerpt": excerpt, "theme": theme}


def _voted(field: Field, review: Review) -> dict[str, Record]:
    """A vote whose first row is open to all."""
    world, priya = field.world, field.world.priya
    edition = building.take_up(world.kelp, priya, key="district-capacity").editions.get()
    ballot = voting.open_ballot(review, priya, edition=edition, leader_votes=True)
    turn = voting.open_round(ballot, priya, item="match", after=0)
    seat = voting.cast_vote(
        review.members.get(person=priya), priya, ballot=ballot, round_id=turn.pk, level="1"
    )
    return {"ballot": ballot, "seat": seat, "round": voting.reveal(ballot, priya, round_id=turn.pk)}


def _tie(field: Field) -> RosterLink:
    return RosterLink.objects.create(
        person=field.world.tess, source=Source.objects.get(pk=field.ids["source"]), roster_id="t1"
    )


def _counted(unit: Unit, person: Person) -> Series:
    """A line of a measure that is counted from student rows."""
    facts = {"code": "ENROLLED", "name": "Students enrolled", "kind": "balancing", "scale": "count"}
    recipe = {"kind": "enrollment", "recipe": "enrollment"}
    made = measures.define_measure(unit, person, recipe=recipe, rhythm="month", **facts)
    return measures.open_series(unit, person, measure=made)


def _growth(field: Field) -> dict[str, GrowthRun | TeamResult]:
    unit = field.world.kelp
    run = GrowthRun.objects.create(
        unit=unit, person=field.world.priya, assessment="State Test", score_type="Scale score", number=1
    )
    facts = {"school_year": 2026, "subject": "Mathematics", "grade": "5", "n": 40, "teachers": 3}
    told = {"effect": 0.3, "low": 0.1, "high": 0.5, "probability": 0.99}
    return {
        "growth_run": run,
        "team_result": TeamResult.objects.create(run=run, unit=unit, **facts, **told),
    }


def address_of(route: str, field: Field) -> str:
    """Fill an address with the records at Kelp."""
    names = {
        "unit_id": "kelp",
        "place_id": "kelp",
        "person_id": "tess",
        "note_id": "annotation",
        "code_id": "coded",
        "cycle_id": "planned",
    }
    names |= {
        name: f"page_{name.removesuffix('_id')}"
        for name in ("theory_id", "driver_id", "idea_id", "balancing_id", "upload_id")
    }
    text = route
    while "<" in text:
        start, end = text.index("<"), text.index(">")
        name = text[start + 1 : end].split(":")[-1]
        record = names.get(name, name.removesuffix("_id"))
        value = (
            WORDS.get(name)
            or field.words.get(name, "").rpartition(".")[2]
            or str(field.ids.get(record, "missing"))
        )
        if text[max(start - 2, 0) : start] == "?P":
            # A regular expression of django-allauth's: the group closes after its pattern.
            start, end = start - 3, text.index(")", end)
        text = text[:start] + value + text[end + 1 :]
    return "/" + text.replace("^", "").replace("$", "")


def ask(crowd: Crowd, address: Address, key: tuple[str, str], *, briefly: bool = False) -> str:
    """Ask for one address as one person, leave everything as it was, and say how it went.

    Asked `briefly` it asks for a fragment: whoever is refused then gets one line and not a page, which is the same
    answer sooner.
    """
    with transaction.atomic():
        response = (
            _ask_api(crowd, address.operation, key)
            if address.operation
            else _ask_page(crowd, address, key, briefly=briefly)
        )
        transaction.set_rollback(True)
    return word(response)


def _ask_page(crowd: Crowd, address: Address, key: tuple[str, str], *, briefly: bool) -> HttpResponseBase:
    path = address_of(address.route, crowd.field)
    if address.route.startswith("theories/") and "<str:kind>" in address.route:
        path = path.replace(".chart", ".svg")
    if address.route.startswith("reviews/"):
        path = path.replace("nothing", "snapshot")
    if "consents" in address.route:
        path = path.replace("chart", "shared")
    headers = {"HX-Request": "true"} if briefly else {}
    return crowd.clients[key].generic(address.method, path, headers=headers)


def _ask_api(crowd: Crowd, operation: Operation, key: tuple[str, str]) -> HttpResponseBase:
    field, client = crowd.field, crowd.program
    body: Any = filled(operation.body, field.ids)
    headers = {"Authorization": f"Bearer {crowd.secrets[key]}"} if key in crowd.secrets else {}
    if operation.sends_file:
        sent = {**body, "file": SimpleUploadedFile("week.csv", FILE)}
        return client.post(field.path(operation.path), sent, headers=headers)
    facts = (
        {}
        if body is None
        else {"data": client._encode_json(body, "application/json"), "content_type": "application/json"}
    )
    return client.generic(operation.method, field.path(operation.path), headers=headers, **facts)


def word(response: HttpResponseBase) -> str:
    status, target = response.status_code, response.headers.get("Location", "")
    if status == 401 or (status == 302 and target.startswith("/sign-in/?next")):
        return "in"
    if status == 405:
        return "-"
    return "no" if status in {403, 404} else "yes" if status < 500 else "broken"


def measure(crowd: Crowd, address: Address, awaited: dict[str, str] | None = None) -> dict[str, str]:
    """Return one row of the table as things are; who is `awaited` to be refused is asked briefly."""
    row = {"address": address.route, "method": address.method}
    if not address.operation and ask(crowd, address, ("system_admin", "own")) == "-":
        # The page does not take this method from anyone: that is settled before rights are looked at.
        return {**row, **dict.fromkeys([*Role.values, "anonymous"], "-")}
    for role in [*Role.values, "anonymous"]:
        keys = [(role, relation) for relation in RELATIONS if (role, relation) in crowd.clients]
        hoped = awaited[role].split() if awaited else []
        briefly = [word == "no" for word in hoped] if len(hoped) == len(keys) else [False] * len(keys)
        row[role] = " ".join(
            ask(crowd, address, key, briefly=brief) for key, brief in zip(keys, briefly, strict=True)
        )
    return row


@cache
def expected() -> dict[tuple[str, str], dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["address"], row["method"]): row for row in csv.DictReader(file)}
