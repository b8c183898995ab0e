"""Which lines of a page are the policy, and which belong to the site around it.

The policy is where the provisions are: the smallest element that holds every line with a provision's label and
most of the prose, then the lines around it as far as they are no menu and no imprint. Ids and classes only ever
help to see what lies around; where the page gives no evidence, everything stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from policy_qa.citing.grammar import ordinal
from policy_qa.documents.web.lines import Line, Page
from policy_qa.facts.head import is_issuer, is_title

LABEL = re.compile(
    rf"(?:{ordinal('编|章|节|条')}|[一二三四五六七八九十]{{1,3}}\s*[、．.]|[（(]\s*[一二三四五六七八九十]{{1,3}}\s*[）)]|"
    r"[0-9０-９]{1,2}\s*[.．、](?![0-9０-９])|附\s*[件录])"
)
_CONTAINER_NAMES = "html body div section article main form center fieldset table tbody tr td th ul ol dl dd"
_CONTAINERS = frozenset(_CONTAINER_NAMES.split())
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_SURROUNDINGS = frozenset(("nav", "aside", "header", "footer"))
#: Classes and ids that say so, whole: `border-bottom` and `position-relative` say something else.
_AROUND = re.compile(
    r"(?:^|\s)(?:(?:page|site|main|top|web|article|left|right|post|global)[-_]?)?"
    r"(?:nav|navbar|navigation|menu|breadcrumbs?|crumbs?|foot|footer|bottom|copyright|side|sidebar|aside|share|pager|"
    r"pagination|related|recommend|comments?|search|toolbar|login|aria-hidden|hidden|d-none|sr-only|visually-hidden)"
    r"(?:[-_]?(?:box|bar|wrap|wrapper|list|area|inner|con|container|\d))*(?:$|\s)",
    re.IGNORECASE,
)
#: What sites write around an article, wherever it stands outside the provisions.
_FURNITURE = re.compile(
    "|".join(
        (
            r"您?(?:现在|当前)?(?:所在|所处)?(?:的)?位置(?:是)?\s*[:：]|首页\s*(?:[>»›/→|]|$)",  # where one is
            r"【?\s*(?:上|下)一?[篇条页]\s*(?:[:：】]|$)",  # the neighbours
            r"[【\[（(]?\s*(?:我要|本页|页面)?(?:打印|关闭|返回顶部|返回|收藏|分享|字号|字体)"
            r"(?:本页|此页|本文|页面|窗口|列表|首页|到|大小)*\s*(?:[】\])）:：|]|$|[大中小\s【\[打关收分])",  # buttons
            r"(?:文章|信息|稿件)?(?:来源|作者|编辑|审核)\s*[:：|｜]|\S{0,8}[:：]?\s*https?://\S+$",
            r"扫一扫|微信扫|用手机扫|(?:相关|推荐|热门|最新)(?:链接|文章|阅读|新闻|信息|文件|推荐|动态)\s*[:：]?$|友情链接",
            r"网站地图|联系我们|设为首页|加入收藏|无障碍(?:浏览|阅读|模式|$)|站内搜索|跳到|跳转",
        )
    )
)
#: What they say of the page, anywhere in a line.
_FACTS = re.compile(
    r"(?:^|[\s\[【（(|])(?:(?:发布|发稿|更新|编辑|录入|上传|打印)(?:时间|日期)|(?:点击|浏览|阅读|访问)(?:次数|量|数|率)?|"
    r"责任编辑|责编|编辑)\s*[:：]"
)
#: When a page was put there, as programs write it; texts of rules have 2023年8月20日.
_STAMP = re.compile(r"(?<!\d)(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}:\d{2})(?!\d)")
#: A day beside a link in a list.
_DAY = re.compile(r"[\[（(]?\d{2,4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?[\])）]?")
_IMPRINT = re.compile(
    r"版权所有|版权归|copyright|©|ICP备|ICP证|公网安备|网站标识码|建议使用.{0,20}(?:浏览器|分辨率)|您是第.{0,20}访",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[。；：，！？;]")
_DATE = re.compile(
    r"[\d〇○零一二三四五六七八九]{4}\s?年\s?[\d一二三四五六七八九十]{1,2}\s?月\s?[\d一二三四五六七八九十]{1,3}\s?日"
)
#: In an imprint, too, but a notice names its own as well.
_SUPPORT = re.compile(r"\s*技术支持\s*[:：]")
_ATTACHED = re.compile(r"附\s*件")
#: So many link lines in a row are a menu or a list of other pages.
_MENU = 3


@dataclass(kw_only=True, slots=True)
class Body:
    """The policy's lines and what was left out, both in the page's order."""

    kept: list[Line] = field(default_factory=list)
    left_out: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class _Mass:
    """What an element holds: lines with a label, characters of prose."""

    labels: int = 0
    prose: int = 0

    def add(self, other: _Mass) -> None:
        self.labels += other.labels
        self.prose += other.prose


def is_linked(line: Line) -> bool:
    """Whether a line is links to other pages and little else."""
    return line.linked > 0 and line.linked * 10 >= 6 * _visible(_DAY.sub("", line.text))


def _visible(text: str) -> int:
    return sum(not char.isspace() for char in text)


def _is_buttons(line: Line) -> bool:
    """Whether a line is something to press, wherever it stands."""
    if not line.pressed or line.row or LABEL.match(line.text) or _SENTENCE.search(line.text) or is_title(line.text):
        return False
    return line.pressed * 10 >= 6 * _visible(line.text)


def is_furniture(line: Line) -> bool:
    """Whether a line is what sites write around an article."""
    if _IMPRINT.search(line.text) and len(line.text) <= 300:
        return not LABEL.match(line.text)
    if len(line.text) > 120 or "。" in line.text:
        return False
    if _FURNITURE.match(line.text.lstrip("| ")):
        return True
    return not LABEL.match(line.text) and _FACTS.search(line.text) is not None


def _is_stamp(line: Line) -> bool:
    """Whether a line above the text says when and by whom the page was put there."""
    return not line.row and len(line.text) <= 60 and "。" not in line.text and _STAMP.search(line.text) is not None


def _heads_list(line: Line) -> bool:
    """Whether a line right above links may be their heading: short, and nothing that a text has at its edges."""
    if line.row or len(line.text) > 12 or _SENTENCE.search(line.text) or (is_title(line.text) and len(line.text) > 5):
        return False
    return not (LABEL.match(line.text) or _DATE.search(line.text))


def has_label(line: Line) -> bool:
    """Whether a line is a provision: it begins with a number, and is no link to another page."""
    return not line.row and not is_linked(line) and LABEL.match(line.text) is not None


def body_of(page: Page) -> Body:
    """The lines of a page that are the policy."""
    lines = page.lines
    own = [_mass(line) for line in lines]
    around = _around(page, own)
    own = [_Mass() if i in around else mass for i, mass in enumerate(own)]
    masses = _sums(page, own)
    total = _Mass(labels=sum(mass.labels for mass in own), prose=sum(mass.prose for mass in own))
    if not total.labels and not total.prose:
        chosen = set(range(len(lines))) - around
    else:
        chosen = _extended(page, _smallest(page, masses, total), around)
    chosen = _trimmed(page, chosen - around)
    body = Body()
    for i, line in enumerate(lines):
        (body.kept if i in chosen else body.left_out).append(line)
    return body


def _mass(line: Line) -> _Mass:
    chars = len(line.text)
    if is_linked(line) or is_furniture(line):
        return _Mass()
    prose = chars >= 30 or (chars >= 12 and _SENTENCE.search(line.text)) or line.row
    return _Mass(labels=int(has_label(line)), prose=chars if prose else 0)


def _sums(page: Page, own: list[_Mass]) -> list[_Mass]:
    """What each element holds, with all that is inside it."""
    masses = [_Mass() for _ in page.blocks]
    for line, mass in zip(page.lines, own, strict=True):
        if line.block >= 0:
            masses[line.block].add(mass)
    for i in range(len(page.blocks) - 1, -1, -1):
        if page.blocks[i].parent >= 0:
            masses[page.blocks[i].parent].add(masses[i])
    return masses


def _around(page: Page, own: list[_Mass]) -> set[int]:
    """The lines in elements that are there for what surrounds a page's content, and hold none of it."""
    # A breadcrumb's or a menu's own numbers (1. 首页) are no provisions; an article is, however short, and a date
    # below a signature shows as well that an element is the policy's.
    sure = [
        _Mass(labels=1) if _DATE.fullmatch(line.text) else mass if mass.prose or line.text[:1] == "第" else _Mass()
        for line, mass in zip(page.lines, own, strict=True)
    ]
    masses = _sums(page, sure)
    whole = sum(mass.prose for mass in own)
    marked: set[int] = set()
    for i, block in enumerate(page.blocks):
        named = block.tag in _SURROUNDINGS
        small = masses[i].prose * 10 <= (3 if named else 1) * whole and not masses[i].labels
        if small and (named or _AROUND.search(block.names)):
            marked.add(i)
    article = _within(page, {i for i, block in enumerate(page.blocks) if block.tag in ("article", "main")})
    heads = {i for i, b in enumerate(page.blocks) if b.tag in ("header", "footer") and b.parent in article}
    around = _within(page, marked - heads)
    return {i for i, line in enumerate(page.lines) if line.block in around or _is_buttons(line)}


def _within(page: Page, blocks: set[int]) -> set[int]:
    """These elements and those inside them, at any depth."""
    out: set[int] = set()
    for i, block in enumerate(page.blocks):
        if i in blocks or block.parent in out:
            out.add(i)
    return out


def _smallest(page: Page, masses: list[_Mass], total: _Mass) -> int:
    """The index of the smallest element with all labels and most of the prose; -1 for the page itself."""
    share = 0.5 if total.labels >= 3 else 0.9
    found = -1
    for i, block in enumerate(page.blocks):  # an element comes before those inside it
        if (block.parent == found or found == -1) and block.tag in _CONTAINERS:
            mass = masses[i]
            if mass.labels == total.labels and mass.prose >= share * total.prose:
                found = i
    return found


def _inside(page: Page, block: int) -> set[int]:
    """The lines in an element, at any depth."""
    inside = _within(page, {block})
    return {i for i, line in enumerate(page.lines) if block == -1 or line.block in inside}


def _extended(page: Page, block: int, around: set[int]) -> set[int]:
    """The lines in an element, with those before and after it that no menu and no furniture parts from them."""
    lines = page.lines
    chosen = _inside(page, block)
    out = set(chosen)
    holding = _above(page, chosen)
    for step, at in ((-1, min(chosen)), (1, max(chosen))):
        added: list[int] = []
        at += step
        while 0 <= at < len(lines) and not (at in around or _is_site(lines[at])):
            added.append(at)
            at += step
        ends = added and 0 <= at < len(lines)
        if ends and step > 0 and is_linked(lines[at]) and _heads_list(lines[added[-1]]):
            added.pop()
        if step > 0:
            loose = {i for n, i in enumerate(added) if _is_loose([lines[j] for j in added[n : n + 4]])}
            added = [i for i in added if i not in loose or page.blocks[lines[i].block].tag in _HEADINGS]
        # What stands in one box with a menu or an imprint belongs to it; above the text, however large the box.
        box = _inside(page, _box(page, lines[at].block, holding if step < 0 else None)) if ends else set()
        out |= {i for i in added if i not in box or box & chosen or (step < 0 and is_title(lines[i].text))}
    if (title := _title_above(lines, min(out) - 1, around)) is not None:
        out.add(title)
    # An attachment's title or link may stand below the buttons that end the article.
    after = range(max(out) + 1, len(lines))
    return out | {i for i in after if i not in around and _ATTACHED.match(lines[i].text)}


def _is_loose(lines: list[Line]) -> bool:
    """Whether the first of four lines below the text's element is a word or two that nobody signs with."""
    line = lines[0]
    if line.block < 0 or _visible(line.text) > 8 or _SENTENCE.search(line.text) or _ATTACHED.match(line.text):
        return False
    return not (
        LABEL.match(line.text) or is_issuer(line.text) or any(near.row or _DATE.search(near.text) for near in lines)
    )


def _title_above(lines: list[Line], at: int, around: set[int]) -> int | None:
    """The title that stands above what a site says of the page; `at` is the line where that begins, going up."""
    while (
        at >= 0 and at not in around and not is_linked(lines[at]) and (is_furniture(lines[at]) or _is_stamp(lines[at]))
    ):
        at -= 1
    return at if at >= 0 and at not in around and is_title(lines[at].text) and not is_linked(lines[at]) else None


def _above(page: Page, lines: set[int]) -> set[int]:
    """The elements that hold any of these lines."""
    out: set[int] = set()
    for block in {page.lines[i].block for i in lines}:
        while block >= 0 and block not in out:
            out.add(block)
            block = page.blocks[block].parent
    return out


def _is_site(line: Line) -> bool:
    """Whether a line outside the policy's element is where the site begins."""
    return is_linked(line) or is_furniture(line) or _SUPPORT.match(line.text) is not None


def _box(page: Page, block: int, holding: set[int] | None) -> int:
    """The container that an element stands in, or is; where `holding` is given, the largest of them outside it."""
    while block >= 0 and page.blocks[block].tag not in _CONTAINERS:
        block = page.blocks[block].parent
    found = block
    while holding and block >= 0 and block not in holding:
        found, block = block, page.blocks[block].parent
    return found


def _trimmed(page: Page, chosen: set[int]) -> set[int]:
    """The chosen lines without furniture and lists of links before the first and after the last provision."""
    lines = page.lines
    order = sorted(chosen)
    labels = [i for i in order if has_label(lines[i])]
    solid = labels or [i for i in order if _mass(lines[i]).prose and (lines[i].row or _SENTENCE.search(lines[i].text))]
    first, last = (solid[0], solid[-1]) if solid else (-1, -1)
    # Below a list or a heading of the site, an attachment or a day is still the text's.
    signed = max((i for i in order if _ATTACHED.match(lines[i].text) or _DATE.fullmatch(lines[i].text)), default=-1)
    order = order[: _end(page, order, labels, signed)]
    out: list[int] = []
    run: list[int] = []
    for i in [*order, -1]:
        edge = i >= 0 and not (solid and first <= i <= last) and not _ATTACHED.match(lines[i].text)
        if edge and is_linked(lines[i]) and not is_furniture(lines[i]):
            run.append(i)
            continue
        if len(run) < _MENU:
            out += run
        elif solid and run[0] > last:
            if out and out[-1] > last and _heads_list(lines[out[-1]]):
                out.pop()
            if i > signed:
                break
        run = []
        site = i >= 0 and (is_furniture(lines[i]) and (edge or is_linked(lines[i])))
        if i >= 0 and not (site or (i < first and _is_stamp(lines[i]))):
            out.append(i)
    return set(out)


def _end(page: Page, order: list[int], labels: list[int], signed: int) -> int:
    """Where in `order` the site begins again: at a heading unlike the text's, in a box without provisions.

    A text without numbers may have such headings itself, and below one may be a form.
    """
    if len(labels) < _MENU:
        return len(order)
    lines = page.lines
    tags = [page.blocks[lines[i].block].tag if lines[i].block >= 0 else "" for i in order]
    holding = _above(page, set(labels))
    after = order.index(labels[-1]) + 1
    own = set(tags[:after])
    for at in range(after, len(order)):
        parent = page.blocks[lines[order[at]].block].parent if tags[at] in _HEADINGS - own else -1
        form = any(lines[i].row for i in order[at + 1 : at + 2])
        if tags[at] in _HEADINGS - own and parent not in holding and not form and order[at] > signed:
            return at
    return len(order)
