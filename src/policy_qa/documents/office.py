"""doc, wps, docm, rtf, odt: made into a Word file by LibreOffice where it has to be, and read as one.

What a file is, its bytes say: many a .doc is a page or a Word file under an old name. LibreOffice runs without a
window, in a profile of its own that forbids macros, links and active content, for a limited time, and ends with its
reader.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePosixPath

from policy_qa.documents.extracted import Extracted
from policy_qa.errors import SourceError

#: A regulation takes 2 s, a book of 500 pages some 20.
MAX_SECONDS = 120.0
#: Where it lies when it is not on the PATH, as its own installers put it.
_USUAL = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)
#: Ends with this where a profile is new, and wants to be started again.
_AGAIN = 81
_SETTINGS = (
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Writer/Content/Update", "Link", "0"),
)
_PROFILE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    + "".join(
        f'<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for path, name, value in _SETTINGS
    )
    + "</oor:items>"
)
_ODT = b"application/vnd.oasis.opendocument.text"
_STREAM = "WordDocument".encode("utf-16-le")
_LOCKED = "EncryptedPackage".encode("utf-16-le")


@cache
def libreoffice() -> Path | None:
    """The program that converts; None where there is none on this computer."""
    found = next(filter(None, map(shutil.which, ("soffice", "libreoffice", *_USUAL))), None)
    if found is None:
        return None
    # What lies on the PATH is a script that starts another program, which would outlive it.
    program = Path(found).resolve()
    inner = program.with_name("soffice.bin")
    return inner if inner.is_file() and os.name == "posix" else program


def read_office(data: bytes, source: str) -> Extracted:
    """The text of a file of Word, WPS or LibreOffice in any of their formats.

    Raises SourceError, one line, where LibreOffice is needed and missing, or makes nothing of the file.
    """
    suffix = PurePosixPath(source).suffix.lower()
    if data.startswith(b"PK\x03\x04") and _ODT not in data[:200]:
        return _read_word(data, source)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        from policy_qa.documents.web.webpage import read_web

        return read_web(data, source)
    kind = _kind(data)
    if kind is None:
        raise SourceError(
            f"{source}: expected a file of Word or WPS ({suffix}), found {_found(data)}; "
            "open it in the program that made it and save it as .docx"
        )
    return replace(_read_word(_converted(data, source, kind), source), encoding=kind)


def _read_word(data: bytes, source: str) -> Extracted:
    from policy_qa.documents.word.docx import read_word

    return read_word(data, source)


def _kind(data: bytes) -> str | None:
    """What a file is, by its bytes: `doc`, `rtf` or `odt`."""
    if data.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith(b"PK\x03\x04"):
        return "odt"
    return "doc" if data.startswith(b"\xd0\xcf\x11\xe0") and _STREAM in data else None


def _found(data: bytes) -> str:
    if _LOCKED in data:
        return "one locked with a password"
    return "another Office file, or a damaged one" if data.startswith(b"\xd0\xcf\x11\xe0") else "something else"


def _converted(data: bytes, source: str, kind: str) -> bytes:
    """The file as .docx."""
    program = libreoffice()
    if program is None:
        raise SourceError(
            f"{source}: expected LibreOffice, which reads .{kind} files, found none on this computer; install it "
            "(apt-get install libreoffice-writer, or https://www.libreoffice.org), or save the file as .docx"
        )
    with tempfile.TemporaryDirectory(prefix="policy-qa-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "profile" / "user").mkdir(parents=True)
        (folder / "profile" / "user" / "registrymodifications.xcu").write_text(_PROFILE, "utf-8")
        (folder / f"policy.{kind}").write_bytes(data)
        options = (f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore")
        task = ("--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder), str(folder / f"policy.{kind}"))
        try:
            if _run(program, *options, *task) == _AGAIN:
                _run(program, *options, *task)
        except subprocess.TimeoutExpired:
            raise SourceError(
                f"{source}: expected a file that LibreOffice converts in {MAX_SECONDS:g} s, found one that takes "
                "longer; save it as .docx"
            ) from None
        except OSError as error:
            raise SourceError(
                f"{source}: expected LibreOffice to start, found: {error.strerror}; repair it, or save this as .docx"
            ) from error
        made = folder / "policy.docx"
        if not made.is_file():
            raise SourceError(
                f"{source}: expected a file that LibreOffice opens, found a damaged one or one locked with a password; "
                "open it in Word or WPS (take a password off) and save it as .docx"
            )
        return made.read_bytes()


def _run(program: Path, *arguments: str) -> int:
    return subprocess.run(  # nosec B603 # noqa: S603 - the program that is installed, with names of ours
        [program, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=MAX_SECONDS,
        check=False,
        preexec_fn=_ends_with_reader(),
    ).returncode


def _ends_with_reader() -> Callable[[], None] | None:
    """On Linux: what makes the program end at once when its reader is killed."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # found before the fork
    return lambda: prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
