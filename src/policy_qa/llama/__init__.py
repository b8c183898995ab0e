"""The parts as LlamaIndex classes, to drop into anyone's pipeline.

    files     -> PolicyReader      -> Documents: txt, md, docx, pdf and html as this package reads them
    documents -> PolicyNodeParser  -> TextNodes with refs, offsets, parents and neighbours
    text      -> PolicyEmbedding   -> the package's own model, which needs no hub and no key
    question  -> PolicyRetriever   -> NodeWithScore, one an article, score = probability of answering
    question  -> PolicyQueryEngine -> Response whose source nodes are the quotations
    messages  -> PolicyChatEngine  -> the same in a conversation, as it is written; the page runs through it

The core is plain functions; these classes wrap it, so that a one-shot `policy-qa ask` needn't pay for
LlamaIndex's import. `docs/llama_index_example.py` shows them in another pipeline.
"""

from policy_qa.llama.engines import PolicyChatEngine, PolicyQueryEngine
from policy_qa.llama.nodes import PolicyNodeParser, PolicyReader, node_of
from policy_qa.llama.search import PolicyEmbedding, PolicyRetriever

__all__ = [
    "PolicyChatEngine",
    "PolicyEmbedding",
    "PolicyNodeParser",
    "PolicyQueryEngine",
    "PolicyReader",
    "PolicyRetriever",
    "node_of",
]
