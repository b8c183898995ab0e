"""doc, wps, docm, rtf, odt: read as the Word file that they are, or that LibreOffice makes of them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from formats import typed, write_docx, write_html, write_txt
from source_policies import POLICIES
from test_five_formats import about, lines, provisions

from policy_qa.documents import office
from policy_qa.documents.sources import read_bytes
from policy_qa.errors import SourceError
from policy_qa.index.isolated import Reader
from policy_qa.provisions import segment

OFFICE = pytest.mark.skipif(office.libreoffice() is None, reason="LibreOffice is not installed")
POSIX = pytest.mark.skipif(sys.platform != "linux", reason="what stands in for LibreOffice is a script")


def made(data: bytes, suffix: str, folder: Path) -> Path:
    """A Word file in another format, by LibreOffice itself."""
    (folder / "policy.docx").write_bytes(data)
    program = office.libreoffice()
    assert program
    options = (f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", suffix)
    for _ in range(2):
        subprocess.run([program, *options, "--outdir", folder, folder / "policy.docx"], capture_output=True)
    return folder / f"policy.{suffix}"


@OFFICE
@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["doc", "rtf", "odt"])
@pytest.mark.parametrize("name", POLICIES)
def test_the_same_provisions(name: str, suffix: str, tmp_path: Path) -> None:
    expected = segment(read_bytes(write_txt(POLICIES[name]), "policy.txt"))
    path = made(write_docx(typed(POLICIES[name])), suffix, tmp_path)
    with Reader() as reader:
        found = reader.segment(path, root=tmp_path)
        (tmp_path / "policy.wps").write_bytes(path.read_bytes())  # WPS writes these formats under its own name
        same = reader.segment(tmp_path / "policy.wps", root=tmp_path)
    assert (provisions(found), lines(found), about(found)) == (provisions(expected), lines(expected), about(expected))
    assert (found.document.encoding, same.document.text) == (suffix, found.document.text)


@OFFICE
@pytest.mark.slow
def test_a_damaged_file_is_refused_by_name(tmp_path: Path) -> None:
    path = made(write_docx(POLICIES["章节条款项目"]), "doc", tmp_path)
    path.write_bytes(path.read_bytes()[:9_000])
    with Reader() as reader, pytest.raises(SourceError, match=r"policy\.doc: expected .*damaged.*save it as \.docx"):
        reader.segment(path, root=tmp_path)


@pytest.mark.parametrize("suffix", ["doc", "docm", "wps", "rtf", "odt"])
def test_the_bytes_say_what_a_file_is(suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Word file or a page under one of these names needs no LibreOffice."""
    monkeypatch.setattr(office, "libreoffice", lambda: None)
    policy = POLICIES["一、（一）1."]
    expected = provisions(segment(read_bytes(write_txt(policy), "policy.txt")))
    for write in (write_docx, write_html):
        assert provisions(segment(read_bytes(write(policy), f"policy.{suffix}"))) == expected


def test_macros_of_a_docm_are_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "libreoffice", lambda: None)
    packed = BytesIO(write_docx(POLICIES["一、（一）1."]))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    assert "任职条件" in read_bytes(packed.getvalue(), "a.docm").text


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (OLE + "WordDocument".encode("utf-16-le"), "LibreOffice, which reads .doc files, found none"),
        (b"{\\rtf1 }", "LibreOffice, which reads .rtf files, found none"),
        (b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.text", "which reads .odt files"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "found one locked with a password"),
        (OLE + "Workbook".encode("utf-16-le"), "found another Office file"),
        (b"x", "found something else"),
    ],
)
def test_without_libreoffice_the_refusal_says_how_to_get_it(
    data: bytes, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "libreoffice", lambda: None)
    with pytest.raises(SourceError) as refused:
        read_bytes(data, "old.wps")
    said = str(refused.value)
    assert said.startswith("old.wps: expected ")
    assert found in said
    assert "\n" not in said
    assert ("apt-get install libreoffice-writer" in said) == ("LibreOffice" in found or ".odt" in found)


def program(folder: Path, code: str) -> Path:
    """Something else in the place of LibreOffice."""
    path = folder / "soffice"
    path.write_text(f"#!{sys.executable}\nimport os, sys, time\n{code}\n", "utf-8")
    path.chmod(0o755)
    return path


@POSIX
def test_one_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "libreoffice", lambda: program(tmp_path, "time.sleep(60)"))
    monkeypatch.setattr(office, "MAX_SECONDS", 0.5)
    with pytest.raises(SourceError, match=r"a\.rtf: expected a file that LibreOffice converts in 0\.5 s"):
        read_bytes(b"{\\rtf1 }", "a.rtf")


@POSIX
def test_it_is_started_again_in_a_new_profile_that_forbids_macros(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docx").write_bytes(write_docx(POLICIES["一、（一）1."]))
    code = f"""
profile = sys.argv[1].removeprefix("-env:UserInstallation=file://")
assert "DisableMacrosExecution" in open(profile + "/user/registrymodifications.xcu").read()
if not os.path.exists(profile + "/started"):
    open(profile + "/started", "w").close()
    sys.exit(81)
folder = sys.argv[sys.argv.index("--outdir") + 1]
open(folder + "/policy.docx", "wb").write(open({str(tmp_path / "docx")!r}, "rb").read())
"""
    monkeypatch.setattr(office, "libreoffice", lambda: program(tmp_path, code))
    assert "任职条件" in read_bytes(b"{\\rtf1 }", "a.rtf").text


@POSIX
def test_it_ends_with_its_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noted = tmp_path / "pid"
    program(tmp_path, f"open({str(noted)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    (tmp_path / "a.rtf").write_bytes(b"{\\rtf1 }")
    with Reader(seconds=3) as reader, pytest.raises(SourceError, match="3 s used up"):
        reader.segment(tmp_path / "a.rtf", root=tmp_path)
    for _ in range(100):
        if not running(int(noted.read_text())):
            return
        time.sleep(0.05)
    raise AssertionError("it runs on")


def running(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
