"""Write the hashes of `src/policy_qa/resources/` into its manifest: `python bench/resource_hashes.py`.

Run after a file there was changed on purpose; the package refuses what the manifest doesn't vouch for.
"""

from __future__ import annotations

import json
from pathlib import Path

from policy_qa.resources import MANIFEST, hashes_of

RESOURCES = Path(__file__).resolve().parents[1] / "src" / "policy_qa" / "resources"


def write() -> Path:
    """Write the manifest, one line a file, and return its path."""
    path = RESOURCES / MANIFEST
    path.write_text(json.dumps(hashes_of(RESOURCES), indent=1) + "\n", "utf-8", newline="\n")
    return path


if __name__ == "__main__":
    print(f"written: {write()}")
