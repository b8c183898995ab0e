"""Several texts of one policy: draft and issued, 2022 and 2024, on trial and final. Which one is in force."""

from policy_qa.versions.catalogue import Versions, families, tell_apart
from policy_qa.versions.model import Family, Version

__all__ = ["Family", "Version", "Versions", "families", "tell_apart"]
