"""The pages: enterprises, workers, taking in lists, who was left out, what is missing, what is objected to."""

from .absent import AbsentList, AnswerAbsent
from .candidates import Candidates, GiveCode, ImportEnterprises, Settle
from .corrections import CorrectionPage, Corrections, GrowthRecord, MyCorrection, ObjectTo
from .enterprises import EnterprisePage, Enterprises
from .places import AskToMend, QualityPage, StructurePage
from .workers import ImportRoster, RevealNumber, Roster, WorkerPage, Workers

__all__ = [
    "AbsentList",
    "AnswerAbsent",
    "AskToMend",
    "Candidates",
    "CorrectionPage",
    "Corrections",
    "EnterprisePage",
    "Enterprises",
    "GiveCode",
    "GrowthRecord",
    "ImportEnterprises",
    "ImportRoster",
    "MyCorrection",
    "ObjectTo",
    "QualityPage",
    "RevealNumber",
    "Roster",
    "Settle",
    "StructurePage",
    "WorkerPage",
    "Workers",
]
