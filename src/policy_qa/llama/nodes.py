"""Files and documents as LlamaIndex nodes, one a provision."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from llama_index.core.bridge.pydantic import Field
from llama_index.core.node_parser import NodeParser
from llama_index.core.readers.base import BaseReader
from llama_index.core.schema import BaseNode, MetadataMode, NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.core.schema import Document as LlamaDocument

from policy_qa.datamodels import Provision, Segmentation
from policy_qa.documents.extracted import Extracted, describe
from policy_qa.documents.sources import list_sources, read_document
from policy_qa.errors import UsageError
from policy_qa.printable import doc_id_of
from policy_qa.provisions import segment
from policy_qa.provisions.refs import cite

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

    def lazy_load_data(
        self,
        *paths: str | Path,
        input_dir: str | Path | None = None,
        input_files: Sequence[str | Path] = (),
        extra_info: Mapping[str, Any] | None = None,
        fs: object = None,
    ) -> Iterable[LlamaDocument]:
        """Yield a document for each policy file in `paths`, `input_dir` and `input_files`, with `extra_info` besides.

        `fs` is what SimpleDirectoryReader sends along; files are read from this computer.
        """
        given = [*map(Path, paths), *([Path(input_dir)] if input_dir else []), *map(Path, input_files)]
        if not given:
            raise UsageError("expected files or a folder of policies, found none; name them, or input_dir")
        for path in given:
            for file in list_sources(path) if path.is_dir() else (path,):
                document = read_document(file, root=path if path.is_dir() else path.parent)
                own = {"file_name": document.source, "title": document.title, _PAGES: list(document.pages)}
                yield LlamaDocument(
                    id_=document.doc_id,
                    text=document.text,
                    metadata={**(extra_info or {}), **own},
                    excluded_embed_metadata_keys=["file_name", _PAGES, *(extra_info or {})],
                    excluded_llm_metadata_keys=["file_name", _PAGES, *(extra_info or {})],
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

    async def _aparse_nodes(
        self, nodes: Sequence[BaseNode], show_progress: bool = False, **kwargs: Any
    ) -> list[BaseNode]:
        return await asyncio.to_thread(self._parse_nodes, nodes, show_progress)

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
            doc_id=doc_id_of(name) if "file_name" in source.metadata else name,
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
