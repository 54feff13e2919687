"""Every operation of the API: who may do it, what is sent, and what comes back to those who may not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.api.setting import FILE, MAPPING

# Fay sees places, measures and theories; she sees no tests and no people, so these do not exist for her.
SEES, BLIND, LIST = 403, 404, 200


@dataclass(frozen=True)
class Operation:
    """`wrong` is what Fay, a family member, gets; `outside` what Olga gets, who leads another district."""

    name: str
    method: str
    path: str
    who: str
    status: int = 200
    wrong: int = SEES
    outside: int = 404
    body: Any = None
    sends_file: bool = False

    def __str__(self) -> str:
        return self.name


def _read(name: str, path: str, *, who: str = "priya", wrong: int = LIST) -> Operation:
    return Operation(name, "GET", path, who, wrong=wrong)


def _list(name: str, path: str, *, who: str = "priya") -> Operation:
    return Operation(name, "GET", path, who, wrong=LIST, outside=LIST)


UNIT = {"parent_id": "{port_alder}", "kind": "school", "name": "Madrona Elementary", "code": "PA-MAD"}
PERSON = {"unit_id": "{kelp}", "name": "Nia Novak", "title": "Teacher"}
MEASURE = {
    "unit_id": "{kelp}",
    "code": "TALK",
    "name": "Explains reasoning",
    "kind": "driver",
    "better": "up",
}
TARGET = {"starts_on": "2026-08-24", "start_value": 50, "due_on": "2027-06-11", "value": 75}
PLAN = {"unit_id": "{kelp}", "title": "Try a stem", "starts_on": "2026-11-23", "ends_on": "2026-12-04"}
ROWS = {
    "unit_id": "{kelp}",
    "rows": [
        {
            "unit_id": "{kelp}",
            "measure_id": "{measure}",
            "period": "2026-11-16",
            "numerator": 33,
            "denominator": 60,
        }
    ],
}
SENT = {"unit_id": "{port_alder}", "mapping": MAPPING}
POINT = "/series/{series}/points/2026-08-24"

OPERATIONS = [
    Operation("show_me", "GET", "/me", "tess", wrong=LIST, outside=LIST),
    Operation("end_this_token", "DELETE", "/me/token", "tess", 204, wrong=204, outside=204),
    _list("list_units", "/units"),
    _read("show_unit", "/units/{kelp}"),
    Operation("add_unit", "POST", "/units", "dana", 201, wrong=BLIND, body=UNIT),
    Operation("rename_unit", "PATCH", "/units/{kelp}", "priya", body={"version": 1, "name": "Kelp School"}),
    Operation("end_unit", "POST", "/units/{juniper}/end", "dana", wrong=BLIND, body={}),
    _read("list_identifiers", "/units/{kelp}/identifiers"),
    Operation(
        "identify_unit",
        "POST",
        "/units/{kelp}/identifiers",
        "priya",
        201,
        body={"source": "sis", "value": "12"},
    ),
    _list("list_people", "/people"),
    _read("show_person", "/people/{tess}", wrong=BLIND),
    Operation("register_person", "POST", "/people", "priya", 201, body=PERSON),
    Operation("close_account", "POST", "/people/{tess}/close", "priya", 204, wrong=BLIND),
    Operation("list_students", "GET", "/students?under={kelp}", "priya", wrong=BLIND),
    Operation("show_student", "GET", "/students/{student}", "priya", wrong=BLIND),
    _list("list_teams", "/teams"),
    _read("show_team", "/teams/{team}", wrong=BLIND),
    Operation(
        "form_team",
        "POST",
        "/teams",
        "priya",
        201,
        body={"unit_id": "{kelp}", "name": "Grade 3", "kind": "plc"},
    ),
    Operation(
        "join_team", "POST", "/teams/{team}/members", "priya", 201, wrong=BLIND, body={"person_id": "{cody}"}
    ),
    Operation("leave_team", "DELETE", "/teams/{team}/members/{membership}", "priya", 204, wrong=BLIND),
    _list("list_measures", "/measures"),
    _read("show_measure", "/measures/{measure}"),
    Operation("define_measure", "POST", "/measures", "priya", 201, body=MEASURE),
    Operation(
        "change_measure", "PATCH", "/measures/{measure}", "dana", body={"version": 1, "name": "Reads well"}
    ),
    Operation("end_measure", "POST", "/measures/{measure}/end", "ana", body={}),
    _list("list_series", "/series"),
    _read("show_series", "/series/{series}"),
    Operation(
        "open_series",
        "POST",
        "/series",
        "dana",
        201,
        wrong=BLIND,
        body={"unit_id": "{kelp}", "measure_id": "{absent}"},
    ),
    Operation("set_target", "PUT", "/series/{series}/target", "priya", body={"version": 1, **TARGET}),
    _read("list_phases", "/series/{series}/phases"),
    Operation(
        "add_phase",
        "POST",
        "/series/{series}/phases",
        "priya",
        201,
        body={"name": "New", "starts_on": "2026-10-19"},
    ),
    Operation(
        "change_phase",
        "PATCH",
        "/series/{series}/phases/{phase}",
        "dana",
        wrong=BLIND,
        body={"version": 1, "name": "Texts"},
    ),
    Operation("remove_phase", "DELETE", "/series/{series}/phases/{phase}", "dana", 204, wrong=BLIND),
    Operation(
        "annotate",
        "POST",
        "/series/{series}/annotations",
        "tess",
        201,
        body={"day": "2026-11-02", "text": "A fire drill"},
    ),
    Operation(
        "remove_annotation", "DELETE", "/series/{series}/annotations/{annotation}", "dana", 204, wrong=BLIND
    ),
    _list("list_points", "/points"),
    _read("list_series_points", "/series/{series}/points"),
    Operation(
        "record_point",
        "PUT",
        "/series/{series}/points/2026-11-16",
        "tess",
        body={"numerator": 31, "denominator": 60},
    ),
    Operation(
        "exclude_point", "POST", f"{POINT}/leave-out", "priya", body={"version": 1, "why": "A fire drill"}
    ),
    Operation("include_point", "POST", f"{POINT}/count-again", "priya", body={"version": 1}),
    Operation("write_points", "POST", "/points", "dana", body=ROWS),
    _list("list_theories", "/theories"),
    _read("show_theory", "/theories/{bare}"),
    Operation(
        "start_theory", "POST", "/theories", "cody", 201, body={"unit_id": "{kelp}", "title": "Science"}
    ),
    Operation(
        "change_theory", "PATCH", "/theories/{bare}", "cody", body={"version": 1, "title": "Math talk"}
    ),
    Operation("end_theory", "POST", "/theories/{bare}/end", "cody"),
    Operation("reopen_theory", "POST", "/theories/{ended}/reopen", "cody"),
    Operation(
        "copy_theory", "POST", "/theories/{theory}/copy", "dana", 201, wrong=BLIND, body={"unit_id": "{kelp}"}
    ),
    Operation(
        "state_aim",
        "POST",
        "/theories/{bare}/aim",
        "cody",
        201,
        body={"what": "Math on grade", "for_whom": "grade 4"},
    ),
    Operation(
        "change_aim",
        "PATCH",
        "/theories/{theory}/aim",
        "dana",
        wrong=BLIND,
        body={"version": 1, "goal": 70, "baseline": 50},
    ),
    Operation(
        "add_driver", "POST", "/theories/{bare}/drivers", "cody", 201, body={"level": 1, "name": "Talk"}
    ),
    Operation(
        "change_driver",
        "PATCH",
        "/theories/{theory}/drivers/{second}",
        "dana",
        wrong=BLIND,
        body={
            "version": 1,
            "measure_id": "{measure}",
            "serves": [{"driver_id": "{primary}", "less_sure": True}],
        },
    ),
    Operation(
        "move_driver", "POST", "/theories/{theory}/drivers/{second}/move", "dana", wrong=BLIND, body={"by": 1}
    ),
    Operation("remove_driver", "DELETE", "/theories/{theory}/drivers/{second}", "dana", 204, wrong=BLIND),
    Operation("add_idea", "POST", "/theories/{bare}/ideas", "cody", 201, body={"name": "Use stems"}),
    Operation(
        "change_idea",
        "PATCH",
        "/theories/{theory}/ideas/{spare}",
        "dana",
        wrong=BLIND,
        body={"version": 1, "name": "Visit"},
    ),
    Operation(
        "move_idea", "POST", "/theories/{theory}/ideas/{spare}/move", "dana", wrong=BLIND, body={"by": -1}
    ),
    Operation("remove_idea", "DELETE", "/theories/{theory}/ideas/{spare}", "dana", 204, wrong=BLIND),
    Operation(
        "link",
        "PUT",
        "/theories/{theory}/links",
        "dana",
        wrong=BLIND,
        body={"cause_id": "{spare}", "effect_id": "{second}"},
    ),
    Operation("unlink", "DELETE", "/theories/{theory}/links/{link}", "dana", 204, wrong=BLIND),
    Operation(
        "add_balancing",
        "POST",
        "/theories/{theory}/balancing",
        "dana",
        201,
        wrong=BLIND,
        body={"measure_id": "{measure}"},
    ),
    Operation(
        "remove_balancing", "DELETE", "/theories/{theory}/balancing/{balancing}", "dana", 204, wrong=BLIND
    ),
    _read("list_found", "/theories/{bare}/found"),
    _read("list_grounds", "/theories/{bare}/grounds"),
    Operation(
        "ground",
        "PUT",
        "/theories/{bare}/grounds",
        "priya",
        body={"recommendation_id": "{advice}"},
        wrong=BLIND,
    ),
    Operation("unground", "DELETE", "/theories/{bare}/grounds/{ground}", "priya", 204),
    _list("list_cycles", "/cycles"),
    _read("show_cycle", "/cycles/{decided}", wrong=BLIND),
    Operation("plan_cycle", "POST", "/cycles", "tess", 201, body=PLAN),
    Operation(
        "change_plan",
        "PATCH",
        "/cycles/{planned}",
        "tess",
        wrong=BLIND,
        body={"version": 1, "title": "Two frames"},
    ),
    Operation(
        "predict",
        "POST",
        "/cycles/{planned}/predictions",
        "tess",
        201,
        wrong=BLIND,
        body={"threshold": 40, "percent": 60},
    ),
    Operation(
        "change_prediction",
        "PATCH",
        "/cycles/{predicted}/predictions/{prediction}",
        "tess",
        wrong=BLIND,
        body={"version": 1, "percent": 60},
    ),
    Operation("start_cycle", "POST", "/cycles/{predicted}/start", "tess", wrong=BLIND, body={}),
    Operation(
        "note_observation",
        "POST",
        "/cycles/{running}/observations",
        "tess",
        wrong=BLIND,
        body={"text": "Four spoke"},
    ),
    Operation("finish_doing", "POST", "/cycles/{running}/finish", "tess", wrong=BLIND, body={}),
    Operation(
        "record_result",
        "PUT",
        "/cycles/{studying}/result",
        "tess",
        wrong=BLIND,
        body={"by_hand": {"numerator": 5, "denominator": 9}},
    ),
    Operation(
        "record_study", "PUT", "/cycles/{studying}/study", "tess", wrong=BLIND, body={"learned": "It held"}
    ),
    Operation(
        "decide",
        "PUT",
        "/cycles/{studied}/decision",
        "tess",
        wrong=BLIND,
        body={"decision": "adopt", "why": "It held"},
    ),
    Operation(
        "copy_cycle", "POST", "/cycles/{decided}/copy", "tess", 201, wrong=BLIND, body={"unit_id": "{kelp}"}
    ),
    _list("list_loads", "/loads", who="dana"),
    _read("show_load", "/loads/{load}", who="ana", wrong=BLIND),
    Operation("undo_load", "POST", "/loads/{load}/undo", "dana", wrong=BLIND),
    Operation("send_file", "POST", "/uploads", "dana", 201, wrong=BLIND, body=SENT, sends_file=True),
    _read("show_upload", "/uploads/{upload}", who="dana", wrong=BLIND),
    Operation("check_upload", "POST", "/uploads/{upload}/check", "dana", wrong=BLIND),
    Operation("load_upload", "POST", "/uploads/{upload}/load", "ana", 202, wrong=BLIND),
    Operation("drop_upload", "DELETE", "/uploads/{spare_upload}", "dana", 204, wrong=BLIND),
]


def filled(body: Any, ids: dict[str, Any]) -> Any:
    """The same with every {name} replaced by the id of that record."""
    if isinstance(body, dict):
        return {key: filled(value, ids) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(each, ids) for each in body]
    if isinstance(body, str) and body.startswith("{") and body.endswith("}"):
        return str(ids[body[1:-1]])
    return body


__all__ = ["FILE", "OPERATIONS", "Operation", "filled"]
