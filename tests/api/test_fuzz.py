"""Whatever is sent, the answer is an answer: a refusal in the one shape, or what was asked for; never a fault."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from aimline.core import clock
from tests.api.operations import OPERATIONS, Operation, filled
from tests.api.setting import TODAY, Field

quick = effort(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
AWKWARD = [
    "",
    " ",
    "\x00",
    "\ud800",
    "a" * 400,
    "9" * 30,
    "NaN",
    "2026-13-40",
    "0001-01-01",
    "9999-12-31",
    "é'\"<>%00",
]
NUMBERS = [-1, 0, 2**31, 2**63, 10**40, 1e308, -0.0, float("nan"), float("inf")]
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(NUMBERS),
    st.integers(),
    st.floats(),
    st.sampled_from(AWKWARD),
    st.text(),
)
anything = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2)
)
WRITES = [each for each in OPERATIONS if isinstance(each.body, dict) and not each.sends_file]
NARROWED = [
    each for each in OPERATIONS if each.outside == 200 and each.method == "GET" and each.path != "/me"
]
PARAMETERS = [
    "after",
    "limit",
    "under",
    "unit",
    "kind",
    "code",
    "q",
    "measure",
    "group",
    "signal",
    "open",
    "stage",
    "due",
]


@pytest.fixture
def patient(at: Field, settings: Settings) -> Field:
    settings.API_REQUESTS_PER_MINUTE = 10**6
    return at


def told(at: Field, operation: Operation, body: Any) -> None:
    answer = at.call(operation.method, operation.path, operation.who, body)
    assert answer.status_code < 500, (operation.name, body, answer.content)
    if answer.status_code >= 400:
        assert set(answer.json()) == {"code", "message", "facts", "fields"}


@quick
@given(data=st.data())
def test_one_wrong_value_in_a_body_is_never_a_fault(patient: Field, data: st.DataObject) -> None:
    with clock.standing_on(TODAY):
        operation = data.draw(st.sampled_from(WRITES))
        body = filled(operation.body, patient.ids)
        name = data.draw(st.sampled_from([*body, "id", "version", "unheard_of"]))
        told(patient, operation, {**body, name: data.draw(anything)})


@quick
@given(operation=st.sampled_from(WRITES), body=anything)
def test_any_body_is_never_a_fault(patient: Field, operation: Operation, body: Any) -> None:
    with clock.standing_on(TODAY):
        told(patient, operation, body if isinstance(body, dict | list) else {"value": body})


@quick
@given(
    operation=st.sampled_from(NARROWED),
    name=st.sampled_from(PARAMETERS),
    value=st.one_of(st.sampled_from(AWKWARD), st.integers().map(str), st.text(max_size=30)),
)
def test_any_question_of_a_list_is_never_a_fault(
    patient: Field, operation: Operation, name: str, value: str
) -> None:
    told(patient, _asked(operation, name, value), None)


@quick
@given(
    period=st.one_of(
        st.sampled_from([each for each in AWKWARD if each]), st.from_regex(r"[0-9W/_-]{1,12}", fullmatch=True)
    )
)
def test_any_period_is_never_a_fault(patient: Field, period: str) -> None:
    with clock.standing_on(TODAY):
        path = f"/series/{{series}}/points/{_quoted(period)}"
        told(patient, Operation("record_point", "PUT", path, "tess"), {"value": 1})


def _asked(operation: Operation, name: str, value: str) -> Operation:
    return Operation(operation.name, "GET", f"{operation.path}?{name}={_quoted(value)}", operation.who)


def _quoted(text: str) -> str:
    # Byte by byte, so that no sign means anything to the address; braces are names of records there.
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))
