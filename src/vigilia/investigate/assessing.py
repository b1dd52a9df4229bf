"""Impact alone: of some evidence, investigated in a case folder that is thrown away, or of a finished case."""

from __future__ import annotations

import msgspec

from vigilia.investigate.finished_case import result_of
from vigilia.investigate.investigation import investigate_evidence
from vigilia.investigate.progress import Progress
from vigilia.investigate.request import Request
from vigilia.model.errors import CaseError
from vigilia.model.evidence import EvidenceItem
from vigilia.model.result import Exposure, Impact, Result, Statement
from vigilia.store.case_folder import CaseFolder

__all__ = ["Assessed", "assess_evidence", "assessment_of_case"]


class Assessed(msgspec.Struct, frozen=True, kw_only=True):
    """What was reached and left, and what is said of it.

    Attributes:
        evidence: item by item.
        exposures: with all message ids.
        statements: about impact alone.
    """

    evidence: list[EvidenceItem]
    impact: list[Impact]
    exposures: list[Exposure]
    statements: list[Statement]


def assess_evidence(request: Request, progress: Progress) -> Assessed:
    """Read the evidence and assess what was reached and left.

    Raises:
        VigiliaError: the evidence cannot be used.
    """
    result = investigate_evidence(request, progress).result
    return _assessed(result, CaseFolder(request.case))


def assessment_of_case(case: CaseFolder) -> Assessed:
    """Return what a finished case holds of impact.

    Raises:
        CaseError: there is no result document, or not of this version.
    """
    return _assessed(result_of(case), case)


def _assessed(result: Result, case: CaseFolder) -> Assessed:
    return Assessed(
        evidence=result.evidence,
        impact=result.impact,
        exposures=_exposures(case) if case.exposure.exists() else result.exposures,
        statements=[one for one in result.statements if one.id.startswith("impact-")],
    )


def _exposures(case: CaseFolder) -> list[Exposure]:
    try:
        lines = case.exposure.read_bytes().splitlines()
        return [msgspec.json.decode(line, type=Exposure) for line in lines]
    except (OSError, msgspec.DecodeError) as error:
        raise CaseError(
            "its list of exposed messages cannot be read", where=str(case.exposure), hint="Run the investigation again."
        ) from error
