"""True variants and false mutations of the sentences of policies, made by rule from a seed.

What a mutation makes may happen to be true (two numbers that are equal change places): such cases are
left out by rule, by what the article's own text holds, never by asking the judge.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from policy_qa.clauses import Clause, clauses_of
from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.diff.words import fold
from policy_qa.numerals import parse_number, to_han
from policy_qa.provisions.refs import place


@dataclass(frozen=True)
class Case:
    """A sentence, the provisions that it cites, and how it was made."""

    how: str
    sentence: str
    provisions: tuple[Provision, ...]
    original: str


@dataclass(frozen=True)
class Base:
    """A clause of an article with what stands around it."""

    segmentation: Segmentation
    article: Provision
    clause: Clause
    text: str
    before: str
    after: str
    lead: str


_FORMS = (Kind.APPENDIX, Kind.PREAMBLE, Kind.CLOSING)
_STOP = "。；;，,：: "


def bases(segmentation: Segmentation) -> Iterator[Base]:
    """The clauses of a document that are sentences: not too short, not too long, without tables."""
    text = segmentation.document.text
    provisions = {p.ref: p for p in segmentation.provisions}
    for article in segmentation.articles:
        if article.kind in _FORMS:
            continue
        clauses = clauses_of(segmentation, article)
        texts = [_bare(segmentation, provisions[c.ref], c) for c in clauses]
        lead = ""
        for i, clause in enumerate(clauses):
            if clause.lead:
                lead = texts[i]
            own = texts[i].rstrip(_STOP)
            if not 8 <= len(own) <= 160 or "|" in own or "\n" in own or clause.lead:
                continue
            yield Base(
                segmentation,
                article,
                clause,
                own,
                before=texts[i - 1] if i and clauses[i - 1].ref == clause.ref else "",
                after=text[clause.end : article.end].lstrip()[:8],
                lead=lead.rstrip(_STOP) if clause.ref != article.ref else "",
            )


def _bare(segmentation: Segmentation, provision: Provision, clause: Clause) -> str:
    text = segmentation.document.text[clause.start : clause.end]
    return text.removeprefix(provision.label).strip() if clause.start == provision.start else text


# --- true ---------------------------------------------------------------------------------------------------

_HAN_NUMBER = re.compile(r"(?<![\d.年月〔\-—])([1-9]\d?)(?=年(?!\d)|个月|次|届|名|人|日内|个工作日|万元)")
_IN_HAN = re.compile(
    r"(?<![一二三四五六七八九十百千第])([二三四五六七八九十]{1,2})(?=年(?!级)|个月|次|届|名|人|日内|日前|个工作日)"
)
_LIST = re.compile(r"(?<=、)[^，。；、（）《》“”：不或和及与等]{2,12}、")


def true_variants(base: Base) -> Iterator[Case]:
    """Sentences that say what the clause says."""
    own, article = base.text, base.article
    where = place(article)
    title = f"《{article.instrument or base.segmentation.document.title}》"

    def case(how: str, sentence: str) -> Case:
        return Case(how, sentence, (article,), own)

    yield case("verbatim", own + "。")
    yield case("mark", own + "。[1]")
    yield case("quoted", f"「{own}」")
    if "第" in where and "条" in where:
        yield case("frame", f"根据{title}{where}规定，{own}。")
        yield case("frame", f"{where}规定：{own}。")
        yield case("frame", f"{own}（{where}）。")
    if (digits := _HAN_NUMBER.sub(lambda m: to_han(int(m.group(1))), own)) != own:
        yield case("notation", digits)
    if (digits := _IN_HAN.sub(lambda m: str(parse_number(m.group(1))), own)) != own:
        yield case("notation", digits)
    if "首席信息官" in own and "首席信息官（" not in own:
        yield case("alias", own.replace("首席信息官", "CIO"))
    if "CIO" in own and "（CIO" not in own:
        yield case("alias", own.replace("CIO", "首席信息官"))
    if base.before and len(base.before) + len(own) < 220 and "\n" not in base.before:
        yield case("joined", base.before.rstrip(_STOP) + "，" + own + "。")
    if match := _LIST.search(own):
        yield case("subset", own[: match.start()] + own[match.end() :] + "。")
    if base.lead and "\n" not in base.lead and len(base.lead) < 60:
        yield case("lead", f"{base.lead}：{own}。")
    if "应当" in own:
        yield case("force", own.replace("应当", "必须") + "。")


# --- false --------------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"(?<![第\d.])(\d{1,4})(?=年|个月|次|届|名|人|日|万元|元|%|周岁|个工作日|小时|学期)")
_HAN_DIGIT = re.compile(
    r"(?<=[^第一二三四五六七八九十百千])([二三四五六七八九])(?=年|个月|次|届|名|人|日|万元|元|倍|个工作日|分之)"
)
_UNITS = {
    "年": "个月",
    "个月": "年",
    "次": "小时",
    "届": "年",
    "名": "个部门",
    "人": "个单位",
    "日": "个月",
    "万元": "元",
    "倍": "%",
}
_UNIT = re.compile(r"(?<=[\d二三四五六七八九十])(个月|万元|年(?!级|度|代|月)|次|届|名|人|倍|日(?=内|前))")
_BOUNDS = {
    "不少于": "不超过",
    "不超过": "不少于",
    "不低于": "不高于",
    "以上": "以下",
    "以下": "以上",
    "至少": "至多",
    "以内": "以外",
}
_FORCE = (("不得", "可以"), ("不得", "应当"), ("应当", "可以"), ("应当", "不得"), ("可以", "应当"), ("可以", "不得"))
_FORCE += (("必须", "可以"), ("可", "不可"), ("应", "不应"), ("应", "可"), ("须", "可"))
_NOT_FORCE = re.compile(r"应(?=[用急对变届聘征答])|(?<=[相响适反供效对感])应|(?<=[许认宁不])可|可(?=[能靠行信持])")
_ADDED = (
    "只能",
    "仅",
    "全部",
    "均",
    "不",
    "优先",
    "无偿",
    "永久",
    "经省级主管部门批准后",
    "无需审批",
    "由财政全额承担",
)
_TAILS = (
    "，每年发放津贴5000元",
    "，并享受副处级待遇",
    "，但特殊情况除外",
    "，由教育部备案",
    "，违者开除",
    "，任期5年",
    "，无需报批",
    "，必要时可以不执行",
    "和财政部门",
    "，且不得连任",
    "，自2019年起实行",
    "，费用由个人承担",
)
_HEDGES = ("原则上", "一般", "经批准", "必要时", "未经批准")
_CONDITION = re.compile(r"^[^，。；]{4,40}(?:的|时|后|前|之日起|情况下)，")
_STEP = re.compile(r"(?:经|报)[^，。；]{2,25}(?:批准|同意|审议|审核|通过)后?，(?=[^，。；]{2})")
_VERB = re.compile(
    r"(?<=[\u4e00-\u9fff])(?=(?:担任|负责|纳入|召开|组织|承担|聘请|审议|设立|提供|兼任|连任|适用|参加|批准|接受|公布|报送))"
)
_NAME = re.compile(
    r"(?:校长办公会|党委常委会|党委校长办公室|副校长|校长|教务处|宣传部|人事处|网教中心|专家组|工作组|领导小组|教育体育局|教育局|副主任|主任|"
    r"副组长|组长|联络员|法定代表人|校领导|首席信息官|CIO|人民政府|主管部门|行政部门|管理部门|国务院|人民法院|人民检察院|公安机关|监察机关|"
    r"用人单位|劳动者|申请人|当事人|被告人|原告|被告|经营者|生产者|所有权人|负责人|委员会|管理机构|企业|检察院|法院|登记机关|县级|省级|设区的市级)"
)
_STRANGERS = ("财务处", "校长", "省教育厅", "学生会", "校友会", "教务处处长", "保卫处", "工会")


def false_mutations(base: Base, rng: random.Random, names: Sequence[str]) -> Iterator[Case]:
    """Sentences that say something else than the clause; `names` are bodies and posts to put in another's place."""
    own = base.text
    have = _plain(base.segmentation.text_of(base.article))
    for how, sentence in _mutations(own, rng, names, base):
        # By rule: what stands in the article word for word is no mutation.
        if _plain(sentence) != _plain(own) and _plain(sentence) not in have:
            yield Case(how, sentence + "。", (base.article,), own)


def _plain(text: str) -> str:
    return re.sub(r"[^\w]", "", fold(text))


def _mutations(own: str, rng: random.Random, names: Sequence[str], base: Base) -> Iterator[tuple[str, str]]:
    for match in _some(_NUMBER, own, rng):
        wrong = str(int(match.group(1)) + rng.choice((1, 2, 5)))
        yield "number", _put(own, match, wrong)
    for match in _some(_HAN_DIGIT, own, rng):
        wrong = rng.choice([d for d in "二三四五六七八九" if d != match.group(1)])
        yield "number", _put(own, match, wrong)
    for match in _some(_UNIT, own, rng):
        yield "unit", _put(own, match, _UNITS[match.group(1)])
    for word, other in _BOUNDS.items():
        if word in own:
            yield "bound", own.replace(word, other, 1)
    if (match := re.search(r"不(?!断|仅|但|少于|超过|低于|高于|同|足|定期|动产|可抗|良|限)", own)) and own[
        match.start() :
    ][:2] != "不得":
        yield "negation dropped", own[: match.start()] + own[match.end() :]
    if "不得" in own:
        yield "negation dropped", own.replace("不得", "", 1)
    for match in _some(_VERB, own, rng):
        yield "negation added", own[: match.start()] + rng.choice(("不", "不得", "未")) + own[match.end() :]
    for word, other in _FORCE:
        for match in re.finditer(word, own):
            inside = _NOT_FORCE.search(own[max(0, match.start() - 1) : match.end() + 1])
            if not inside and own[match.start() - 1 : match.start()] not in ("不", "无"):
                yield "force", own[: match.start()] + other + own[match.end() :].removeprefix("当")
                break
    yield from _name_mutations(own, rng, names)
    values = list(_NUMBER.finditer(own))
    if len({m.group(1) for m in values}) >= 2:
        a, b = values[0], next(m for m in values if m.group(1) != values[0].group(1))
        yield "numbers swapped", own[: a.start()] + b.group() + own[a.end() : b.start()] + a.group() + own[b.end() :]
    yield "added", own + rng.choice(_TAILS)
    for match in _some(_VERB, own, rng):
        yield "added", own[: match.start()] + rng.choice(_ADDED) + own[match.start() :]
    if match := re.search("、", own):
        yield "list element added", own[: match.end()] + rng.choice(_STRANGERS) + "、" + own[match.end() :]
    yield from _dropped(own)
    if not _NAME.match(own[:8]) and not re.match(r"[\u4e00-\u9fff]{2,6}(?:应|可|不得|负责)", own):
        yield "subject invented", rng.choice(_STRANGERS) + own
    if re.fullmatch(r"第[一二三四五六七八九十百千零]+条(?:之.)?", where := place(base.article)):
        number = parse_number(re.findall(r"第(.+)条", where)[0]) or 1
        yield "wrong article", f"第{to_han(number + rng.choice((1, 2, 10)))}条规定，{own}"
        yield "wrong article", f"{own}（第{to_han(number + 1)}条）"
    yield "wrong document", f"根据《中小学校食堂管理办法》的规定，{own}"


def _name_mutations(own: str, rng: random.Random, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    found = list(_NAME.finditer(own))
    for match in found[:2]:
        others = [n for n in names if n != match.group() and not {n, match.group()} <= {"CIO", "首席信息官"}]
        if others:
            yield "name", _put(own, match, rng.choice(others))
    for a, b in pairwise(found):
        between = own[a.end() : b.start()]
        if (
            a.group() != b.group()
            and re.search(r"[^、和与及或的]", between)
            and {a.group(), b.group()} != {"CIO", "首席信息官"}
        ):
            yield "names swapped", own[: a.start()] + b.group() + between + a.group() + own[b.end() :]


def _dropped(own: str) -> Iterator[tuple[str, str]]:
    for hedge in _HEDGES:
        if re.search(rf"(?<![\u4e00-\u9fff]){hedge}|{hedge}(?=[由应不须每为])", own):
            yield "condition dropped", own.replace(hedge, "", 1).lstrip("，")
    for pattern in (_CONDITION, _STEP):
        if (match := pattern.search(own)) and len(own) - len(match.group()) >= 4:
            yield "condition dropped", own[: match.start()] + own[match.end() :]
    if match := re.search(r"[，；]但[^，。；]{4,60}$|（[^（）]*(?:除外|特殊情况)[^（）]*）", own):
        yield "exception dropped", own[: match.start()] + own[match.end() :]


def _some(pattern: re.Pattern[str], text: str, rng: random.Random) -> list[re.Match[str]]:
    found = list(pattern.finditer(text))
    return rng.sample(found, min(2, len(found)))


def _put(text: str, match: re.Match[str], other: str) -> str:
    return text[: match.start(1) if match.re.groups else match.start()] + other + text[match.end() :]


def elsewhere(all_bases: Sequence[Base], rng: random.Random) -> Iterator[Case]:
    """Sentences held against another article than theirs, of their own document or another."""
    for base in all_bases:
        other = rng.choice(all_bases)
        if other.article.ref == base.article.ref:
            continue
        if _plain(base.text) not in _plain(other.segmentation.text_of(other.article)):
            yield Case("other article", base.text + "。", (other.article,), base.text)


def names_in(all_bases: Sequence[Base]) -> list[str]:
    """The bodies and posts that the documents name."""
    return sorted({m.group() for base in all_bases for m in _NAME.finditer(base.text)} | set(_STRANGERS))
