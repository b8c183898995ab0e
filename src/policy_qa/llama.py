"""The parts as LlamaIndex classes, to drop into anyone's pipeline.

    documents -> PolicyNodeParser -> TextNodes with refs and offsets
    question  -> PolicyRetriever  -> NodeWithScore, one an article, score = probability of answering
    question  -> PolicyQueryEngine -> Response whose source nodes are the quotations

The core is plain functions; these classes wrap it, so that a one-shot `policy-qa ask` needn't pay for
LlamaIndex's import.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.node_parser import NodeParser
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import BaseNode, NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from policy_qa.datamodels import Answer, Provision, Segmentation
from policy_qa.documents import describe
from policy_qa.pipeline import Pipeline
from policy_qa.provisions import segment
from policy_qa.provisions.refs import cite


def node_of(segmentation: Segmentation, provision: Provision) -> TextNode:
    """A provision as a TextNode: its id is the ref, its offsets are those in the document's text."""
    document = segmentation.document
    return TextNode(
        id_=provision.ref,
        text=segmentation.text_of(provision),
        start_char_idx=provision.start,
        end_char_idx=provision.end,
        metadata={
            "ref": provision.ref,
            "cite": cite(document, provision),
            "doc_id": provision.doc_id,
            "kind": provision.kind.value,
            "headings": " ".join(provision.headings),
            "title": document.title,
            "status": document.status.value,
            "date": document.date,
        },
        excluded_embed_metadata_keys=["ref", "cite", "doc_id", "kind", "status", "date"],
        excluded_llm_metadata_keys=["doc_id", "kind"],
    )


class PolicyNodeParser(NodeParser):
    """Cuts documents into their articles, exactly, with previous and next articles as relationships.

    A document's `doc_id` (or file name in its metadata) becomes the first part of each ref.
    """

    @classmethod
    def class_name(cls) -> str:
        """The name under which LlamaIndex stores this parser."""
        return "PolicyNodeParser"

    def _parse_nodes(self, nodes: Sequence[BaseNode], show_progress: bool = False, **kwargs: Any) -> list[BaseNode]:
        out: list[BaseNode] = []
        for node in nodes:
            text = node.get_content()
            name = str(node.metadata.get("file_name") or node.node_id)
            document = describe(
                text,
                doc_id=name.rsplit(".", 1)[0],
                source=name,
                sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
            )
            segmentation = segment(document)
            found = [node_of(segmentation, p) for p in segmentation.articles]
            for one, two in pairwise(found):
                one.relationships[NodeRelationship.NEXT] = RelatedNodeInfo(node_id=two.node_id)
                two.relationships[NodeRelationship.PREVIOUS] = RelatedNodeInfo(node_id=one.node_id)
            for piece in found:
                piece.relationships[NodeRelationship.SOURCE] = node.as_related_node_info()
            out += found
        return out


class PolicyRetriever(BaseRetriever):
    """The pipeline's retrieval: `top` articles, best first. `doc_ids` restricts the documents."""

    def __init__(self, pipeline: Pipeline, top: int = 10, doc_ids: Sequence[str] = ()) -> None:
        super().__init__()
        self._pipeline, self._top, self._doc_ids = pipeline, top, tuple(doc_ids)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._pipeline.search(query_bundle.query_str, top=self._top, doc_ids=self._doc_ids)
        out = []
        for hit in found:
            provision = self._pipeline.provision(hit.ref)
            node = node_of(self._pipeline.segmentation(provision.doc_id), provision)
            out.append(NodeWithScore(node=node, score=hit.score))
        return out


class PolicyQueryEngine(BaseQueryEngine):
    """The pipeline's answers: the response's text with its marks, the quotations as source nodes.

    `response.metadata` holds `refused`, `mode` and `notices`.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        super().__init__(callback_manager=None)
        self._pipeline = pipeline

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _query(self, query_bundle: QueryBundle) -> Response:
        return self.respond(self._pipeline.ask(query_bundle.query_str))

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return self._query(query_bundle)

    def respond(self, answer: Answer) -> Response:
        """An answer as LlamaIndex's Response."""
        sources = []
        scores = {r.ref: r.score for r in answer.retrieved}
        for citation in answer.citations:
            provision = self._pipeline.provision(citation.ref)
            node = node_of(self._pipeline.segmentation(provision.doc_id), provision)
            node.text = citation.quote
            node.start_char_idx, node.end_char_idx = citation.start, citation.end
            sources.append(NodeWithScore(node=node, score=scores.get(citation.ref)))
        metadata = {"refused": answer.refused, "mode": answer.mode, "notices": list(answer.notices)}
        return Response(response=answer.answer, source_nodes=sources, metadata=metadata)
