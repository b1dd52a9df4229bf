"""Functions that Numba compiles, with machine code that is kept on disk and loaded in a third of the usual time."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Final, TypeVar

from numba import njit
from numba.core.caching import FunctionCache
from numba.core.runtime.nrt import rtsys

__all__ = ["kernel"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

# What we need of Numba's own cache beyond its documented interface; a version that lacks it just loads more slowly.
_INTERNALS: Final = ("_guard_against_spurious_io_errors", "_load_overload")
_HAS_INTERNALS: Final = all(hasattr(FunctionCache, name) for name in _INTERNALS)


class _KeptCode(FunctionCache):
    """Loads kept machine code without what compiling needs.

    Numba's own cache imports the implementations of all that Python and NumPy can do, 0.15 s, before it looks for kept
    code. Code that is loaded needs the run-time system alone; where there is none, the compiler imports them by itself.
    """

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Return the kept code for a signature, or None."""
        if not _HAS_INTERNALS:
            return super().load_overload(signature, target)  # type: ignore[no-untyped-call] # Numba's has no types
        rtsys.initialize(target)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(signature, target)  # type: ignore[no-untyped-call] # as above


def kernel(function: _Function, **options: bool | str) -> _Function:
    """Compile a function when it is first called, and keep the machine code on disk where that is possible.

    Args:
        function: what to compile; it runs without the interpreter's lock.
        options: further ones of Numba's `njit`.
    """
    settings: dict[str, Any] = {"nogil": True, **options}
    compiled = njit(**settings)(function)
    with contextlib.suppress(RuntimeError):  # no folder can be written: every process compiles for itself
        # As Numba's own `enable_caching` does; its classes have no types.
        compiled._cache = _KeptCode(function)  # type: ignore[no-untyped-call]
    kept: _Function = compiled
    return kept
