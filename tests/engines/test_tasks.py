"""The "unpack" task gives through a worker exactly what the function gives in this process."""

from __future__ import annotations

import zipfile
from pathlib import Path

from vigilia.engines.limits import Limits
from vigilia.engines.pool import WorkerPool
from vigilia.engines.unpacking import decode_unpacked, unpack_task
from vigilia.evidence.budgets import Budgets
from vigilia.evidence.handed_in import find_handed_in
from vigilia.evidence.leaf import Unpacked
from vigilia.evidence.spool import Spool
from vigilia.evidence.unpack import unpack


def test_unpacking_in_a_worker_equals_unpacking_here(tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    (evidence / "name with \udcff byte.log").write_bytes(b"one line\n")
    with zipfile.ZipFile(evidence / "export.zip", "w") as archive:
        archive.writestr("audit.csv", b"a,b\n" * 1000)
        archive.writestr("empty.csv", b"")
    files = find_handed_in([evidence]).files
    spool = Spool.create(tmp_path / "spool")
    here = {file.path: unpack(file, spool, Budgets(), lambda _: None) for file in files}
    there: dict[str, Unpacked] = {}
    with WorkerPool(2, Limits()) as pool:
        for outcome in pool.run(unpack_task(file, spool.folder, Budgets()) for file in files):
            assert outcome.failure is None, outcome.failure
            there[outcome.id] = decode_unpacked(outcome.reply)
        assert pool.missing_limits == []
    assert there == here
    assert sorted(there) == ["evidence/export.zip", "evidence/name with \\xff byte.log"]
