"""The LlamaIndex classes give the same provisions and answers as the pipeline itself."""

from __future__ import annotations

import pytest
from llama_index.core import Document as LlamaDocument
from llama_index.core.schema import NodeRelationship

from policy_qa.llama import PolicyNodeParser, PolicyQueryEngine, PolicyRetriever
from policy_qa.pipeline import Pipeline

TEXT = "校园网管理办法\n第一条 为规范管理，制定本办法。\n第二条 校园网由信息中心运行。\n第三条 自发布之日起施行。\n"


def test_parser_gives_articles_with_refs_offsets_and_neighbours() -> None:
    source = LlamaDocument(text=TEXT, metadata={"file_name": "net.txt"})
    nodes = PolicyNodeParser().get_nodes_from_documents([source])
    assert [n.metadata["ref"] for n in nodes] == ["net#preamble", "net#1", "net#2", "net#3"]
    for node in nodes:
        assert TEXT[node.start_char_idx : node.end_char_idx] == node.text
    assert nodes[1].relationships[NodeRelationship.NEXT].node_id == "net#2"


@pytest.mark.slow
def test_retriever_and_engine_give_what_the_pipeline_gives(pipeline: Pipeline) -> None:
    question = "宜春学院首席信息官的任期是几年？"
    answer = pipeline.ask(question)
    nodes = PolicyRetriever(pipeline, top=3).retrieve(question)
    assert [n.node.node_id for n in nodes] == [r.ref for r in answer.retrieved[:3]]
    response = PolicyQueryEngine(pipeline).query(question)
    assert str(response) == answer.answer
    assert [n.node.text for n in response.source_nodes] == [c.quote for c in answer.citations]
