"""A task that crashes, hangs, balloons or lies costs that task; every other task is answered."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from vigilia.engines.fork_server import CAN_FORK
from vigilia.engines.limits import Limits
from vigilia.engines.pipes import Pipes, SelectedPipes, ThreadedPipes
from vigilia.engines.pool import EngineError, Outcome, WorkerPool
from vigilia.engines.protocol import Task

MIB = 1 << 20
FAULTY = (sys.executable, "-P", str(Path(__file__).with_name("faulty_worker.py")))
LIMITS = Limits(memory_bytes=256 * MIB, silence_seconds=1.5, reply_bytes=MIB, processor_seconds=60)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the faults are POSIX signals")


def task(number: int, kind: str, body: str = "1") -> Task:
    return Task(id=f"{number}:{kind}", kind=kind, body=msgspec.Raw(body.encode()))


def run_all(tasks: list[Task], *, workers: int = 2, limits: Limits = LIMITS) -> dict[str, Outcome]:
    with WorkerPool(workers, limits, command=FAULTY) as pool:
        outcomes = list(pool.run(tasks))
    assert sorted(one.id for one in outcomes) == sorted(one.id for one in tasks), "one outcome for each task"
    return {one.id.partition(":")[2]: one for one in outcomes}


@pytest.mark.parametrize("pipes", [SelectedPipes, ThreadedPipes])
def test_good_tasks_are_answered_and_tagged_with_their_ids(pipes: Callable[[], Pipes]) -> None:
    tasks = [task(number, "echo", f'{{"n":{number}}}') for number in range(40)]
    with WorkerPool(3, LIMITS, command=FAULTY, pipes=pipes) as pool:
        outcomes = list(pool.run(tasks))
    assert {one.id: one.reply for one in outcomes} == {one.id: bytes(one.body) for one in tasks}


@pytest.mark.parametrize(
    ("pipes", "forks"), [(SelectedPipes, False), (ThreadedPipes, False), (SelectedPipes, True)], ids=str
)
def test_every_fault_costs_its_own_task_only(pipes: Callable[[], Pipes], forks: bool) -> None:
    faults = ["crash", "leave", "hang", "balloon", "overallocate", "boast", "babble", "refuse", "fill_disk", "blunder"]
    kinds = [kind for fault in faults for kind in ("echo", fault, "bulk")]
    tasks = [task(number, kind) for number, kind in enumerate(kinds)]
    with WorkerPool(2, LIMITS, forks=forks, kinds=(), command=FAULTY, pipes=pipes) as pool:
        pool.start()
        outcomes = {one.id: one for one in pool.run(tasks)}
    assert outcomes.keys() == {one.id for one in tasks}
    failures = {}
    for name, outcome in outcomes.items():
        kind = name.partition(":")[2]
        if kind in faults:
            assert outcome.failure is not None, name
            failures[kind] = (outcome.failure.kind, re.sub(r":\d+\)$", ")", outcome.failure.reason))
        else:
            assert outcome.failure is None, name
            assert len(outcome.reply) == (1 if kind == "echo" else (900 << 10) + 2)
    assert failures == {
        "crash": ("crashed", "crashed (signal 11)"),
        "leave": ("crashed", "its worker ended (exit code 7)"),
        "hang": ("hung", "no progress for 1.5 s"),
        "balloon": ("memory", "more than 256 MB of memory"),
        "overallocate": ("memory", "it needs more memory than it may have"),
        "boast": ("protocol", "its answer is longer than 1048576 bytes"),
        "babble": ("protocol", "its worker's answer cannot be understood"),
        "refuse": ("error", "it is broken (record 7)"),
        "fill_disk": ("error", "the disk is full"),
        "blunder": ("error", "internal error: KeyError (__main__)"),
    }


def test_a_full_disk_is_told_apart_from_bad_evidence() -> None:
    outcomes = run_all([task(0, "fill_disk"), task(1, "refuse")])
    stops = {kind: one.failure is not None and one.failure.stops_case for kind, one in outcomes.items()}
    assert stops == {"fill_disk": True, "refuse": False}


def test_what_a_library_prints_does_not_disturb_the_answers() -> None:
    outcomes = run_all([task(0, "chatter", '"mine"'), task(1, "echo")])
    assert outcomes["chatter"].reply == b'"mine"'


def test_slow_progress_is_not_a_hang() -> None:
    assert run_all([task(0, "creep")])["creep"].failure is None


def test_endless_work_that_makes_progress_ends_with_its_processor_time() -> None:
    limits = msgspec.structs.replace(LIMITS, processor_seconds=1)
    failure = run_all([task(0, "spin"), task(1, "echo")], limits=limits)["spin"].failure
    assert failure is not None
    assert (failure.kind, failure.reason) == ("processor", "more than 1 s of processor time")


def test_work_that_never_ends_is_ended_by_the_clock_whatever_progress_it_makes() -> None:
    limits = msgspec.structs.replace(LIMITS, task_seconds=0.6)
    failure = run_all([task(0, "creep"), task(1, "echo")], limits=limits)["creep"].failure
    assert failure is not None
    assert (failure.kind, failure.reason) == ("hung", "not finished within 0.6 s")


def test_a_file_that_grows_without_end_costs_its_task() -> None:
    limits = msgspec.structs.replace(LIMITS, written_bytes=4 * MIB)
    failure = run_all([task(0, "flood"), task(1, "echo")], limits=limits)["flood"].failure
    assert failure is not None
    assert (failure.kind, failure.reason.partition(" (")[0]) == ("error", "internal error: OSError")


@pytest.mark.slow
def test_a_hundred_faults_are_each_ended_within_five_seconds() -> None:
    """S-05: beside good tasks, with as many workers as cores at most."""
    faults = ["hang", "balloon", "overallocate", "crash", "spin", "leave", "flood", "babble", "boast", "refuse"] * 10
    limits = msgspec.structs.replace(LIMITS, processor_seconds=1, written_bytes=64 * MIB)
    tasks = [task(number, kind) for number, fault in enumerate(faults) for kind in (fault, "echo")]
    seconds: list[float] = []
    with WorkerPool(2, limits, command=FAULTY) as pool:
        before = time.monotonic()
        for outcome in pool.run(tasks):
            assert (outcome.failure is None) == outcome.id.endswith(":echo")
            seconds.append(time.monotonic() - before)
            before = time.monotonic()
    assert len(seconds) == len(tasks) == 200
    assert max(seconds) < 5


def test_progress_is_passed_on() -> None:
    seen: list[tuple[str, int]] = []
    with WorkerPool(1, LIMITS, command=FAULTY) as pool:
        list(pool.run([task(0, "creep")], lambda name, size: seen.append((name, size))))
    assert seen
    assert all(name == "0:creep" for name, _ in seen)
    assert [size for _, size in seen] == sorted(size for _, size in seen)


def test_workers_live_on_from_task_to_task_and_from_run_to_run() -> None:
    with WorkerPool(1, LIMITS, command=FAULTY) as pool:
        processes = {one.reply for _ in range(2) for one in pool.run([task(n, "identify") for n in range(3)])}
    assert len(processes) == 1


@pytest.mark.skipif(not CAN_FORK, reason="workers are forked on Linux only")
def test_forks_are_all_copies_of_one_process_and_each_dead_one_is_replaced() -> None:
    with WorkerPool(2, LIMITS, forks=True, kinds=(), command=FAULTY) as pool:
        pool.start()
        creeping = [task(number, "creep") for number in range(2)]
        first = {one.reply for one in pool.run([task(0, "parent"), *creeping, task(1, "parent")]) if one.reply != b"1"}
        codes = [one.failure.reason for one in pool.run([task(n, "leave") for n in range(2)]) if one.failure]
        later = {one.reply for one in pool.run([task(0, "parent")])}
    assert len(first) == 1
    assert codes == ["its worker ended (exit code 7)"] * 2
    assert later == {b"%d" % os.getpid()}, "no fork is left: the next starts from nothing"


@pytest.mark.skipif(not CAN_FORK, reason="workers are forked on Linux only")
def test_where_what_is_forked_dies_workers_start_from_nothing() -> None:
    with WorkerPool(2, LIMITS, forks=True, kinds=(), command=FAULTY) as pool:
        pool.start()
        pool.prepare("no such kind", b"{}")
        assert [one.reply for one in pool.run([task(0, "echo"), task(1, "echo")])] == [b"1", b"1"]


def test_an_unknown_kind_of_task_fails_by_name() -> None:
    failure = run_all([task(0, "mystery")])["mystery"].failure
    assert failure is not None
    assert "'mystery'" in failure.reason


def test_tasks_are_taken_only_as_workers_fall_free() -> None:
    taken = 0

    def endless() -> object:
        nonlocal taken
        while True:
            taken += 1
            yield task(taken, "echo")

    with WorkerPool(2, LIMITS, command=FAULTY) as pool:
        run = pool.run(endless())  # type: ignore[arg-type] # a generator typed loosely above
        for _ in range(10):
            next(run)
        assert taken <= 16


def test_workers_that_cannot_start_are_an_error_of_ours_not_of_the_evidence() -> None:
    with (
        WorkerPool(1, LIMITS, command=(sys.executable, "-c", "raise SystemExit(3)")) as pool,
        pytest.raises(EngineError, match="before they are ready"),
    ):
        list(pool.run([task(0, "echo")]))


def test_no_worker_outlives_the_pool() -> None:
    with WorkerPool(2, LIMITS, command=FAULTY) as pool:
        run = pool.run([task(0, "identify"), task(1, "creep"), task(2, "creep")])
        first = int(next(run).reply)
        run.close()  # type: ignore[attr-defined] # run is a generator
    assert not _alive(first)


PARENT = """
import sys, msgspec
from vigilia.engines.limits import Limits
from vigilia.engines.pool import WorkerPool
from vigilia.engines.protocol import Task
limits = msgspec.json.decode(sys.argv[2].encode(), type=Limits)
tasks = [Task(id="0", kind="identify", body=msgspec.Raw(b"1")), Task(id="1", kind=sys.argv[3], body=msgspec.Raw(b"1"))]
command = (sys.executable, "-P", sys.argv[1])
with WorkerPool(1, limits, command=command, kinds=(), forks=sys.argv[4] == "True") as pool:
    pool.start()
    for outcome in pool.run(tasks):
        print(outcome.reply.decode(), flush=True)
"""


@pytest.mark.parametrize(("busy_with", "forks"), [("spin", False), ("hang", False), ("hang", True)])
def test_a_killed_parent_leaves_no_worker_running(busy_with: str, forks: bool) -> None:
    limits = msgspec.json.encode(msgspec.structs.replace(LIMITS, silence_seconds=30)).decode()
    command = [sys.executable, "-P", "-c", PARENT, FAULTY[-1], limits, busy_with, str(forks)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        time.sleep(0.3)
        assert _alive(worker)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    deadline = time.monotonic() + 5
    while _alive(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(worker)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
