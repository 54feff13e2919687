"""The invented places: one state, two districts, one charter network, one improvement network."""

from __future__ import annotations

from dataclasses import dataclass

from aimline.org.models import UnitKind


@dataclass(frozen=True, slots=True)
class School:
    code: str
    name: str
    district: str
    level: str
    students: int
    multilingual: float

    @property
    def grade_size(self) -> int:
        """Students in one grade."""
        return round(self.students / {"elementary": 6, "middle": 3, "high": 4}[self.level])


STATE = ("CAL", "Calloway")
DISTRICTS = {
    "PA": ("Port Alder", UnitKind.DISTRICT),
    "TF": ("Three Forks", UnitKind.DISTRICT),
    "LH": ("Lighthouse Charter Schools", UnitKind.NETWORK),
    "ER": ("Early Readers", UnitKind.NETWORK),
}

SCHOOLS = [
    School("PA-KEL", "Kelp Elementary", "PA", "elementary", 540, 0.46),
    School("PA-JUN", "Juniper Elementary", "PA", "elementary", 480, 0.41),
    School("PA-DRI", "Driftwood Elementary", "PA", "elementary", 510, 0.38),
    School("PA-HER", "Heron Elementary", "PA", "elementary", 450, 0.44),
    School("PA-BEA", "Beacon Elementary", "PA", "elementary", 430, 0.22),
    School("PA-HAR", "Harbor Middle", "PA", "middle", 720, 0.40),
    School("PA-CAN", "Cannery Middle", "PA", "middle", 690, 0.39),
    School("PA-SOU", "Sound View Middle", "PA", "middle", 660, 0.35),
    School("PA-HIG", "Port Alder High", "PA", "high", 1720, 0.36),
    School("TF-BIT", "Bitter Creek Elementary", "TF", "elementary", 380, 0.18),
    School("TF-SAG", "Cottonwood Elementary", "TF", "elementary", 340, 0.15),
    School("TF-TWO", "Two Rivers Elementary", "TF", "elementary", 400, 0.12),
    School("TF-MID", "Three Forks Middle", "TF", "middle", 690, 0.14),
    School("TF-HIG", "Three Forks High", "TF", "high", 990, 0.11),
    School("LH-PA", "Lighthouse Port Alder", "LH", "elementary", 310, 0.33),
    School("LH-TF", "Lighthouse Three Forks", "LH", "elementary", 240, 0.12),
]
# One school took another name after the first year; its code and its history stayed.
RENAMED = ("TF-SAG", "Sage Elementary")

EARLY_READERS = ["PA-KEL", "PA-JUN", "PA-DRI", "PA-HER", "TF-BIT", "TF-SAG"]
MIDDLE_OF_PORT_ALDER = ["PA-HAR", "PA-CAN", "PA-SOU"]
BY_CODE = {school.code: school for school in SCHOOLS}
