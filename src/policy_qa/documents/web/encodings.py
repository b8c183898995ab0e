"""An HTML file's bytes to its markup: which encoding it has, whether it is HTML, whether parsing it is safe."""

from __future__ import annotations

import codecs
import re

from policy_qa.documents.plain import decoded
from policy_qa.errors import SourceError

#: The longest Chinese code saved by Word is 3 MB; what is larger without its embedded pictures is no policy.
MAX_CHARS = 10_000_000
#: The longest Chinese code saved by Word has about 60,000 tags; each element costs some 150 bytes of memory.
MAX_TAGS = 300_000
#: libxml2 compares each attribute of a tag with all before it; no page written for a browser comes near this.
MAX_ATTRIBUTES = 1_000

_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
#: What browsers read in place of a declared name (WHATWG Encoding): the larger set that holds the smaller.
_SAME = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030"}
_SAME |= {"big5": "big5hkscs", "big5-hkscs": "big5hkscs", "cp950": "big5hkscs", "x-x-big5": "big5hkscs"}
_OTHER_FORMATS = (
    (b"PK\x03\x04", "a Word or zip file", "give it its own suffix (.docx)"),
    (b"%PDF-", "a PDF", "give it its own suffix (.pdf)"),
    (b"\xd0\xcf\x11\xe0", "an old Word file", "open it in Word or WPS and save it as .docx"),
    (b"{\\rtf", "an RTF file", "open it in Word or WPS and save it as .docx"),
)
_ARCHIVE = re.compile(
    rb"\A\s*(?:From:|MIME-Version:|Subject:|Content-Type:)[\s\S]{0,2000}?multipart/related", re.IGNORECASE
)
_EMBEDDED = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=\s%]*+")
#: A comment, a script, or a tag with its attributes, so that a `>` in a quoted value ends no tag.
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|textarea|title|xmp)\b.*?(?:</\1|\Z)"
    r"|(?P<tag><[a-z](?:=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))|[^>])*+)",
    re.IGNORECASE | re.DOTALL,
)
_VALUE = re.compile(r"=\s*+(?:\"[^\"]*+\"?|'[^']*+'?)")
#: From here on characters are Chinese, Japanese or Korean; below stand the scripts that UTF-8 writes in two bytes,
#: for which a few pairs of GBK bytes may be taken.
_CJK = "\u2e80"


def decode_page(data: bytes, source: str) -> tuple[str, str]:
    """Bytes to (markup, encoding).

    A BOM decides; then strict UTF-8, which GBK text of any length never is by chance; then what the page
    declares; then GB18030. A wrong declaration is so survived in both directions. Raises SourceError where the
    file is of another format or no encoding fits.
    """
    for magic, what, todo in _OTHER_FORMATS:
        if data.startswith(magic):
            raise SourceError(f"{source}: expected an HTML page, found {what}; {todo}")
    if _ARCHIVE.match(data):
        raise SourceError(
            f"{source}: expected an HTML page, found a web archive (MHT); open it in Word and save as .docx"
        )
    found = decoded(data, lambda page: filter(None, _candidates(page)))
    if found is None:
        raise SourceError(
            f"{source}: expected an HTML page in UTF-8, UTF-16, GB18030 or Big5, found bytes that none of them fits; "
            "open it in a browser and save it again as UTF-8"
        )
    return found


def _candidates(data: bytes) -> tuple[str, ...]:
    """The encodings to try, in order."""
    match = _DECLARED.search(data[:8192])
    name = match.group(1).decode("ascii").lower() if match else ""
    declared = _SAME.get(name, name)
    try:
        declared = codecs.lookup(declared).name if declared else ""
    except LookupError:
        declared = ""
    if declared.startswith(("utf-16", "utf-32")):  # a page whose declaration can be read as ASCII is neither
        declared = ""
    text = data.decode("utf-8", errors="replace")
    # A page may hold the character itself: somebody else's decoder left it there.
    broken = text.count("\ufffd") - data.count("\ufffd".encode())
    if broken == 0:
        foreign = not text.isascii() and max(text) < _CJK
        return (declared, "utf-8", "gb18030") if foreign and declared else ("utf-8",)
    if broken * 50 < sum(char >= _CJK for char in text):
        return ("utf-8",)  # a damaged UTF-8 page, which GB18030 would turn into other characters
    # Western declarations stand on many a page in GBK, and fit any bytes: they come last.
    return ("gb18030", declared) if declared.startswith(("iso8859", "cp125")) else (declared, "gb18030")


def bounded(markup: str, source: str) -> str:
    """The markup without the pictures embedded in it, if it can be parsed in bounded time and memory.

    Raises SourceError beyond a limit.
    """
    markup = _EMBEDDED.sub("data:,", markup)
    if len(markup) > MAX_CHARS:
        raise _beyond(source, f"{MAX_CHARS:,} characters", f"{len(markup):,}")
    tags = markup.count("<")
    if tags > MAX_TAGS:
        raise _beyond(source, f"{MAX_TAGS:,} tags", f"{tags:,}")
    for token in _TOKEN.finditer(markup):
        if token.end() - token.start() > 2 * MAX_ATTRIBUTES and token["tag"]:
            attributes = len(_VALUE.sub(" ", token["tag"]).split())
            if attributes > MAX_ATTRIBUTES:
                raise _beyond(source, f"{MAX_ATTRIBUTES:,} attributes in a tag", f"{attributes:,}")
    return markup


def _beyond(source: str, limit: str, found: str) -> SourceError:
    todo = "save the policy's text alone as .docx or .txt"
    return SourceError(f"{source}: expected an HTML page with at most {limit}, found {found}; {todo}")
