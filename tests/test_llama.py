"""The LlamaIndex classes give the same provisions and answers as the pipeline itself."""

from __future__ import annotations

import asyncio
import importlib.util
import pickle
import threading
from pathlib import Path

import pytest
from llama_index.core import Document as LlamaDocument
from llama_index.core import SimpleDirectoryReader
from llama_index.core.evaluation import RetrieverEvaluator
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.schema import MetadataMode, NodeRelationship, QueryBundle
from llama_index.core.vector_stores.types import FilterCondition, FilterOperator, MetadataFilter, MetadataFilters

from policy_qa.errors import UsageError
from policy_qa.llama import PolicyEmbedding, PolicyNodeParser, PolicyQueryEngine, PolicyReader, PolicyRetriever
from policy_qa.pipeline import Pipeline
from samples import CORPUS, ROOT

TEXT = "校园网管理办法\n第一条 为规范管理，制定本办法。\n第二条 校园网由信息中心运行。\n第三条 自发布之日起施行。\n"


def test_parser_gives_articles_with_refs_offsets_and_neighbours() -> None:
    source = LlamaDocument(text=TEXT, metadata={"file_name": "net.txt"})
    nodes = PolicyNodeParser().get_nodes_from_documents([source])
    assert [n.metadata["ref"] for n in nodes] == ["net#preamble", "net#1", "net#2", "net#3"]
    for node in nodes:
        assert TEXT[node.start_char_idx : node.end_char_idx] == node.text
    assert nodes[1].relationships[NodeRelationship.NEXT].node_id == "net#2"


ITEMS = (
    "校园网管理办法\n第一条 下列人员：\n（一）校长；\n（二）副校长：\n1. 分管信息化的；\n2. 分管教学的。\n"
    "第二条 自发布之日起施行。\n"
)


def test_inner_provisions_know_their_parents_children_and_neighbours() -> None:
    source = LlamaDocument(text=ITEMS, id_="net")
    nodes = {n.node_id: n for n in PolicyNodeParser(inner=True).get_nodes_from_documents([source])}
    assert list(nodes) == [f"net#{p}" for p in ("preamble", "1", "1.1", "1.2", "1.2.1", "1.2.2", "2")]
    assert all(ITEMS[n.start_char_idx : n.end_char_idx] == n.text for n in nodes.values())

    def related(ref: str, kind: NodeRelationship) -> list[str]:
        found = nodes[f"net#{ref}"].relationships.get(kind, [])
        return [r.node_id for r in (found if isinstance(found, list) else [found])]

    assert related("1.2", NodeRelationship.PARENT) == ["net#1"]
    assert related("1.2.1", NodeRelationship.PARENT) == ["net#1.2"]
    assert related("1", NodeRelationship.PARENT) == []
    assert related("1", NodeRelationship.CHILD) == ["net#1.1", "net#1.2"]
    assert related("1.1", NodeRelationship.NEXT) == ["net#1.2"]
    assert related("1", NodeRelationship.NEXT) == ["net#2"]
    assert related("1.2.2", NodeRelationship.PREVIOUS) == ["net#1.2.1"]
    assert all(related(ref.partition("#")[2], NodeRelationship.SOURCE) == ["net"] for ref in nodes)
    assert nodes["net#1.2"].metadata["cite"] == "《校园网管理办法》第一条第二项"


def test_what_a_model_reads_of_a_node_is_its_text_with_title_and_headings() -> None:
    (_, node, *_) = PolicyNodeParser().get_nodes_from_documents([LlamaDocument(text=TEXT, id_="net")])
    assert node.get_content(MetadataMode.EMBED).splitlines()[-1] == "第一条 为规范管理，制定本办法。"
    assert "校园网管理办法" in node.get_content(MetadataMode.EMBED)
    assert "net#1" not in node.get_content(MetadataMode.EMBED)


def test_reader_and_parser_in_an_ingestion_pipeline_give_the_articles_of_the_corpus() -> None:
    documents = PolicyReader().load_data(CORPUS)
    nodes = IngestionPipeline(transformations=[PolicyNodeParser()]).run(documents=list(documents))
    assert len(nodes) == 84
    texts = {d.doc_id: d.text for d in documents}
    for node in nodes:
        assert texts[node.metadata["doc_id"]][node.start_char_idx : node.end_char_idx] == node.get_content()


@pytest.mark.slow
def test_the_example_of_the_docs_runs(tmp_path: Path) -> None:
    (tmp_path / "net.txt").write_text(TEXT, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("example", ROOT / "docs" / "llama_index_example.py")
    assert spec
    assert spec.loader
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    (best,) = example.retrieve(str(tmp_path), "校园网由哪个部门运行？", top=1)
    assert best.node.node_id == "net#2"
    assert best.node.get_content() == "第二条 校园网由信息中心运行。"


@pytest.mark.slow
def test_embeddings_are_those_of_the_package() -> None:
    embedding = PolicyEmbedding()
    query = embedding.get_query_embedding("校园网由哪个部门运行？")
    near, far = embedding.get_text_embedding_batch(["校园网由信息中心运行。", "食堂每天供应三餐。"])
    assert embedding.similarity(query, near) > embedding.similarity(query, far)


@pytest.mark.slow
def test_retriever_and_engine_give_what_the_pipeline_gives(pipeline: Pipeline) -> None:
    question = "宜春学院首席信息官的任期是几年？"
    answer = pipeline.ask(question)
    nodes = PolicyRetriever(pipeline, similarity_top_k=3).retrieve(question)
    assert [n.node.node_id for n in nodes] == [r.ref for r in answer.retrieved[:3]]
    response = PolicyQueryEngine(pipeline).query(question)
    assert str(response) == answer.answer
    assert [n.node.text for n in response.source_nodes] == [c.quote for c in answer.citations]


@pytest.mark.slow
def test_retrieval_obeys_metadata_filters(pipeline: Pipeline) -> None:
    question = "首席信息官由谁担任？"

    def found(*filters: MetadataFilter, condition: FilterCondition = FilterCondition.AND) -> list[str]:
        wanted = MetadataFilters(filters=list(filters), condition=condition)
        return [
            n.node.node_id for n in PolicyRetriever(pipeline, similarity_top_k=3, filters=wanted).retrieve(question)
        ]

    plain = [n.node.node_id for n in PolicyRetriever(pipeline, similarity_top_k=84).retrieve(question)]
    drafts = found(MetadataFilter(key="status", value="讨论稿"))
    # Alone, a document's articles are weighed against each other only, so places may change below the first.
    assert drafts[0] == next(ref for ref in plain if ref.startswith("yichun-cio#"))
    assert len(drafts) == 3
    assert all(ref.startswith("yichun-cio#") for ref in drafts)
    points = found(MetadataFilter(key="kind", value="点"), MetadataFilter(key="doc_id", value="helan-cio"))
    assert len(points) == 3
    assert all(ref.startswith("helan-cio#") and "." in ref for ref in points)
    newer = MetadataFilter(key="date", value="2023", operator=FilterOperator.GTE)
    assert {ref.partition("#")[0] for ref in found(newer)} == {"helan-cio"}
    either = found(newer, MetadataFilter(key="status", value="讨论稿"), condition=FilterCondition.OR)
    assert {ref.partition("#")[0] for ref in either} <= {"helan-cio", "yichun-cio"}
    assert found(MetadataFilter(key="status", value="废止")) == []


def test_the_reader_takes_folders_and_files_as_other_readers_do(tmp_path: Path) -> None:
    (tmp_path / "net.txt").write_text(TEXT, encoding="utf-8")
    paths = [PolicyReader().load_data(tmp_path), PolicyReader().load_data(input_dir=str(tmp_path))]
    paths.append(PolicyReader().load_data(input_files=[tmp_path / "net.txt"], extra_info={"source": "学校"}))
    assert [[document.id_ for document in documents] for documents in paths] == [["net"]] * 3
    assert [documents[0].metadata.get("source") for documents in paths] == [None, None, "学校"]
    with pytest.raises(UsageError, match="found none"):
        PolicyReader().load_data()


def test_the_reader_reads_for_llama_index_own(tmp_path: Path) -> None:
    (tmp_path / "net.txt").write_text(TEXT, encoding="utf-8")
    (document,) = SimpleDirectoryReader(str(tmp_path), file_extractor={".txt": PolicyReader()}).load_data()
    assert (document.text, document.metadata["title"]) == (TEXT, "校园网管理办法")
    assert document.metadata["file_path"] == str(tmp_path / "net.txt")


@pytest.mark.slow
def test_parsing_and_embedding_in_two_processes_give_the_same(tmp_path: Path) -> None:
    parts = [PolicyNodeParser(), PolicyEmbedding(embed_batch_size=7)]
    again = pickle.loads(pickle.dumps(parts[1]))  # noqa: S301 - what LlamaIndex does with it
    assert (again.embed_batch_size, again.model_name) == (7, parts[1].model_name)
    documents = [LlamaDocument(text=TEXT.replace("校园网", name), id_=name) for name in ("电网", "水网")]
    alone = IngestionPipeline(transformations=parts).run(documents=documents)
    shared = IngestionPipeline(transformations=parts).run(documents=documents, num_workers=2)
    assert [node.node_id for node in shared] == [node.node_id for node in alone]
    for one, other in zip(alone, shared, strict=True):
        assert one.embedding == pytest.approx(other.embedding, abs=1e-5)


@pytest.mark.slow
def test_engine_and_retriever_keep_to_documents_filters_and_number(pipeline: Pipeline) -> None:
    question = QueryBundle("首席信息官由谁担任？")
    drafts = MetadataFilters(filters=[MetadataFilter(key="status", value="讨论稿")])
    for held in ({"doc_ids": ["yichun-cio"]}, {"filters": drafts}):
        engine = PolicyQueryEngine(pipeline, similarity_top_k=2, **held)  # type: ignore[arg-type]
        retriever = PolicyRetriever(pipeline, similarity_top_k=2, **held)  # type: ignore[arg-type]
        found = [n.node.node_id for n in engine.retrieve(question)]
        assert found == [n.node.node_id for n in retriever.retrieve(question)]
        assert len(found) == 2
        cited = engine.query(question).source_nodes
        assert {n.node.metadata["doc_id"] for n in cited} == {"yichun-cio"}
    nothing = MetadataFilters(filters=[MetadataFilter(key="status", value="废止")])
    empty = PolicyQueryEngine(pipeline, filters=nothing).query(question)
    assert (str(empty), empty.source_nodes, empty.metadata) == ("Empty Response", [], {"refused": True})
    points = MetadataFilters(filters=[MetadataFilter(key="kind", value="点")])
    with pytest.raises(UsageError, match="whole documents"):
        PolicyQueryEngine(pipeline, filters=points)


@pytest.mark.slow
def test_nothing_asynchronous_keeps_the_loop(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    embedding, threads = PolicyEmbedding(), set()

    def seen(*_: object, **__: object) -> None:
        threads.add(threading.current_thread())

    for owner, name in ((Pipeline, "search"), (Pipeline, "stream"), (type(embedding._encoder), "query"),
                        (type(embedding._encoder), "passages")):  # fmt: skip
        whole = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *a, whole=whole, **k: (seen(), whole(*a, **k))[1])

    async def ask() -> None:
        question = "首席信息官由谁担任？"
        await PolicyRetriever(pipeline).aretrieve(question)
        await PolicyQueryEngine(pipeline).aquery(question)
        await embedding.aget_query_embedding(question)
        await embedding.aget_text_embedding(question)
        await embedding.aget_text_embedding_batch([question])

    asyncio.run(ask())
    assert threads
    assert threading.main_thread() not in threads


@pytest.mark.slow
def test_llama_index_evaluates_the_retriever(pipeline: Pipeline) -> None:
    evaluator = RetrieverEvaluator.from_metric_names(["hit_rate", "mrr"], retriever=PolicyRetriever(pipeline))
    found = evaluator.evaluate("宜春学院首席信息官的任期是几年？", expected_ids=["yichun-cio#7"])
    assert found.metric_vals_dict == {"hit_rate": 1.0, "mrr": 1.0}
