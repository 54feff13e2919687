"""The kinds of elements: those that are kept, in the order in which they refer to one another, and those known by name."""

from __future__ import annotations

from aimline.imports.edfi import persons, places, presence, testing, voices
from aimline.imports.edfi.records import Kind

KINDS: dict[str, Kind] = {**places.KINDS, **persons.KINDS, **presence.KINDS, **testing.KINDS, **voices.KINDS}
# What the standards from 3 to 6 name beside those, apart from descriptors, events and associations.
_OTHERS = frozenset(
    """
    AcademicWeek Account AccountCode AccountabilityRating Actual Applicant ApplicantProfile Application
    AssessmentAdministration AssessmentBatteryPart AssessmentFamily AssessmentItem AssessmentScoreRangeLearningStandard
    BalanceSheetDimension BellSchedule Budget BusRoute Calendar CalendarDate Candidate CandidateIdentity
    CandidateRelationshipToStaff Certification CertificationExam CertificationExamResult ChartOfAccount ClassPeriod
    Cohort CommunityProviderLicense CompetencyObjective Contact ContractedStaff CourseTranscript Credential
    DescriptorMapping EducationContent EducationServiceCenter EducatorPreparationProgram Evaluation EvaluationElement
    EvaluationElementRating EvaluationObjective EvaluationObjectiveRating EvaluationRating EvaluationRubricDimension
    FieldworkExperience FinancialAid FunctionDimension FundDimension Goal Grade GradebookEntry GraduationPlan Intervention
    InterventionPrescription InterventionStudy LearningObjective LearningStandard LocalAccount LocalActual LocalBudget
    LocalContractedStaff LocalEncumbrance LocalPayroll Location ObjectDimension OpenStaffPosition
    OperationalUnitDimension Parent Path PathMilestone PathPhase Payroll PerformanceEvaluation
    PerformanceEvaluationRating Person Program ProgramDimension ProgramEvaluation ProgramEvaluationElement
    ProgramEvaluationObjective ProjectDimension QuantitativeMeasure QuantitativeMeasureScore ReportCard RubricDimension
    SchoolYearType SourceDimension StaffLeave StudentAcademicRecord StudentAssessmentRegistration StudentCohortYear
    StudentCompetencyObjective StudentDirectory StudentGradebookEntry StudentHealth StudentIdentity
    StudentLearningObjective StudentPath StudentPathMilestoneStatus StudentPathPhaseStatus StudentProgramEvaluation
    StudentTransportation SurveySection SurveySectionResponse WeaponIncident
    """.split()
)
_ENDINGS = ("Descriptor", "Association", "Event", "Extension", "Type")


def kind_of(tag: str) -> Kind | None:
    """Return how elements of this name are kept; nothing where they are not."""
    return KINDS.get(tag) or (persons.PROGRAM if persons.is_program(tag) else None)


def is_known(tag: str) -> bool:
    """Whether the standard has elements of this name, or may have them."""
    return tag in _OTHERS or tag.endswith(_ENDINGS)
