"""One thread a caller: every numeric library, in worker threads too, whatever was loaded first."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from policy_qa.models.encoder import E5Small
from policy_qa.settings import Settings

_LOOK = """
def threads():
    from threadpoolctl import threadpool_info
    return sorted({(l["user_api"], l["num_threads"]) for l in threadpool_info()})

from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(1) as pool:
    print(pool.submit(threads).result())
"""


def run(code: str, **more: str) -> str:
    unset = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    env = {**unset, **more}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env).stdout


@pytest.mark.parametrize("before", ["import numpy", "pass"])
@pytest.mark.parametrize("wished", [{}, {"OPENBLAS_NUM_THREADS": "3", "OMP_NUM_THREADS": "3"}])
def test_libraries_in_a_worker_thread_keep_to_one_thread(before: str, wished: dict[str, str]) -> None:
    code = f"{before}\nfrom policy_qa.models.runtime import one_thread\none_thread()\nimport numpy, faiss\n{_LOOK}"
    found = ast.literal_eval(run(code, **wished))
    assert set(found) == {("blas", 1), ("openmp", 1)}


def test_whoever_opens_a_pipeline_gets_the_limit(built: Settings) -> None:
    code = f"""
import numpy
from pathlib import Path
from policy_qa.pipeline import open_pipeline
from policy_qa.settings import Settings
open_pipeline(Settings(home=Path({str(built.home)!r}), corpus=Path("corpus"))).ask("任期几年？")
{_LOOK}"""
    found = ast.literal_eval(run(code, OPENBLAS_NUM_THREADS="3"))
    assert ("blas", 1) in found
    assert {count for _, count in found} == {1}


def test_the_session_computes_in_the_calling_thread(encoder: E5Small) -> None:
    encoder.query("校长")
    options = encoder._session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"


@pytest.mark.slow
def test_torch_keeps_to_one_thread_save_in_bulk() -> None:
    code = """
import os
from policy_qa.models.runtime import all_cores, one_thread
one_thread()
import torch
print(torch.get_num_threads())
with all_cores():
    print(torch.get_num_threads() == os.cpu_count())
print(torch.get_num_threads())"""
    assert run(code).split() == ["1", "True", "1"]
    assert run("import torch\n" + code).split() == ["1", "True", "1"]
