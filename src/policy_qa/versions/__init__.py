"""Several texts of one policy: draft and issued, 2022 and 2024, on trial and final. Which one is in force."""

from policy_qa.versions.asked import Asked, asked
from policy_qa.versions.catalogue import Versions, families, tell_apart
from policy_qa.versions.model import Family, Version

__all__ = ["Asked", "Family", "Version", "Versions", "asked", "families", "tell_apart"]
