"""What shows that a clause speaks on a point: general Chinese usage of rules, nothing of a particular policy.

All patterns read normalised text without white space (see finder.plain).
"""

from __future__ import annotations

import re

from policy_qa.compare.office import POST
from policy_qa.compare.points import Point
from policy_qa.compare.subject import Office
from policy_qa.numerals import HAN_NUMERAL_CHARS

_N = rf"(?<![第\d{HAN_NUMERAL_CHARS}])(?:\d+|[{HAN_NUMERAL_CHARS}]+)(?:[-—至到~～](?:\d+|[{HAN_NUMERAL_CHARS}]+))?"
_YEARS = rf"{_N}个?(?:周年|学年|学期|年|届|月)"
_TAKE = r"(?:担任|兼任|出任|充任)"
_APPOINTS = r"(?:聘任|任命|聘用|任免|提名|选举|推选|委派|选派|选聘|聘请|选任|选拔|遴选|产生|发文)"
Rules = tuple[tuple[re.Pattern[str], float], ...]


def _rules(*pairs: tuple[str, float]) -> Rules:
    return tuple((re.compile(pattern), score) for pattern, score in pairs)


#: The cues of the points that single clauses speak on, the surer ones first; scores from 0 to 1.
CUES: dict[Point, Rules] = {
    Point.TERM: _rules(
        (
            rf"(?:任期|聘期|届期|任职期限|聘任期限?|每一?届|每任|服务期)(?!内|中|届满|期满|未满|结束|满|考|目标)[^，。；]{{0,12}}?{_YEARS}",
            1.0,
        ),
        (r"(?:任期|聘期)(?:应当?|原则上|一般)?(?:与|同|随)[^，。；]{2,24}(?:相同|一致|同步|届期|任期|同届)", 1.0),
        (
            rf"{_YEARS}一(?:届|聘|任)|每{_YEARS}(?:换届|改选|选举)|(?:一|每)届(?:任期)?(?:为|是)?{_YEARS}|(?:任职|聘任){_YEARS}(?!以上|及以上)",
            0.9,
        ),
        (r"实行任期制|任期由[^，。；]{2,30}(?:确定|规定)", 0.5),
    ),
    Point.REAPPOINTMENT: _rules((r"连任|连聘|(?<!继)续聘|连选|续任|连续(?:任职|聘任|担任)(?!满)", 1.0)),
    Point.EXCLUSIONS: _rules(
        (
            r"不得(?:被)?(?:担任|兼任|聘任|聘为|任命|任用|推荐|提名|作为(?:人选|候选)|出任|推选)|不(?:能|宜|应)(?:担任|兼任|出任)|不予(?:聘任|任命|聘用)"
            r"|不具备(?:担任|任职)",
            1.0,
        ),
    ),
    Point.APPOINTMENT: _rules(
        (
            rf"(?:由|经|报|须|从|实行|采取|通过|按照)[^。；]{{0,60}}?(?<!取消)(?<!撤销){_APPOINTS}(?!(?:推荐)?参加|条件|推荐表|表|委员会|与|办法)",
            0.9,
        ),
        (
            rf"{_APPOINTS}(?!(?:推荐)?参加|条件|推荐表|表|委员会|与|办法)[^。；]{{0,30}}(?:批准|审批|同意|研究决定|备案)",
            0.9,
        ),
        (r"^[^，。；]{2,24}(?:任命|聘任|委派|任免)[^，。；]{0,12}$", 0.6),
    ),
    Point.DUTIES: (),
    Point.PURPOSE: _rules(
        (r"(?:为|为了)[^。；]{4,600}?(?:制定|决定|特制|印发|通知如下|现将|设立)", 1.0),
        (r"(?:根据|依据|按照|落实)[^。；]{4,600}?(?:制定|印发|精神|结合)", 1.0),
    ),
    Point.REPORTING: _rules(
        (r"(?<!不得)向[^，。；不所]{2,24}?(?:汇报|报告(?!会|内容|书)|述职)", 1.0),
        (r"(?<![面针])对(?!直接)[^，。；]{2,12}?负责(?![任人的])", 0.9),
        (r"在[^，。；]{2,16}(?:的)?(?:统一)?领导下(?:，)?(?:开展|履行|负责|主持|全面)", 0.9),
        (r"(?:接受|受)[^，。；]{2,16}(?:的)?(?:领导|直接领导)", 0.9),
    ),
    Point.ASSESSMENT: _rules(
        (r"(?:考核|考评|测评|述职|民主评议|评议考核)", 0.8),
    ),
    Point.REMOVAL: _rules(
        (
            r"免职|免去|解聘|罢免|(?:取消|撤销|解除)[^，。；]{0,14}(?:任命|资格|聘任|职务)|辞去|辞职|不再担任|停止[^，。；]{0,8}职务",
            1.0,
        ),
        (r"(?:变更|调整|更换|空缺)[^。；]{0,24}(?:报备|备案|报告|批准|补选|另行)", 0.9),
    ),
}
#: Points on which a document about the office has to name it in the very article.
CLOSELY = (Point.REMOVAL, Point.EXCLUSIONS, Point.ASSESSMENT, Point.APPOINTMENT)
#: What the office itself does to others, listed among its duties, is no rule about the office.
NOT_AMONG_DUTIES = (Point.ASSESSMENT, Point.APPOINTMENT, Point.EXCLUSIONS, Point.REMOVAL)

DUTY_HEADING = re.compile(r"职责|职权|权限|主要任务|工作任务")
DUTY_LEAD = re.compile(
    r"(?:职责|职权|权限|主要任务)(?:是|为|包括|如下|有)?[：:]?$|(?:履行|承担|行使|负责)[^。；，]{0,8}(?:职责|职权|工作|事项|任务)[：:]?$|职责(?:是|为|包括|如下)?[：:]"
)
CONDITION_HEADING = re.compile(
    r"任职(?:条件|要求|资格|标准)|(?:任用|聘任|聘用|选任|选聘|资格|人选|岗位|推荐|入选|准入)(?:条件|要求|标准)(?!及?职责)|条件(?:与|和|及)(?:资格|要求)"
    r"|^(?:第\S{1,3}[章节]|[一二三四五六七八九十]{1,3}、|（\S{1,2}）)?(?:基本)?(?:条件|资格)$"
)
CONDITION_LEAD = re.compile(
    r"(?:具备|符合|满足|具有)(?:的)?(?:下列|以下|如下)[^。；]{0,10}(?:条件|要求|资格)"
    r"|(?:任职|资格|选任|聘任|任用|推荐|人选|基本)(?:条件|资格|要求)[^。；]{0,8}：$|(?:条件|资格)(?:如下|是|为|包括)?：$"
)
CONDITION_AFTER = (
    r"(?:人选)?(?:一般|原则上)?(?:应当|应该|应|须|必须|需要?)(?:具备|具有|符合|满足|熟悉|由具[备有]|是具[备有])"
)
#: An article below 「任职条件与聘任程序」 that says who is appointed, how, for how long, is none of its conditions.
OTHER_LEAD = re.compile(
    rf"{_TAKE}[^，。；]{{0,4}}[：:]|由[^。；]{{2,40}}{_TAKE}(?:[。；，]|$)|程序[：:]?$|任期|{_APPOINTS}程序|连任"
)
ASSESSMENT_HEADING = re.compile(r"考核|考评|测评|述职|评价与|绩效|评价$")
ASSESSMENT_LEAD = re.compile(r"考核(?:办法|内容|方式|程序|标准|结果)?(?:如下|包括|为)?[：:]$")
APPOINTMENT_LEAD = re.compile(
    r"(?:聘任|任命|选任|产生|任免|选拔|选聘|推选|选举|遴选|聘用)(?:的)?(?:程序|方式|办法|流程|步骤)(?:如下|为|是|包括)?[：:]?"
)


def who_rules(office: str) -> Rules:
    """The cues for who may take an office; `office` is a pattern for its names."""
    return _rules(
        (
            rf"{office}(?!{_TAKE})[^。；]{{0,44}}?(?:由|从)(?P<who>[^。；]{{1,60}}?){_TAKE}",
            1.0,
        ),
        (
            rf"(?P<who>[^。；，：]{{2,36}}?)(?<!不得)(?<!不能)(?:担任|兼任|出任|兼)[^。；，]{{0,8}}{office}(?=[，。；：）（]|$)",
            1.0,
        ),
        (
            rf"{office}(?:的)?(?:人选|候选人)?[^。；]{{0,12}}(?:从|(?<!所)在)(?P<who>[^。；]{{2,40}})(?:中|内|范围内)"
            r"(?:择优|公开|民主)*(?:选拔|选任|产生|推选|选举|遴选|选聘|聘任|聘请|确定|任命)(?:产生)?(?=[，。；]|$)",
            1.0,
        ),
        (
            rf"{office}(?:一般|原则上|应当?|可以?)?(?:为|应是|须是|可以是)(?P<who>[^。；，]{{0,20}}(?:人员|成员|领导|负责人|干部|教师|校长|院长|书记|主任|处长|人))(?=[，。；]|$)",
            0.95,
        ),
        (rf"(?:设|设立|配备)[^。；，]{{0,8}}{office}[^。；]{{0,16}}由(?P<who>[^。；]{{2,40}}){_TAKE}", 1.0),
        (r"(?:原则上|一般|应当?|可以?|^)由(?P<who>[^。；，]{2,40}?)(?:担任|兼任|出任)(?=[。；，（(]|$)", 0.7),
    )


def duty_rule(office: str) -> re.Pattern[str]:
    """What the office does, in a single sentence."""
    return re.compile(
        rf"{office}(?:应当?|全面|依法|具体|统一|是)*(?:负责|统筹|主持|牵头|协助)(?!人|解释)"
        rf"|(?:作为|担任|兼任|设|设立|配备)[^，。；]{{0,12}}{office}，(?:[^。；]{{0,30}}，)?(?:负责|承担|协助|统筹)(?!人|解释)"
    )


def takes_another_post(text: str, match: re.Match[str], office: Office) -> bool:
    """Whether it is another post that somebody takes: 「办公室主任由…兼任」, 「CIO担任委员会副主任委员」."""
    at = match.start("who")
    before = text[:at].removesuffix("由").removesuffix("从")
    segment = re.split(r"[，。；：（）()]", before)[-1]
    own = office.named(segment) or any(m in segment for m in office.members)
    if re.search(POST + r"(?:一般|原则上|应当?|可以?|须)?$", segment) and not own:
        return True
    if re.search(office.pattern + r"(?:一般|原则上|应当?|可以?|须|同时)?$", match.group("who")):
        return True  # 「由CIO担任」: the office takes something else
    after = text[match.end() :]
    taken = re.match(rf"[^，。；]{{0,10}}?{POST}", after)
    if match.group().endswith(("担任", "兼任", "出任", "充任")) and taken and not office.named(taken.group()):
        return True
    return bool(re.search(r"[谁何]|不(?:得|能)$", match.group("who")))


def refuted(point: Point, text: str, match: re.Match[str], office: Office) -> bool:
    """Whether the words around a cue show that it says something else."""
    after = text[match.end() : match.end() + 16]
    if point is Point.EXCLUSIONS:
        taken = re.search(POST, after)
        subject = office.named(text[: match.start()])
        return bool(taken) and not office.named(after) and not subject and not re.search(r"[：:，]", after[:2] or "，")
    if point is Point.REPORTING:
        return office.named(match.group()) or bool(re.match(r"会|单位|部门|人", after))
    if point in (Point.APPOINTMENT, Point.REMOVAL) and re.search(
        r"(?:由|经)[^，。；]{0,8}" + office.pattern + r"[^。；]{0,24}$", text[: match.end()]
    ):
        return True  # the office appoints, or removes, others
    if point is Point.APPOINTMENT:
        verbs = list(re.finditer(_APPOINTS, match.group()))
        whom = re.split(r"[，。；：、]", text[match.start() + (verbs[-1].end() if verbs else 0) :])[0]
        goes_on = re.match(r"(?:后|并|产生|程序|或者?|和|及|的|为|制|上岗|公布|决定|委员|确定)", whom)
        if len(whom) > 1 and not goes_on and not office.named(whom) and not office.has_member(whom):
            return True  # somebody else is appointed
        return bool(re.search(r"取消|撤销|解除|不予", text[max(0, match.start() - 6) : match.end()]))
    if point is Point.REMOVAL:
        return bool(re.match(rf"(?:其他)?[^，。；]{{0,6}}?{POST}", after)) and not office.named(after)
    if point is Point.ASSESSMENT:
        return _assesses_others(text, match, office)
    return False


def _assesses_others(text: str, match: re.Match[str], office: Office) -> bool:
    """Whether it is the office that assesses: 「CIO组织对各部门的考核」."""
    before = text[: match.start()]
    segment = re.split(r"[，。；：]", before)[-1]
    if re.search(r"[对将把][^，。；]{0,12}" + office.pattern, segment):
        return False
    return bool(
        re.search(r"(?:组织|负责|开展|参与|制定|建立)[^，。；]{0,16}$", segment)
        and not re.search(office.pattern + r"(?:的)?[^，。；]{0,4}$", segment)
    )
