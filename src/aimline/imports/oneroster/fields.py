"""Which column of a file fills which field of the lake, and which says where a record belongs."""

from __future__ import annotations

from aimline.imports.oneroster.standard import KEY

# Of each noun: its table, and for each field the column (or the first of several) it comes from.
FIELDS = {
    "orgs": ("orgs", "id=sourcedId parent=parentSourcedId identifier name type"),
    "academicSessions": (
        "sessions",
        "id=sourcedId parent=parentSourcedId title type begin=startDate end=endDate school_year=schoolYear",
    ),
    "courses": (
        "courses",
        "id=sourcedId org=orgSourcedId session=schoolYearSourcedId title code=courseCode grades subjects "
        "subject_codes=subjectCodes",
    ),
    "classes": (
        "classes",
        "id=sourcedId course=courseSourcedId org=schoolSourcedId sessions=termSourcedIds title code=classCode "
        "type=classType grades subjects subject_codes=subjectCodes periods location",
    ),
    "users": (
        "people",
        "id=sourcedId identifier user_ids=userIds agents=agentSourcedIds username master_id=userMasterIdentifier "
        "given_name=givenName middle_name=middleName family_name=familyName preferred_given_name=preferredGivenName "
        "preferred_middle_name=preferredMiddleName preferred_family_name=preferredFamilyName grades "
        "enabled=enabledUser email sms phone birth_date=birthDate pronouns",
    ),
    "roles": (
        "roles",
        "id=sourcedId person=userSourcedId org=orgSourcedId role type=roleType grade begin=beginDate end=endDate",
    ),
    "enrollments": (
        "enrollments",
        "id=sourcedId class=classSourcedId person=userSourcedId org=schoolSourcedId role is_primary=primary "
        "begin=beginDate end=endDate",
    ),
    "demographics": (
        "demographics",
        "person=sourcedId birth_date=birthDate birth_country=countryOfBirthCode birth_state=stateOfBirthAbbreviation "
        "birth_city=cityOfBirth residence=publicSchoolResidenceStatus",
    ),
    "categories": ("categories", "id=sourcedId title weight"),
    "lineItems": (
        "line_items",
        "id=sourcedId class=classSourcedId category=categorySourcedId "
        "session=academicSessionSourcedId|gradingPeriodSourcedId org=schoolSourcedId title description "
        "assigned=assignDate due=dueDate lowest=resultValueMin highest=resultValueMax",
    ),
    "results": (
        "results",
        "id=sourcedId line_item=lineItemSourcedId student=studentSourcedId class=classSourcedId status=scoreStatus "
        "score text=textScore date=scoreDate comment",
    ),
    "scoreScales": (
        "score_scales",
        "id=sourcedId org=orgSourcedId course=courseSourcedId class=classSourcedId title type values=scoreScaleValue",
    ),
    "lineItemScoreScales": (
        "score_links",
        "id=sourcedId origin_id=lineItemSourcedId target=scoreScaleSourcedId",
    ),
    "resultScoreScales": ("score_links", "id=sourcedId origin_id=resultSourcedId target=scoreScaleSourcedId"),
    "lineItemLearningObjectiveIds": (
        "score_links",
        "id=sourcedId origin_id=lineItemSourcedId target=learningObjectiveId source_of_target=source",
    ),
    "resultLearningObjectiveIds": (
        "score_links",
        "id=sourcedId origin_id=resultSourcedId target=learningObjectiveId source_of_target=source score "
        "text=textScore",
    ),
}
# The column that says at which place a record lies: of its own org, or of a record it belongs to.
PLACED_BY = {
    "courses": ("orgSourcedId",),
    "classes": ("schoolSourcedId",),
    "users": ("primaryOrgSourcedId",),
    "roles": ("orgSourcedId",),
    "enrollments": ("schoolSourcedId", "classSourcedId"),
    "demographics": (KEY,),
    "userFlags": ("userSourcedId",),
    "lineItems": ("schoolSourcedId", "classSourcedId"),
    "results": ("classSourcedId", "lineItemSourcedId"),
    "scoreScales": ("orgSourcedId", "courseSourcedId", "classSourcedId"),
    "lineItemScoreScales": ("lineItemSourcedId",),
    "resultScoreScales": ("resultSourcedId",),
    "lineItemLearningObjectiveIds": ("lineItemSourcedId",),
    "resultLearningObjectiveIds": ("resultSourcedId",),
}
# Read for what it says, and not kept as such.
UNKEPT = frozenset({"status", "dateLastModified"})
# Of a result: what was true of it.
RESULT_FLAGS = ("inProgress", "incomplete", "late", "missing")
# Columns whose content goes into rows of another table.
SPOKEN_FOR = {
    "users": frozenset({"orgSourcedIds", "role"}),
    "demographics": frozenset({"sex"}),
    "results": frozenset(RESULT_FLAGS),
    "classes": frozenset({"termTitle", "termStart", "termEnd", "courseTitle", "courseCode"}),
}
