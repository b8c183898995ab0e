"""The files that are damaged are written by what writes them for the tests of the readers."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "documents"))
