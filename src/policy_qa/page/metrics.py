"""What a server has done since it was started, in the text format of Prometheus."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping

#: Requests are counted by these, the longest that a path begins with; what is none of them is the page's.
DOORS = (
    *("/api/ask", "/api/search", "/api/provisions", "/api/documents", "/api/check", "/api/eval", "/check"),
    *("/v1/chat/completions", "/v1/models", "/mcp", "/metrics", "/healthz", "/openapi.json", "/gradio_api"),
)
#: Upper bounds of the seconds that an answer took.
BOUNDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


def door_of(path: str) -> str:
    """The door that a path belongs to."""
    return next((door for door in DOORS if path == door or path.startswith(f"{door}/")), "page")


class Metrics:
    """Counts from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._answers: Counter[str] = Counter()
        self._within = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0

    def requested(self, path: str, status: int) -> None:
        """One more request was answered with this status."""
        with self._lock:
            self._requests[door_of(path), status] += 1

    def answered(self, outcome: str, seconds: float) -> None:
        """One more question came to an end: `answered`, `refused`, `failed`, or `left` by who asked."""
        with self._lock:
            self._answers[outcome] += 1
            self._within[bisect_left(BOUNDS, seconds)] += 1
            self._seconds += seconds

    def text(self, gauges: Mapping[str, float]) -> str:
        """All of it; `gauges` are what is true now, by name."""
        with self._lock:
            lines = _head("requests_total", "counter", "HTTP requests by door and status")
            for (door, status), count in sorted(self._requests.items()):
                lines.append(f'policy_qa_requests_total{{door="{door}",status="{status}"}} {count}')
            lines += _head("answers_total", "counter", "Questions by outcome, whichever door they came by")
            lines += [f'policy_qa_answers_total{{outcome="{o}"}} {n}' for o, n in sorted(self._answers.items())]
            lines += _head("answer_seconds", "histogram", "Seconds from question to answer, waiting included")
            total = 0
            for bound, count in zip([*map(str, BOUNDS), "+Inf"], self._within, strict=True):
                total += count
                lines.append(f'policy_qa_answer_seconds_bucket{{le="{bound}"}} {total}')
            lines += [f"policy_qa_answer_seconds_sum {self._seconds:.6f}", f"policy_qa_answer_seconds_count {total}"]
        for name, value in gauges.items():
            lines += [*_head(name, "gauge", name.replace("_", " ")), f"policy_qa_{name} {value:g}"]
        return "\n".join(lines) + "\n"


def _head(name: str, kind: str, said: str) -> list[str]:
    return [f"# HELP policy_qa_{name} {said}", f"# TYPE policy_qa_{name} {kind}"]
