"""The package's embedding model and its retrieval as LlamaIndex classes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle
from llama_index.core.vector_stores.types import MetadataFilters
from llama_index.core.vector_stores.utils import build_metadata_filter_fn

from policy_qa.llama.nodes import node_of
from policy_qa.models import Encoder, open_encoder
from policy_qa.pipeline import Pipeline
from policy_qa.settings import Settings


class PolicyEmbedding(BaseEmbedding):
    """The package's embedding model for LlamaIndex; by default the one that the settings name.

    In another process, where LlamaIndex sends it for `num_workers`, the model is opened again by its name.
    """

    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder | None = None, model_name: str = "", **kwargs: Any) -> None:
        chosen = encoder or open_encoder(model_name or Settings.from_env().model)
        super().__init__(model_name=chosen.name, **kwargs)
        self._encoder = chosen

    @classmethod
    def class_name(cls) -> str:
        """The name under which LlamaIndex stores this model."""
        return "PolicyEmbedding"

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(x) for x in self._encoder.query(query)]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_query_embedding, query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return await asyncio.to_thread(self._get_text_embedding, text)

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [[float(x) for x in row] for row in self._encoder.passages(texts)]

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return await asyncio.to_thread(self._get_text_embeddings, texts)


class PolicyRetriever(BaseRetriever):
    """The pipeline's retrieval: `similarity_top_k` articles, best first.

    `doc_ids` restricts the documents, `filters` the articles by the metadata that `node_of` gives them
    (`status`, `date`, `title`, `kind`, `page` …), with LlamaIndex's operators and conditions.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        similarity_top_k: int = 10,
        doc_ids: Sequence[str] = (),
        filters: MetadataFilters | None = None,
    ) -> None:
        super().__init__()
        self._pipeline, self._top, self._doc_ids = pipeline, similarity_top_k, tuple(doc_ids)
        self._allowed = _matching(pipeline, filters) if filters else None

    @property
    def doc_ids(self) -> tuple[str, ...] | None:
        """The documents that can be found, none where no filter passes; None where nothing restricts them."""
        if self._allowed is None:
            return self._doc_ids or None
        kept = {ref.partition("#")[0] for ref in self._allowed}
        return tuple(d for d in (self._doc_ids or [d.doc_id for d in self._pipeline.documents]) if d in kept)

    @property
    def whole(self) -> bool:
        """Whether documents are found as a whole or not at all: no filter tells their articles apart."""
        return self._allowed is None or all(
            article.ref in self._allowed
            for doc_id in self.doc_ids or ()
            for article in self._pipeline.segmentation(doc_id).articles
        )

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        top, doc_ids = self._top, self.doc_ids
        if self._allowed is not None:
            # Whole documents that fall out are left out before the search, single articles behind it.
            if not doc_ids:
                return []
            top = sum(len(self._pipeline.segmentation(doc_id).articles) for doc_id in doc_ids)
        found = self._pipeline.search(query_bundle.query_str, top=top, doc_ids=doc_ids or ())
        hits = [hit for hit in found if self._allowed is None or hit.ref in self._allowed]
        out = []
        for hit in hits[: self._top]:
            provision = self._pipeline.provision(hit.ref)
            node = node_of(self._pipeline.segmentation(provision.doc_id), provision)
            out.append(NodeWithScore(node=node, score=hit.score))
        return out

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def _matching(pipeline: Pipeline, filters: MetadataFilters) -> frozenset[str]:
    """The refs of the articles whose metadata pass LlamaIndex's filters."""
    metadata = {
        provision.ref: node_of(segmentation, provision).metadata
        for segmentation in (pipeline.segmentation(document.doc_id) for document in pipeline.documents)
        for provision in segmentation.articles
    }
    passes = build_metadata_filter_fn(metadata.__getitem__, filters)
    return frozenset(ref for ref in metadata if passes(ref))
