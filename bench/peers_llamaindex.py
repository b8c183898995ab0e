"""Ask LlamaIndex, put together as its own docs begin, the questions of a set, and write what it answers.

    python bench/peers_llamaindex.py SET --corpus DIR [--corpus DIR] --out answers.jsonl
                                     [--url URL --model NAME] [--seed 0] [--most N] [--minutes M]
    policy-qa eval answers.set.jsonl --corpus DIR [--corpus DIR] --answers answers.jsonl --compare OUR-ROWS

SimpleDirectoryReader reads the folders, its default SentenceSplitter (1,024 tokens) cuts, VectorStoreIndex searches
with this package's embedding model, `as_query_engine()` answers from the two nearest pieces by a model behind an
OpenAI-compatible server (256 tokens an answer at most, for time). Earlier questions of a follow-up are put before it.
The questions are drawn in the order of SEED, so that the first N are a sample, and a run that was ended goes on where
it was; those that were asked are written beside the answers as a set. `citations` are the pieces that the engine gives
as its sources, `retrieved` the ten nearest pieces. Without a URL no model writes: the file tells retrieval and sources
alone, which no model changes.

A language model says in words that it has found nothing; `refused` is told by `_SILENT`, which is generous: any such
phrase makes a refusal.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from pathlib import Path
from typing import Any

from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.llms.openai_like import OpenAILike

from policy_qa.evaluation.questions import LabelledQuestion, read_questions
from policy_qa.llama import PolicyEmbedding

_SILENT = re.compile(
    r"(?:没有|并未|未|不)(?:直接|明确|具体|详细)?(?:提到|提及|说明|指出|提供|涉及|包含|包括|找到)|"
    r"无法(?:直接|准确)?(?:回答|确定|提供|判断|得知)|不清楚|不知道|抱歉|"
    r"(?:not|n't) (?:\w+ )?(?:mention|provide|specif|contain|includ|stat|know)|no (?:\w+ )?information|"
    r"(?:cannot|can't|unable to) (?:answer|determine|provide|find)|sorry|Empty Response",
    re.IGNORECASE,
)


class LlamaIndexAsDocumented:
    """The first example of LlamaIndex's docs, over some folders; `url` may be empty, for no model."""

    def __init__(self, folders: list[Path], url: str, model: str) -> None:
        documents = [found for folder in folders for found in SimpleDirectoryReader(str(folder)).load_data()]
        index = VectorStoreIndex.from_documents(documents, embed_model=PolicyEmbedding())
        self._nearest = index.as_retriever(similarity_top_k=10)
        llm = (
            OpenAILike(
                model=model,
                api_base=url,
                api_key="none",
                is_chat_model=True,
                context_window=4096,
                max_tokens=256,
                timeout=1800,
            )
            if url
            else MockLLM()
        )
        self._engine, self._writes = index.as_query_engine(llm=llm), bool(url)

    def answer(self, question: LabelledQuestion) -> dict[str, Any]:
        """A line of the file."""
        asked = "\n".join([*question.history, question.question])
        began = time.perf_counter()
        response = self._engine.query(asked)
        took = (time.perf_counter() - began) * 1000
        text = str(response) if self._writes else ""
        return {
            "id": question.id,
            "question": question.question,
            "answer": text,
            "refused": bool(_SILENT.search(text)),
            "citations": [{"quote": source.node.get_content()} for source in response.source_nodes],
            "retrieved": [{"quote": found.node.get_content()} for found in self._nearest.retrieve(asked)],
            "timings_ms": {"total": took},
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("set", type=Path)
    parser.add_argument("--corpus", action="append", type=Path, required=True)
    parser.add_argument("--url", default="", help="of the model's server, with /v1")
    parser.add_argument("--model", default="")
    parser.add_argument("--out", type=Path, required=True, help="answers; more are added to those that are there")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, default=10**6, help="ask so many questions (all)")
    parser.add_argument("--minutes", type=float, default=10**6, help="begin no question after so many minutes")
    arguments = parser.parse_args()
    questions = read_questions(arguments.set, "all")
    random.Random(arguments.seed).shuffle(questions)  # noqa: S311 - a sample, no secret
    done = {json.loads(line)["id"] for line in _lines(arguments.out)}
    waiting = [question for question in questions[: arguments.most] if question.id not in done]
    began = time.monotonic()
    system = LlamaIndexAsDocumented(arguments.corpus, arguments.url, arguments.model) if waiting else None
    with arguments.out.open("a", encoding="utf-8") as file:
        for question in waiting:
            if system is None or time.monotonic() - began > arguments.minutes * 60:
                break
            line = system.answer(question)
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            done.add(question.id)
            print(f"{len(done)} of {len(questions)}: {line['timings_ms']['total'] / 1000:.0f} s", flush=True)
    asked = [line for line in _lines(arguments.set) if json.loads(line)["id"] in done]
    arguments.out.with_suffix(".set.jsonl").write_text("\n".join(asked) + "\n", "utf-8")


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").split("\n") if line] if path.is_file() else []


if __name__ == "__main__":
    main()
