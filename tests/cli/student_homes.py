"""A list of three students, one of whom cannot be loaded, and how it is read."""

from __future__ import annotations

STUDENTS = """sid,given,family,born,grade,school
604822,Zzyzx,Canary,2015-01-02,03,PA
604823,Ben,Plain,2015-02-02,03,PA
604824,Cy,Other,Zzyzx-day,03,PA
"""
STUDENTS_MAPPING = """kind = "students"
[fields]
student = { column = "sid", id = "local" }
given_name = "given"
family_name = "family"
birth_date = "born"
grade = "grade"
unit = "school"
"""
