"""What stands in the district when a program calls: one of everything, made by real actions, and tokens."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.test import Client

from aimline.access.actions import people, tokens
from aimline.access.tokens import new_secret
from aimline.cycles import actions as cycles
from aimline.cycles.models import Cycle, Decision
from aimline.cycles.results import ByHand
from aimline.imports.actions import uploads
from aimline.imports.mapping.parse import parse_text
from aimline.imports.models import Load, Upload
from aimline.imports.pipeline import load_upload
from aimline.measures import actions as measures
from aimline.measures.models import Measure, Point
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reviews.actions import judging, planning
from aimline.reviews.models import FindingKind
from aimline.reviews.models import Source as Seen
from aimline.students.codes import code_of
from aimline.theory import actions as theories
from aimline.theory.models import DriverLevel, Theory
from tests.measures.rows import load, measure_at, series_at, share_rows
from tests.students.rows import enroll_one
from tests.world import World

TODAY = date(2026, 11, 20)
STARTS, ENDS = date(2026, 11, 23), date(2026, 12, 11)
MAPPING = """
kind = "points"
[fields]
unit = { column = "school", id = "code" }
measure = { constant = "READ" }
period = "week"
numerator = "on"
denominator = "of"
"""
FILE = b"school,week,on,of\nPA-JUN,2026-11-09,40,80\nPA-JUN,2026-11-16,44,80\nnobody,2026-11-16,1,2\n"
MIXED = [(30 + week % 3, 60) for week in range(12)]


@dataclass
class Field:
    """The world with its records by name, and one caller for each person."""

    world: World
    ids: dict[str, UUID] = field(default_factory=dict)
    # What names a record that has no row of its own.
    words: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    # One for all calls: no answer of the API sets a cookie, and to start a client costs more than to ask.
    client: Client = field(default_factory=Client)

    def keep(self, **rows: Any) -> None:
        for name, row in rows.items():
            self.ids[name], self.versions[name] = row.pk, getattr(row, "version", 0)

    def path(self, template: str) -> str:
        return "/api/v1" + template.format(**self.ids, **self.words)

    def call(
        self, method: str, template: str, who: str = "", body: Any = None, **headers: str
    ) -> HttpResponse:
        """Send one request as a program would: a token, JSON, and no cookies."""
        facts: dict[str, Any] = {"headers": {**self.token(who), **headers}}
        if isinstance(body, dict | list):
            # Not strict: a fuzz may send what JSON does not know.
            facts |= {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.generic(method, self.path(template), **facts)

    def token(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secrets[who]}"} if who else {}

    def send(self, template: str, who: str, data: dict[str, Any]) -> HttpResponse:
        """Send a form with a file."""
        return self.client.post(self.path(template), data, headers=self.token(who))


def make_field(world: World) -> Field:
    made = Field(world)
    made.keep(
        **{name: getattr(world, name) for name in ("port_alder", "three_forks", "kelp", "juniper", "team")}
    )
    made.keep(**world.people, membership=world.team.memberships.get(person=world.tess))
    _make_tokens(made)
    _count(made)
    _believe(made)
    _judge(made)
    _test(made)
    _bring_in(made)
    _enroll(made)
    return made


def _make_tokens(made: Field) -> None:
    for name, person in made.world.people.items():
        made.secrets[name] = _token(person)
    gone = people.register(made.world.kelp, made.world.operator, name="Greta Gone", title="Teacher")
    made.secrets["closed"] = _token(gone)
    people.deactivate(gone, made.world.operator)
    made.secrets["ended"] = new_secret()
    token = tokens.make_token(made.world.dana, made.world.dana, label="old", secret=made.secrets["ended"])
    tokens.end_token(token, made.world.dana)
    made.secrets["unknown"] = new_secret()


def _token(person: Person) -> str:
    secret = new_secret()
    tokens.make_token(person, person, label="tests", secret=secret)
    return secret


def _count(made: Field) -> None:
    world = made.world
    read = measure_at(world)
    everyone = series_at(world, read)
    load(world, share_rows(world.kelp, read, MIXED))
    group = {"group": "Multilingual learners", "dimension": "Language"}
    load(world, share_rows(world.kelp, read, [(3, 7)] * 12, **group))
    others = {"group": "All others", "dimension": "Language"}
    load(world, share_rows(world.kelp, read, [(27, 53)] * 12, **others))
    absent = measure_at(world, code="ABSENT", name="Missed a day", kind="balancing", better="down")
    phase = measures.add_phase(everyone, world.dana, name="New texts", starts_on=date(2026, 10, 5))
    note = measures.annotate(everyone, world.dana, day=date(2026, 10, 5), text="New texts arrived")
    target = measures.set_target(
        everyone, world.dana, start=(date(2026, 8, 24), 50.0), goal=(date(2027, 6, 11), 70.0)
    )
    empty = series_at(world, absent, world.juniper)
    few = read.series.get(group=group["group"])
    rest = read.series.get(group=others["group"])
    made.keep(measure=read, absent=absent, series=everyone, few=few, rest=rest, empty=empty, phase=phase)
    made.keep(annotation=note, target=target, point=_point(everyone.pk), few_point=_point(few.pk))


def _point(series: UUID) -> Point:
    return Point.objects.filter(series=series).earliest("starts_on")


def _believe(made: Field) -> None:
    world, dana = made.world, made.world.dana
    theory = theories.start_theory(
        world.port_alder,
        dana,
        title="How reading will improve",
        what="Reading on track",
        for_whom="third graders",
    )
    primary = theories.add_driver(theory, dana, level=DriverLevel.PRIMARY, name="Daily routines")
    second = theories.add_driver(
        theory, dana, level=DriverLevel.SECONDARY, name="Small groups", serves=[primary]
    )
    idea = theories.add_idea(theory, dana, name="Teach in small groups", serves=[second])
    spare = theories.add_idea(theory, dana, name="Visit lessons", serves=[primary])
    balance = theories.add_balancing(theory, dana, measure=Measure.objects.get(pk=made.ids["absent"]))
    bare = theories.start_theory(world.kelp, dana, title="How math will improve")
    closed = theories.end_theory(theories.start_theory(world.kelp, dana, title="What we tried before"), dana)
    made.keep(theory=theory, aim=theory.stated, primary=primary, second=second, idea=idea, spare=spare)
    made.keep(bare=bare, ended=closed, balancing=balance, link=spare.effects.get(), fixed=idea.effects.get())


def _judge(made: Field) -> None:
    """A snapshot of Kelp with a recommendation, and a theory that answers its finding."""
    world, priya = made.world, made.world.priya
    review = planning.plan_review(
        world.kelp,
        priya,
        template_key="snapshot",
        name="Math at Kelp",
        purpose="Do they explain?",
        starts_on=TODAY,
    )
    finding = judging.write_finding(
        review, priya, kind=FindingKind.GAP, text="Few explain", against_sought="In two more rooms."
    )
    for source in (Seen.CLASSROOMS, Seen.VOICES):
        piece = judging.add_evidence(review, priya, source=source, text="Three of ten explained.")
        judging.use_evidence(finding, priya, evidence=piece)
    judging.make_final(finding, priya)
    advice = judging.recommend(review, priya, findings=[finding], text="Ten minutes to explain")
    bare = Theory.objects.get(pk=made.ids["bare"])
    made.keep(found=finding, advice=advice, ground=theories.ground(bare, priya, to=finding))


def _test(made: Field) -> None:
    planned, predicted = _plan(made), _plan(made)
    mine = cycles.predict(predicted, made.world.tess, threshold=45, percent=70)
    running, studying, studied, decided = _run(made), _run(made), _run(made), _run(made)
    for cycle in (studying, studied, decided):
        cycles.finish_doing(cycle, made.world.tess)
        cycles.record_result(cycle, made.world.tess, by_hand=ByHand(5, 8))
    for cycle in (studied, decided):
        cycles.record_study(cycle, made.world.tess, learned="They explained it to one another.")
    cycles.decide(decided, made.world.tess, decision=Decision.ADOPT, why="It held in both weeks.")
    named = {"planned": planned, "predicted": predicted, "running": running, "studying": studying}
    named |= {"studied": studied, "decided": decided}
    made.keep(prediction=mine, **{name: Cycle.objects.get(pk=cycle.pk) for name, cycle in named.items()})


def _plan(made: Field) -> Cycle:
    return cycles.plan(
        made.world.kelp,
        made.world.tess,
        title="Sentence frames",
        starts_on=STARTS,
        ends_on=ENDS,
        team=made.world.team,
    )


def _run(made: Field) -> Cycle:
    cycle = _plan(made)
    cycles.predict(cycle, made.world.tess, threshold=50, percent=80)
    return cycles.start(cycle, made.world.tess)


def _bring_in(made: Field) -> None:
    sent = send(made, made.world.port_alder)
    load_upload(sent, made.world.dana)
    made.keep(loaded=sent, load=Load.objects.get(upload=sent), upload=send(made, made.world.port_alder))
    made.keep(spare_upload=send(made, made.world.port_alder))


def _enroll(made: Field) -> None:
    """One student at Kelp."""
    source = enroll_one(made.world)
    made.keep(source=source)
    made.words["student"] = f"{source.pk}.{code_of('s1')}"


def send(made: Field, unit: Unit, content: bytes = FILE) -> Upload:
    kept = uploads.keep_upload(unit, made.world.dana, name="reading.csv", chunks=[content])
    mapping = parse_text(MAPPING, kind="points").content
    return uploads.match_columns(kept, made.world.dana, mapping=mapping)
