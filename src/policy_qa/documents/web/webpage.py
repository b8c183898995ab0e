"""html: the policy that a web page shows, without the site around it.

Pages come from school and government sites, from Word and WPS ("save as web page"), or are written by hand. What a
reader would see is told apart from menus, buttons and imprints in body.py; nothing is ever fetched.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

from policy_qa.documents.extracted import Extracted
from policy_qa.documents.plain import decoded
from policy_qa.documents.web.body import Body, body_of, has_label, is_furniture
from policy_qa.documents.web.lines import Line, Page, collapsed, lines_of
from policy_qa.errors import SourceError
from policy_qa.facts.head import is_title

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


_TAG = re.compile(r"<(?:/?[a-zA-Z][\w:-]*(?:[\s/][^<>]*)?>|[!?])")
_PAGE_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_PARAGRAPH_END = re.compile(r"</p\s*>", re.IGNORECASE)
_FORMATTING = re.compile(r"</?(?:font|span|b|i|u|em|strong|big|small|o:p)(?![\w:-])[^<>]*>", re.IGNORECASE)
#: How a site's name is set off in a page's title.
_SITE_NAME = re.compile(r"\s*(?:[|_–—»]|--|>>|\s-\s|-(?=[^\x00-\x7f]{2,20}$))\s*")
_TITLE_META = ("articletitle", "og:title", "dc.title", "title")
#: How the content system of many schools writes an attachment.
_DOWNLOAD = re.compile(r"^附件\s*【([^】]+)】\s*已下载\s*\d*\s*次$")
#: How far down a page's own title may stand: below a letterhead, a document number, an index table.
_HEAD_LINES = 25
_SHOWN = 30
#: So many characters of an issuer (某某市教育局办公室) may stand around the title.
_ISSUER = 20
#: How lines begin that name the title without being it: a history, a reason, what is issued.
_MENTION = re.compile(r"[（(]?(?:\d|根据|依据|按照|依照|为|现将|由)|.*[。；]")


def read_web(data: bytes, source: str) -> Extracted:
    """The text of an HTML file, one paragraph or table row a line.

    Raises SourceError where the file is none, or is beyond what can be read in bounded time and memory.
    """
    markup, encoding = decode_page(data, source)
    if not _TAG.search(markup):
        return Extracted(text=markup, encoding=encoding)  # a plain text under an .html name keeps its lines
    root = _parsed(bounded(markup, source), source)
    if root is None:
        return Extracted(text="", encoding=encoding)
    page, notes = _seen(root)
    body = body_of(page)
    if _is_repeated(body):
        del body.kept[0]
    title = _missing_title(root, body)
    lines = [*title, *(_DOWNLOAD.sub(r"附件：\1", line.text) for line in body.kept)]
    if left := _left_out_note(body.left_out, title):
        notes.append(left)
    return Extracted(text="".join(f"{line}\n" for line in lines), encoding=encoding, notes=tuple(notes))


def _parsed(markup: str, source: str) -> Any:
    """The page as an lxml element; None where it holds nothing."""
    # What follows the end of a body or html element still shows; the parser would end there. The end of a
    # paragraph that none has opened is a break, too.
    markup = _PARAGRAPH_END.sub("</p><br>", _PAGE_END.sub("", markup))
    root, limit = _tree(markup)
    if "depth" in limit:
        # Old editors open a <font> for each line and close none: without them the page is as shallow as it looks.
        root, limit = _tree(_FORMATTING.sub("", markup))
    if limit:
        what = "deeply nested elements" if "depth" in limit else "a text or value of many million characters"
        todo = "save the policy's text alone as .docx or .txt"
        raise SourceError(f"{source}: expected an HTML page as sites make them, found {what}; {todo}")
    return root


def _tree(markup: str) -> tuple[Any, str]:
    """(the root element or None, the limit of the parser that the page is beyond or an empty text)."""
    from lxml import etree

    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, recover=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(markup.encode("utf-8", errors="replace"), parser)
    except (etree.XMLSyntaxError, TypeError):  # TypeError: lxml's answer to a page without any element
        root = None
    # The parser gives up at a limit, and what it has read until then would be a part that looks like the whole.
    limits = ("ERR_RESOURCE_LIMIT", "ERR_NAME_TOO_LONG", "ERR_NO_MEMORY")
    return root, next((error.message for error in parser.error_log if error.type_name in limits), "")


def _seen(root: Any) -> tuple[Page, list[str]]:
    """The page's lines; hidden elements are read only where the provisions are in them."""
    page = lines_of(root)
    if page.hides and not any(has_label(line) for line in page.lines):
        whole = lines_of(root, hidden=True)
        if sum(has_label(line) for line in whole.lines) >= 2 or (whole.lines and not page.lines):
            return whole, ["正文在网页中处于隐藏状态，已一并读取"]
    return page, []


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _is_repeated(body: Body) -> bool:
    """Whether the page's heading stands above a policy that begins with the same title, below a letterhead at most."""
    if len(body.kept) < 2 or not is_title(body.kept[0].text):
        return False
    title = _key(body.kept[0].text)
    below = [_key(line.text) for line in body.kept[1:7]]
    # The title below may be broken over lines: 某某学院 / 关于印发 … 的通知.
    return any(title == "".join(below[start:end]) for start in range(4) for end in range(start + 1, start + 4))


def _missing_title(root: Any, body: Body) -> list[str]:
    """The page's title where the policy's text doesn't begin with it."""
    first = next((i for i, line in enumerate(body.kept) if has_label(line)), _HEAD_LINES)
    head = [line.text for line in body.kept[: min(first, _HEAD_LINES) + 1] if not line.row]
    if not body.kept:
        return []
    parts, meta = _page_titles(root), _meta_titles(root)
    sure = {*parts[:1], meta.get("articletitle", "")}
    shown = [line.text for line in body.left_out if line.text in parts[:1]]  # as a title above the date and the source
    named = [title for title in [*meta.values(), *_headings(root), *shown] if is_title(title) or title in sure]
    # A page's `title` element may be stale (a template's, another file's): it counts where nothing else does.
    if not any(is_title(line) for line in head):
        named += filter(is_title, parts)
    named = [title for title in named if 4 <= len(title) <= 120 and not is_furniture(Line(text=title, block=-1))]
    # A column beside the text may be called 规章制度.
    return [] if any(_holds(head, title) or _overlaps(title, head) for title in named) else named[:1]


def _holds(head: list[str], title: str) -> bool:
    """Whether lines of the head are the title, in one line or several, with an issuer or a version at most."""
    key = _key(title)
    keys = ["" if _MENTION.match(line) else _key(line) for line in head]
    return any(
        key in joined and len(joined) <= len(key) + _ISSUER
        for start in range(len(keys))
        for joined in ("".join(keys[start : start + count]) for count in range(1, 5))
    )


def _overlaps(title: str, head: list[str]) -> bool:
    """Whether a title stands in the head in other words: with or without its issuer or its 关于印发 … 的通知."""
    return any(len(_key(line)) >= 6 and _key(line) in _key(title) for line in head if is_title(line))


def _meta_titles(root: Any) -> dict[str, str]:
    """The titles that the page's head names, most reliable first."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").lower()
        if name in _TITLE_META:
            found.setdefault(name, collapsed(element.get("content") or ""))
    return {name: found[name] for name in _TITLE_META if found.get(name)}


def _headings(root: Any) -> list[str]:
    return [collapsed("".join(element.itertext())) for element in root.iter("h1", "h2")][:20]


def _page_titles(root: Any) -> list[str]:
    """The parts of the `title` element, from which a site's name is set off."""
    element = next(root.iter("title"), None)
    return _SITE_NAME.split(collapsed(element.text or "")) if element is not None else []


def _left_out_note(lines: list[Line], title: list[str]) -> str:
    text = " ".join(line.text for line in lines if line.text not in title)
    if not text:
        return ""
    return f"网页正文以外的文字未收录，共{len(text)}字：{text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}"
