"""The points on which rules about an office are compared, and how people ask about each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from policy_qa.resources import resource
from policy_qa.words import normalize


class Point(StrEnum):
    """What rules say about an office, in the order of a table's rows."""

    WHO = "who"
    CONDITIONS = "conditions"
    EXCLUSIONS = "exclusions"
    APPOINTMENT = "appointment"
    TERM = "term"
    REAPPOINTMENT = "reappointment"
    DUTIES = "duties"
    REPORTING = "reporting"
    ASSESSMENT = "assessment"
    REMOVAL = "removal"
    PURPOSE = "purpose"


#: All points, in the order of a table's rows.
POINTS = tuple(Point)
#: What 「谁可以担任CIO？」 gets: one card for each institution.
CARD = (Point.WHO, Point.CONDITIONS, Point.EXCLUSIONS, Point.APPOINTMENT, Point.TERM)
#: A topic that is none of the points; its label is the question's own words.
TOPIC = "topic"

LABELS: dict[str, dict[Point, str]] = {
    "zh": {
        Point.WHO: "由谁担任",
        Point.CONDITIONS: "任职条件",
        Point.EXCLUSIONS: "不得担任的情形",
        Point.APPOINTMENT: "聘任程序",
        Point.TERM: "任期",
        Point.REAPPOINTMENT: "连任",
        Point.DUTIES: "职责",
        Point.REPORTING: "向谁汇报",
        Point.ASSESSMENT: "考核",
        Point.REMOVAL: "免职与变更",
        Point.PURPOSE: "目的和依据",
    },
    "en": {
        Point.WHO: "Who may serve",
        Point.CONDITIONS: "Conditions",
        Point.EXCLUSIONS: "Who may not serve",
        Point.APPOINTMENT: "Appointment",
        Point.TERM: "Term",
        Point.REAPPOINTMENT: "Re-appointment",
        Point.DUTIES: "Duties",
        Point.REPORTING: "Reports to",
        Point.ASSESSMENT: "Assessment",
        Point.REMOVAL: "Removal and change",
        Point.PURPOSE: "Purpose and basis",
    },
}

_TAKE = r"(?:担任|兼任|出任|当选?上?|任|做|成为|胜任)"
_TRIGGERS: dict[Point, re.Pattern[str]] = {
    point: re.compile(pattern)
    for point, pattern in (
        (
            Point.WHO,
            rf"(?:谁|什么人|何人|哪些人|哪类人|哪[个位级]?(?:领导|人)|什么(?:样|职务|级别)的?人|由.{{0,8}}){{1}}(?:来|可以?|能|才能|有资格|应当?|具体)*{_TAKE}"
            rf"|{_TAKE}(?:首席)?.{{0,8}}(?:是谁|的人)|(?:能不能|可不可以|能否|可否|是否可以|可以|能).{{0,6}}{_TAKE}"
            rf"|让.{{1,10}}{_TAKE}"
            r"|人选(?!的?(?:任职)?(?:条件|要求|资格|标准))(?:范围)?|由谁|是谁|谁来?(?:可以|能|有资格)?(?:做|当|任)"
            r"|\bwho\b(?! (?:appoint|nominat|assess|evaluat|remov|approv))|\beligible posts?\b",
        ),
        (
            Point.CONDITIONS,
            r"(?:任职|任用|聘任|选任|资格|人选的?|准入)?(?:条件|资格|门槛)(?:要求|标准)?|(?:任职|人选的?)(?:要求|标准)|要求"
            r"|\bqualif\w*|\bconditions?\b|\beligib\w*|\brequire\w*",
        ),
        (
            Point.EXCLUSIONS,
            r"(?<![能可是])不(?:得|能|可以|可|宜|应)" + _TAKE + r"|不得|禁止|回避|排除|不符合资格"
            r"|\b(?:may|can|must) ?not serve\b|\bexclu\w*|\bdisqualif\w*",
        ),
        (
            Point.APPOINTMENT,
            r"(?:任命|聘任|聘用|任免|提名|产生|推选|选举|选拔|选任|选聘|遴选)(?!的?(?:条件|要求|资格|标准))|怎么选|如何选|怎样选|选出|(?:聘任|任命|选任|产生)?的?(?:程序|流程|方式|手续)"
            r"|\bappoint\w*|\bnominat\w*|\bselect\w*|\belect\w*|\bprocedure\w*",
        ),
        (
            Point.TERM,
            r"(?:每届)?任期(?:多久|多长|几年|长短|年限|时长)?|聘期|任职(?:年限|期限|时间)|[任干当做](?:满|够)?(?:几|多少)年|(?<![统逐])[一每][届任](?![事务命何职教])(?:多久|几年|是)?|届期|多久一届"
            r"|\bterms?(?: of office)?\b|\btenure\b|\bhow long\b",
        ),
        (
            Point.REAPPOINTMENT,
            r"(?:可以|能否|能不能|可否)?(?:连选)?(?:连聘)?连任(?:几届|次数|限制|上限)?|连聘|续聘|连选|再任|续任"
            r"|\bre-?appoint\w*|\bre-?elect\w*|\bsecond term\b|\brenew\w*",
        ),
        (
            Point.DUTIES,
            r"(?:岗位|工作|主要)?(?:职责|职权|权限|职能|任务|分工)|(?:干|做|管|负责|承担)(?:些|点)?(?:什么|啥|哪些)|\bdut(?:y|ies)\b|\bresponsib\w*|\btasks?\b|\bpowers?\b",
        ),
        (
            Point.REPORTING,
            r"(?:向|对)(?:谁|哪[个些]?\S{0,4})(?:汇报|报告|负责|述职)|汇报(?:对象|关系)?|受谁领导"
            r"|\breports? to\b|\baccountable\b|\breporting line\b",
        ),
        (
            Point.ASSESSMENT,
            r"(?:年度|工作)?(?:考核|考评|测评|评价|评议|绩效|述职)(?:办法|方式|考评|评价|制度|频率)?|\bassess\w*|\bapprais\w*|\bevaluat\w*",
        ),
        (
            Point.REMOVAL,
            r"免职|解聘|罢免|撤换|撤职|免去|取消(?:资格|任命)|(?:中途)?(?:变更|更换|退出)|辞职|\bremov\w*|\bdismiss\w*|\bresign\w*",
        ),
        (
            Point.PURPOSE,
            r"目的|宗旨|初衷|(?:为什么|为何|为啥)要?(?:建|建立|设|设立|制定|实行|推行)?|(?:上级|政策|制定)?依据(?:什么)?(?:上级)?(?:文件)?|根据(?:什么|哪)"
            r"|\bpurpose\b|\bwhy\b|\bbasis\b",
        ),
    )
}
#: Where one of the second is asked as well, the first only says of whom: 「由谁任命」 asks for no candidate.
_GIVES_WAY = {
    Point.WHO: (
        Point.CONDITIONS,
        Point.APPOINTMENT,
        Point.TERM,
        Point.REAPPOINTMENT,
        Point.REPORTING,
        Point.ASSESSMENT,
        Point.REMOVAL,
        Point.DUTIES,
        Point.EXCLUSIONS,
    ),
    Point.CONDITIONS: (
        Point.APPOINTMENT,
        Point.TERM,
        Point.REAPPOINTMENT,
        Point.DUTIES,
        Point.ASSESSMENT,
        Point.EXCLUSIONS,
    ),
    Point.REMOVAL: (Point.ASSESSMENT,),
}
#: 「每两年考核一次」 names a number of its own, 「多久考核一次」 doesn't.
_NUMBERED = re.compile(
    r"(?:(?<![二两三四五六七八九十\d])[二两三四五六七八九十\d]++\s*+(?:年|次|届|人|名|元|万|个月|天|岁|%)|一(?:年|个月|学期))(?!.{0,2}(?:文件|制度|学校|单位))"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """What a comparison asks about: points that are known, else a `label` of the question's own words.

    Neither where it asks about everything.
    """

    points: tuple[Point, ...] = ()
    label: str = ""


def topic_of(
    question: str,
    terms: list[tuple[str, float]],
    offices: frozenset[str],
    subjects: frozenset[str] = frozenset(),
    *,
    compares: bool = True,
) -> Topic:
    """What a question asks about; `terms` are its content words with their weights.

    `offices` are names of the office, of which `subjects` those that whole documents are about. A question that
    `compares` nothing and names but an office asks for that: 「哪一家设了联络员」.
    """
    text = normalize(question)
    found = {point: [m.span() for m in pattern.finditer(text)] for point, pattern in _TRIGGERS.items()}
    found = {point: spans for point, spans in found.items() if spans}
    for point, others in _GIVES_WAY.items():
        vague = point is not Point.CONDITIONS or all(text[a:b] == "要求" for a, b in found.get(point, ()))
        if point in found and vague and any(other in found for other in others):
            del found[point]
    spans = [s for each in found.values() for s in each]
    # The words of a point that gave way are no topic of their own either: 「CIO人选的条件」.
    covered = [m.span() for pattern in _TRIGGERS.values() for m in pattern.finditer(text)] if spans else []
    rest = [t for t, weight in terms if weight >= _LEAST and not _is_known(t, text, covered, offices)]
    aspect = [t for t, weight in terms if weight >= _SOME and _in_aspect(t, text, covered, offices)]
    if any(weight >= _LEAST for t, weight in terms if t in aspect):
        rest += aspect
    if Point.WHO in found:
        rest = [t for t in rest if not _PERSON.search(t)]
    if found and not rest and not _NUMBERED.search(text):
        return Topic(points=tuple(p for p in POINTS if p in found))
    own = tuple(t for t, weight in terms if weight >= _SOME and (t in rest or not _is_known(t, text, [], subjects)))
    if not own and not compares:
        own = tuple(t for t, weight in terms if weight >= _SOME and not _is_known(t, text, [], frozenset()))
    return Topic(label=joined(text, own)) if own else Topic()


#: Weight from which a word is a topic, and from which it belongs to the label of one.
_LEAST, _SOME = 1.0, 0.5
#: What a comparison is narrowed to: 「在标准建设上的职责」.
_ASPECT = re.compile(r"在([^，。？?]{2,16}?)(?:方面|上面?|领域)(?:的|，|,|有|$)")
#: 「每家」, 「几份」, 「三地」 count what is compared.
_COUNTED = re.compile(r"[各每哪几两二三四五六这那]+(?:家|份|校|所|地|处|者|个|边|方|县|市|省|院)")
_PERSON = re.compile(r"校长|院长|书记|主任|处长|部长|领导|负责人|教师|干部|副职|正职|\bprincipal\b|\bdeputy\b")


def _in_aspect(term: str, text: str, covered: list[tuple[int, int]], offices: frozenset[str]) -> bool:
    """Whether a word stands in what a comparison is narrowed to, and names neither a point nor an office."""
    if len(term) == 1 or term.isascii() or any(term in name or name in term for name in offices):
        return False
    spans = [m.span(1) for m in _ASPECT.finditer(text)]
    at = [m.span() for m in re.finditer(re.escape(term), text)]
    return any(a <= i and j <= b for i, j in at for a, b in spans) and not any(
        i < b and a < j for i, j in at for a, b in covered
    )


def _is_known(term: str, text: str, covered: list[tuple[int, int]], offices: frozenset[str]) -> bool:
    """Whether a word is one of comparing, names the office, or belongs to a point that is asked about."""
    word = term.partition(":")[0]
    if len(word) == 1 or word in _generic() or _COUNTED.fullmatch(word):
        return True
    if any(name.endswith(word) or name in word for name in offices):
        return True
    if word.isascii():
        return any(all(part in text[a:b] for part in word.split()) for a, b in covered)
    return any(m.start() < b and a < m.end() for m in re.finditer(re.escape(word), text) for a, b in covered)


@cache
def _generic() -> frozenset[str]:
    text = resource("comparing.txt")
    return frozenset(w for line in text.splitlines() if not line.startswith("#") for w in line.split())


def joined(text: str, terms: Sequence[str]) -> str:
    """The words of a topic as they stand in the question; those that stand together are one."""
    words = list(dict.fromkeys(t.partition(":")[0] for t in terms))
    places = sorted((text.find(w), w) for w in words if w in text)
    out, end = "", -1
    for at, word in places:
        if at < end:
            continue
        gap = text[end:at] if end >= 0 else ""
        out += (gap if gap in ("", "的", "和", "与", "、") else "、") + word if out else word
        end = at + len(word)
    return out or "、".join(words)
