"""Compiled functions: kept code is loaded without the compiler, and where none can be kept they work all the same."""

from __future__ import annotations

import subprocess
import sys

import pytest

from vigilia.readers import kernel_cache

LOADING = """
import sys
from vigilia.engines.kernels import load_kernels
load_kernels()
print("numba.np.linalg" in sys.modules)
"""


WARMING_UP = """
import sys
from vigilia.engines.detection import warm_up
warm_up()
print("numba" in sys.modules)
"""


def answer(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_kept_code_is_loaded_without_what_compiling_needs() -> None:
    answers = [answer(LOADING) for _ in range(2)]  # the first may have to compile
    assert answers[1] == "False"


def test_small_inputs_are_read_without_the_compiler() -> None:
    assert answer(WARMING_UP) == "False"


def test_where_no_folder_can_be_written_every_process_compiles_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: object, _function: object) -> None:
        raise RuntimeError("no locator available")

    monkeypatch.setattr(kernel_cache._KeptCode, "__init__", refuse)

    @kernel_cache.kernel
    def doubled(number: int) -> int:
        return 2 * number

    assert doubled(21) == 42


def test_a_numba_whose_cache_is_another_is_left_to_load_in_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def loaded(_self: object, signature: object, _target: object) -> None:
        asked.append(signature)

    monkeypatch.setattr(kernel_cache, "_HAS_INTERNALS", False)
    monkeypatch.setattr("numba.core.caching.FunctionCache.load_overload", loaded)

    @kernel_cache.kernel
    def tripled(number: int) -> int:
        return 3 * number

    assert tripled(14) == 42
    assert asked
