"""What is fuzzed, each in the way that its users reach it. It runs in a process with limits: see test_fuzz.py.

Whatever comes in, a target either does its work, and then what it gives fits together, or refuses in words.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from functools import cached_property
from typing import Any

from policy_qa.citing.find import find
from policy_qa.citing.grammar import Register
from policy_qa.documents import scans
from policy_qa.documents.sources import read_bytes
from policy_qa.errors import PolicyQAError
from policy_qa.page.drafts import Drafts, Task
from policy_qa.page.texts import texts_for
from policy_qa.provisions import segment
from policy_qa.retrieval.question import Analyzer
from samples import assert_lossless
from small_index import retriever_of, weighing

FORMATS = ("docx", "pdf", "html", "ofd", "xlsx", "csv", "md", "txt")
_RULES = {
    "wang": "宁江学院校园网管理办法\n第一章 总则\n第一条 校园网由信息中心运行。\n"
    "第二条 教师上网应当实名登记，任期3年。\n",
    "chai": "云岭学院差旅费管理办法\n第一条 出差人员应当在30日内报销。\n"
    "第二条 下列费用不予报销：\n（一）私人费用；\n（二）罚款。\n",
}


class Targets:
    """The tasks of the process: `about` names the target, the body is what it is given."""

    def __init__(self, index_dir: str) -> None:
        self._drafts = Drafts(index_dir)

    def prepare(self) -> None:
        """Open what every target has open."""
        self._drafts.prepare()
        assert self._analyzer

    def do(self, about: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """What went wrong, as a traceback; nothing where nothing did."""
        try:
            self.run(about["target"], body)
        except MemoryError:
            raise
        except PolicyQAError as error:
            message = str(error)
            assert message
            return {"wrong": "" if "\n" not in message else f"a message of two lines: {message}"}, b""
        except BaseException:  # whatever it is, it is what is looked for
            return {"wrong": traceback.format_exc()}, b""
        return {"wrong": ""}, b""

    def run(self, target: str, body: bytes) -> None:
        """Give `body` to a target."""
        self._all[target](body)

    @cached_property
    def _all(self) -> dict[str, Callable[[bytes], None]]:
        readers = {form: lambda body, form=form: _read(body, form) for form in FORMATS}
        return {**readers, "citation": _cite, "question": self._ask, "check": self._check}

    @cached_property
    def _analyzer(self) -> Analyzer:
        return retriever_of(weighing(), texts=_RULES).analyzer

    def _ask(self, body: bytes) -> None:
        *before, text = body.decode("utf-8", "surrogatepass").split("\x1e")[-3:]
        question = self._analyzer.analyze(text, before)
        assert question.lang in ("zh", "en")

    def _check(self, body: bytes) -> None:
        about, reply = self._drafts.do({"task": Task.JSON, "lang": "zh", "content_type": "application/json"}, body)
        told = json.loads(reply)
        assert about["status"] in (200, 400), told
        if about["status"] == 400:
            assert told["error"] not in {texts_for(lang).internal_error for lang in ("zh", "en")}
            return
        draft = read_bytes(json.loads(body)["text"].encode("utf-8", "replace"), "x.txt").text
        for finding in told["findings"]:
            assert 0 <= finding["start"] <= finding["end"] <= len(draft), finding


def _read(body: bytes, form: str) -> None:
    with scans.held():  # pictures take seconds each to be recognised, by a library that has its own tests
        document = read_bytes(body, f"a.{form}")
    assert_lossless(segment(document))
    assert not document.pages or document.pages[-1] <= len(document.text)


def _cite(body: bytes) -> None:
    text = body.decode("utf-8", "surrogatepass")
    for register in Register:
        end = 0
        for mention in find(text, register):
            assert end <= mention.start < mention.end <= len(text), (register, mention)
            assert mention.places or register is Register.POLICY, (register, mention)
            end = mention.end
