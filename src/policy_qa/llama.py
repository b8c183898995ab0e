"""The parts as LlamaIndex classes, to drop into anyone's pipeline.

    files     -> PolicyReader      -> Documents: txt, md, docx, pdf and html as this package reads them
    documents -> PolicyNodeParser  -> TextNodes with refs, offsets, parents and neighbours
    text      -> PolicyEmbedding   -> the package's own model, which needs no hub and no key
    question  -> PolicyRetriever   -> NodeWithScore, one an article, score = probability of answering
    question  -> PolicyQueryEngine -> Response whose source nodes are the quotations

The core is plain functions; these classes wrap it, so that a one-shot `policy-qa ask` needn't pay for
LlamaIndex's import. `docs/llama_index_example.py` shows them in another pipeline.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.response.schema import Response
from llama_index.core.bridge.pydantic import Field, PrivateAttr
from llama_index.core.node_parser import NodeParser
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.readers.base import BaseReader
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import (
    BaseNode,
    MetadataMode,
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)
from llama_index.core.schema import Document as LlamaDocument
from llama_index.core.vector_stores.types import MetadataFilters
from llama_index.core.vector_stores.utils import build_metadata_filter_fn

from policy_qa.datamodels import Answer, Provision, Segmentation
from policy_qa.documents import Extracted, describe, list_sources, read_document
from policy_qa.embedding import Encoder, open_encoder
from policy_qa.pipeline import Pipeline
from policy_qa.provisions import segment
from policy_qa.provisions.refs import cite
from policy_qa.settings import Settings

#: Metadata that say where a node stands; a model shouldn't read them.
_PLACE = ("ref", "doc_id", "kind", "page", "status", "date", "article")
#: Where PolicyReader leaves the offsets at which a document's pages begin.
_PAGES = "page_starts"


def node_of(segmentation: Segmentation, provision: Provision) -> TextNode:
    """A provision as a TextNode: its id is the ref, its offsets are those in the document's text.

    `metadata` holds `ref`, `cite`, `doc_id`, `kind`, `label`, `headings`, `title`, `status`, `date`, `article`
    (whether it stands at article level), and `page` where the file has pages.
    """
    document = segmentation.document
    page = document.page_of(provision.start)
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
            "label": provision.label,
            "headings": " ".join(provision.headings),
            "title": provision.instrument or document.title,
            "status": document.status.value,
            "date": document.date,
            "article": provision.article,
            **({"page": page} if page else {}),
        },
        excluded_embed_metadata_keys=[*_PLACE, "cite", "label"],
        excluded_llm_metadata_keys=[*_PLACE, "label"],
    )


class PolicyReader(BaseReader):
    """Files or folders of policies as LlamaIndex documents, read as `policy-qa build` reads them.

    A document's id is the file's stem. A file that can't be read raises SourceError with one clear line.
    """

    def lazy_load_data(self, *paths: str | Path, **_: Any) -> Iterable[LlamaDocument]:
        """Yield a document for each policy file in `paths`."""
        for path in map(Path, paths):
            for file in list_sources(path) if path.is_dir() else (path,):
                document = read_document(file, root=path if path.is_dir() else path.parent)
                yield LlamaDocument(
                    id_=document.doc_id,
                    text=document.text,
                    metadata={"file_name": document.source, "title": document.title, _PAGES: list(document.pages)},
                    excluded_embed_metadata_keys=["file_name", _PAGES],
                    excluded_llm_metadata_keys=["file_name", _PAGES],
                )


class PolicyNodeParser(NodeParser):
    """Cuts documents into their provisions, exactly: `text[start_char_idx:end_char_idx]` is a node's text.

    Articles have PREVIOUS and NEXT; with `inner`, 款, 项, 目 and rows of tables are nodes too, each with
    its PARENT and its neighbours at the same level, and whatever holds them has its CHILD nodes. The first
    part of each ref is the document's file name without its suffix, or its id.
    """

    inner: bool = Field(default=False, description="Whether 款, 项, 目 and rows become nodes beside the articles.")

    @classmethod
    def class_name(cls) -> str:
        """The name under which LlamaIndex stores this parser."""
        return "PolicyNodeParser"

    def _parse_nodes(self, nodes: Sequence[BaseNode], show_progress: bool = False, **kwargs: Any) -> list[BaseNode]:
        return [found for node in nodes for found in self._cut(node)]

    def _postprocess_parsed_nodes(
        self, nodes: list[BaseNode], parent_doc_map: dict[str, LlamaDocument]
    ) -> list[BaseNode]:
        """Add the documents' own metadata, and nothing else.

        The base class would search each text for its offsets, which finds the wrong one of two equal
        items, and would tie every node to the one printed before it, whatever its level.
        """
        for node in nodes:
            parent = parent_doc_map.get(node.ref_doc_id or "")
            if parent and self.include_metadata:
                theirs = {key: value for key, value in parent.metadata.items() if key != _PAGES}
                node.metadata = {**theirs, **node.metadata}
        return nodes

    def _cut(self, source: BaseNode) -> list[TextNode]:
        text = source.get_content(MetadataMode.NONE)
        name = str(source.metadata.get("file_name") or source.node_id)
        pages = tuple(int(at) for at in source.metadata.get(_PAGES) or ())
        document = describe(
            Extracted(text=text, pages=pages),
            doc_id=Path(name).stem if "file_name" in source.metadata else name,
            source=name,
            sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        )
        segmentation = segment(document)
        provisions = segmentation.provisions if self.inner else segmentation.articles
        cut = [node_of(segmentation, p) for p in provisions]
        for node in cut:
            node.relationships[NodeRelationship.SOURCE] = source.as_related_node_info()
        levels: dict[str, list[TextNode]] = {}
        for provision, node in zip(provisions, cut, strict=True):
            levels.setdefault(provision.parent, []).append(node)
        by_path = {p.path: node for p, node in zip(provisions, cut, strict=True)}
        for parent, siblings in levels.items():
            _relate(by_path.get(parent), siblings)
        return cut


def _relate(parent: TextNode | None, siblings: Sequence[TextNode]) -> None:
    """Tie neighbours to each other and, where there is one, to what holds them."""
    for one, two in pairwise(siblings):
        one.relationships[NodeRelationship.NEXT] = RelatedNodeInfo(node_id=two.node_id)
        two.relationships[NodeRelationship.PREVIOUS] = RelatedNodeInfo(node_id=one.node_id)
    if parent:
        parent.relationships[NodeRelationship.CHILD] = [RelatedNodeInfo(node_id=node.node_id) for node in siblings]
        for node in siblings:
            node.relationships[NodeRelationship.PARENT] = RelatedNodeInfo(node_id=parent.node_id)


class PolicyEmbedding(BaseEmbedding):
    """The package's embedding model for LlamaIndex; by default the one that comes with the package."""

    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder | None = None, **kwargs: Any) -> None:
        settings = Settings.from_env()
        chosen = encoder or open_encoder(settings.model, settings.models_dir)
        super().__init__(model_name=chosen.name, **kwargs)
        self._encoder = chosen

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(x) for x in self._encoder.query(query)]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [[float(x) for x in row] for row in self._encoder.passages(texts)]


class PolicyRetriever(BaseRetriever):
    """The pipeline's retrieval: `top` articles, best first.

    `doc_ids` restricts the documents, `filters` the articles by the metadata that `node_of` gives them
    (`status`, `date`, `title`, `kind`, `page` …), with LlamaIndex's operators and conditions.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        top: int = 10,
        doc_ids: Sequence[str] = (),
        filters: MetadataFilters | None = None,
    ) -> None:
        super().__init__()
        self._pipeline, self._top, self._doc_ids = pipeline, top, tuple(doc_ids)
        self._allowed = _matching(pipeline, filters) if filters else None

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        top, doc_ids = self._top, self._doc_ids
        if self._allowed is not None:
            # Whole documents that fall out are left out before the search, single articles behind it.
            kept = {ref.partition("#")[0] for ref in self._allowed}
            doc_ids = tuple(d for d in (doc_ids or [d.doc_id for d in self._pipeline.documents]) if d in kept)
            if not doc_ids:
                return []
            top = sum(len(self._pipeline.segmentation(doc_id).articles) for doc_id in doc_ids)
        found = self._pipeline.search(query_bundle.query_str, top=top, doc_ids=doc_ids)
        hits = [hit for hit in found if self._allowed is None or hit.ref in self._allowed]
        out = []
        for hit in hits[: self._top]:
            provision = self._pipeline.provision(hit.ref)
            node = node_of(self._pipeline.segmentation(provision.doc_id), provision)
            out.append(NodeWithScore(node=node, score=hit.score))
        return out


def _matching(pipeline: Pipeline, filters: MetadataFilters) -> frozenset[str]:
    """The refs of the articles whose metadata pass LlamaIndex's filters."""
    metadata = {
        provision.ref: node_of(segmentation, provision).metadata
        for segmentation in (pipeline.segmentation(document.doc_id) for document in pipeline.documents)
        for provision in segmentation.articles
    }
    passes = build_metadata_filter_fn(metadata.__getitem__, filters)
    return frozenset(ref for ref in metadata if passes(ref))


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
