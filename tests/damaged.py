"""Damage one file after the other and ask: `damaged.py HOME SITE SEED COUNT`, a line of JSON a case.

HOME holds a built index, SITE a copy of the package and of jieba, which this process imports; both may be harmed.
Each case runs in a fork that has loaded none of the files yet: what it says is what a new `policy-qa ask` and
`policy-qa doctor` would.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

#: Those first that need most of the files, so that a harm is met soon.
QUESTIONS = (
    "How long is the term of office of the CIO?",
    "焦作和贺兰县的CIO多久考核一次？",
    "谁可以担任CIO？",
    "宜春学院的规定第七条写了什么？",
    "食堂几点开门？",
)
#: Of each kind of file, so that the many files of one don't hide the other.
GROUPS = {
    "index": ("home", "index/gen-*/*", "index/current"),
    "resources": ("site", "policy_qa/resources/*"),
    "models": ("site", "policy_qa/models/data/*"),
    "dictionary": ("site", "jieba/dict.txt"),
    "cache": ("home", "cache/**/*", "models/**/*"),
}


def targets(home: Path, site: Path) -> dict[str, list[Path]]:
    """Group -> its files, those groups that have any."""
    roots = {"home": home, "site": site}
    found = {
        name: sorted(p for pattern in patterns for p in roots[root].glob(pattern) if p.is_file() and p.suffix != ".py")
        for name, (root, *patterns) in GROUPS.items()
    }
    return {name: [p for p in files if "__pycache__" not in p.parts] for name, files in found.items() if files}


def harm(path: Path, how: str, dice: random.Random) -> None:
    data = bytearray(path.read_bytes())
    if how == "flip":
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    elif how == "cut":
        del data[dice.randrange(len(data)) :]
    path.unlink()
    if how != "gone":
        path.write_bytes(data)


def asked(home: Path) -> dict[str, Any]:
    """What `ask` says: the answers, or the one line that refuses; and what the parts of `doctor` find."""
    from policy_qa import dictionary, resources
    from policy_qa.errors import PolicyQAError
    from policy_qa.index import store
    from policy_qa.models.files import ROLES, model_files
    from policy_qa.pipeline import open_pipeline
    from policy_qa.settings import Settings

    said: dict[str, Any] = {"doctor": [str(error) for error in resources.damaged()]}
    models = [lambda role=role: model_files()[role].checked() for role in ROLES]
    for look in (dictionary.text, lambda: store.read_generation(home / "index"), *models):
        try:
            look()
        except PolicyQAError as error:
            said["doctor"].append(str(error))
    try:
        pipeline = open_pipeline(Settings(home=home, corpus=home / "none"))
        answers = [pipeline.ask(question) for question in QUESTIONS]
        said["answers"] = [[a.answer, [(c.ref, c.start, c.end, c.quote) for c in a.citations]] for a in answers]
        said["scores"] = [[(r.ref, round(r.score, 6)) for r in a.retrieved] for a in answers]
    except PolicyQAError as error:
        said["refused"] = str(error)
    return said


def forked(home: Path) -> dict[str, Any]:
    """`asked` in a process of its own; anything but a PolicyQAError is told as `crashed`."""
    out, into = os.pipe()
    if not (child := os.fork()):
        signal.setitimer(signal.ITIMER_PROF, 100)  # processor time; by the clock, a machine may be slow
        signal.alarm(1_000)
        try:
            reply = asked(home)
        except BaseException as error:
            reply = {"crashed": repr(error)}
        with os.fdopen(into, "w") as pipe:
            json.dump(reply, pipe)
        os._exit(0)
    os.close(into)
    with os.fdopen(out) as pipe:
        text = pipe.read()
    status = os.waitpid(child, 0)[1]
    return dict(json.loads(text)) if text else {"crashed": f"wait status {status}"}


def main(home: Path, site: Path, seed: int, count: int) -> None:
    # What is the same in every case is imported once; none of it has read a file of ours.
    import faiss  # noqa: F401
    import jieba  # noqa: F401

    import policy_qa.pipeline

    assert Path(policy_qa.pipeline.__file__).is_relative_to(site)
    print(json.dumps({"sound": forked(home)}), flush=True)
    dice = random.Random(seed)  # noqa: S311 - a test's
    groups = targets(home, site)
    for number in range(count):
        group = list(groups)[number % len(groups)]
        path, how = dice.choice(groups[group]), dice.choice(("flip", "flip", "cut", "gone"))
        before = path.read_bytes()
        try:
            harm(path, how, dice)
            said = forked(home)
        finally:
            path.write_bytes(before)
        name = path.relative_to(home if path.is_relative_to(home) else site).as_posix()
        print(json.dumps({"group": group, "file": name, "how": how, **said}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
