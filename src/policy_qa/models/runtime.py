"""How the numeric libraries of this process share the cores: one thread a caller.

Their own threads wait for each other in busy loops. On a machine that has other work to do, a question of 35 ms
took a second that way, in a worker thread, where the page asks.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

_Made = TypeVar("_Made")

_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


def one_thread() -> None:
    """Keep every numeric library to one thread a caller, from now on, in all threads of this process.

    Those not loaded yet read the environment, which children inherit; the others are told. Called where a process
    begins and where a pipeline is opened; a second call costs nothing. More threads come from callers: a server
    answers several questions at once, a build reads several passages at once.
    """
    if all(os.environ.get(name) == "1" for name in _VARIABLES):
        return
    os.environ.update(dict.fromkeys(_VARIABLES, "1"))
    if "numpy" in sys.modules or "torch" in sys.modules:
        from threadpoolctl import threadpool_limits

        threadpool_limits(1)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


@contextmanager
def all_cores() -> Iterator[None]:
    """Let torch, which must be loaded, compute on all cores inside: for work in bulk that one caller does."""
    torch: Any = sys.modules["torch"]
    before = torch.get_num_threads()
    torch.set_num_threads(os.cpu_count() or 1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def once(make: Callable[[], _Made]) -> Callable[[], _Made]:
    """`make`, called at the first use and no more, whichever thread comes first; then it is let go."""
    lock, todo = threading.Lock(), [make]
    made: list[_Made] = []

    def held() -> _Made:
        with lock:
            if not made:
                made.append(todo[0]())
                todo.clear()
        return made[0]

    return held


def session(graph: Path) -> Any:
    """An ONNX Runtime session on the CPU that computes in the thread that calls it."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    # The graphs are written as ONNX Runtime would make them: looking again takes as long as loading.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
