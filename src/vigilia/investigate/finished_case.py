"""What a finished case says."""

from __future__ import annotations

from vigilia.model.errors import CaseError
from vigilia.model.result import Result
from vigilia.report.json_document import decode
from vigilia.store.case_folder import CaseFolder

__all__ = ["result_of"]


def result_of(case: CaseFolder) -> Result:
    """Return the result document of a finished case.

    Raises:
        CaseError: there is no result document, or not of this version.
    """
    try:
        document = case.result.read_bytes()
    except OSError as error:
        raise CaseError(
            f"its result cannot be read ({error.strerror})", where=str(case.result), hint="Run the investigation again."
        ) from error
    return decode(document)
