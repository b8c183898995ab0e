"""policy_qa: exact, citable answers from school policies.

Importing the package loads neither torch, faiss, gradio nor llama_index; each is imported by the
function that needs it.
"""

from policy_qa.datamodels import Answer, Citation, Document, Kind, Passage, Provision, Retrieved, Segmentation, Status
from policy_qa.errors import PolicyQAError
from policy_qa.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Citation",
    "Document",
    "Kind",
    "Passage",
    "PolicyQAError",
    "Provision",
    "Retrieved",
    "Segmentation",
    "Settings",
    "Status",
]
