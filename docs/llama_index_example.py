"""Exact provisions of school policies in a LlamaIndex pipeline of your own.

    python docs/llama_index_example.py corpus "首席信息官的任期是几年？"

Nothing of policy_qa's own index is used here: the reader, the node parser and the embedding model are put
into LlamaIndex's IngestionPipeline and VectorStoreIndex, as any other application would have them. Every
node is one provision with its ref (`yichun-cio#7.2`), its citation and its offsets in the document's text.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from llama_index.core import VectorStoreIndex
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.schema import NodeRelationship, NodeWithScore

from policy_qa.llama import PolicyEmbedding, PolicyNodeParser, PolicyReader


def retrieve(corpus: str, question: str, top: int = 3) -> Sequence[NodeWithScore]:
    """The provisions of the policies in `corpus` that are nearest to a question, best first."""
    documents = PolicyReader().load_data(corpus)
    embedding = PolicyEmbedding()
    pipeline = IngestionPipeline(transformations=[PolicyNodeParser(inner=True), embedding])
    nodes = pipeline.run(documents=list(documents))
    index = VectorStoreIndex(nodes, embed_model=embedding)
    return index.as_retriever(similarity_top_k=top).retrieve(question)


def main() -> None:
    """Print what was found, each with its citation and what holds it."""
    corpus, question = sys.argv[1:]
    for found in retrieve(corpus, question):
        node = found.node
        parent = node.relationships.get(NodeRelationship.PARENT)
        print(f"{found.score:.3f}  {node.metadata['cite']}" + (f"  (in {parent.node_id})" if parent else ""))
        print("       " + " ".join(node.get_content().split()))


if __name__ == "__main__":
    main()
