"""The page: settings -> an index, built where there is none -> the page at the address that is printed."""

import sys

from policy_qa.errors import PolicyQAError
from policy_qa.pipeline import ensure_index
from policy_qa.serve import serve
from policy_qa.settings import Settings


def main() -> int:
    """Serve until interrupted; exit 2, in one line, where that can't be."""
    try:
        settings = Settings.from_env()
        ensure_index(settings, progress=lambda stage, done, total: tell(f"\r{stage} {done}/{total}   "))
        serve(settings, ready=lambda address: tell(f"\n政策问答 policy_qa: {address}\n"))
    except PolicyQAError as error:
        tell(f"policy-qa: {error}\n")
        return 2
    return 0


def tell(words: str) -> None:
    """Notes go to standard error, at once."""
    print(words, end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
