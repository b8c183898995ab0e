"""What part of a sentence a stretch between commas is: a condition of what follows, an exception, a step, a title."""

from __future__ import annotations

import re

from policy_qa.values import Polarity, polarity_of

#: Governs all that follows it in its sentence. Rather too many than too few: a condition that is left out makes a rule
#: say more than it does.
_HARD = re.compile(
    r"^(?:除|如|若|倘|凡|未经|未|当|遇|因|由于|对|针对|自|在|从|到|至|于|原则上|一般|必要时|特殊|情况|情节|紧急|确(?!保|定|认|立)|逾期|期满|届满|需要?|经过?(?!费|济|营|验|理|常)|"
    r"属于|符合|满足|具备下|具有下|有下列|下列|发生|出现|造成|构成|违反|拒不|拒绝|没有|不(?:服|符|具备|满|足|按|履行|依|执行|改|能|予)|只有|除非|尚未|已|达到|超过|涉及|任期中|"
    r"(?:是|系)?指|以|其中|仅|但|不过|通过|根据|按照|依照|依据|采用|使用|利用)"
    r"|的$|者$|时$|之时$|后$|前$|之[后前日内间]$|期间$|情况下$|情形下$|条件下$|范围内$|外$|以外$|起$|内$|中$|下$|之一$|为限$|以上$|以下$"
    r"|[前后][^，]{1,4}(?:天|日|周|月|年|小时|分钟)$|条件[是为]?$|若|如果|倘若|除.*外|逾期|情节|情形|特殊情况|必要"
)
#: A step on the way to what comes next: 经校长办公会审议通过，报党委常委会批准后，正式聘任.
_STEP = re.compile(
    r"^(?:经(?!费|济|营|验)|报(?!酬|名|告)|由.*(?:提名|推荐|批准|同意|审核|审议|审定|决定)$|提请|征得|按程序)|(?:审议|批准|同意|通过|审核|审定|备案|研究)后?$"
)
_EXCEPTION = re.compile(
    r"^(?:但|但是|不过|然而|除|其中|另有|法律.{0,12}另|特殊|情况特殊|确有|确需|因特殊|必要时)|除外|例外|不在此限|另有规定|不受.{1,20}限制|不适用|不包括|方可|方能|才可|才能"
)
#: Goes on from what stands before it and means nothing without: 并处罚款, 方可开会.
_CASE = re.compile(r"(?:的|时|后|前|者|情况下|期间)$")
_BARE_SUBJECT = re.compile(r"的[^的，]{1,16}$|等[\u4e00-\u9fff]{0,12}$|^(?:前款|本[条款项办规制法条细]).{0,20}[称指]")
_SAYS_WHAT = re.compile(r"(?<![凡但于若])是(?!否|指)")
_GOES_ON = re.compile(r"^(?:并|且|而|再|方|才|也|还|仍|则|即|后|其|该|此|上述|前述|否则|同时|以及|及|或|均|都)")
_CONDITION_IN_BRACKETS = re.compile(
    r"除|特殊|情况|但|经|未|不|若|如(?:果|有|遇|需|确)|含|外|以上|以下|时|限|仅|只|须|应|可|试行"
)
#: What only says what a word means: （CIO）, （以下简称领导小组）, （如教务处等）.
_EXPLAINS = re.compile(r"[A-Za-z]|简称|统称|下称|^即|^又称|^原|^如(?!果)|^例如|^包括|讨论稿|试行")
_TITLE = 12
#: Says nothing without what follows it.
_OPEN = re.compile(r"(?:的|时|后|前|外|下|者|期间|之日起|中)$|^(?:除|如|若|凡|因|未经|经(?!费|济|营|验))")


def is_condition(text: str) -> bool:
    """Whether what follows in the sentence holds only under this stretch."""
    return bool(_HARD.search(text))


def is_step(text: str) -> bool:
    """Whether the stretch is a step towards the act that the next one names."""
    return bool(_STEP.search(text))


def is_exception(text: str) -> bool:
    """Whether the stretch takes something away from what stands before it."""
    return bool(_EXCEPTION.search(text))


def is_open(text: str) -> bool:
    """Whether a condition stands without what it is a condition of."""
    return bool(_OPEN.search(text))


def reaches_on(text: str) -> bool:
    """Whether the stretch permits or forbids, which may reach on to the next: 可以停业整顿，降低等级."""
    return any(m.kind in (Polarity.PERMISSION, Polarity.PROHIBITION, Polarity.EXEMPTION) for m in polarity_of(text))


def is_case(text: str) -> bool:
    """Whether the stretch ends a case (…情节严重的，), so that all that stands before it belongs to the case."""
    return bool(_CASE.search(text))


def is_bare_subject(text: str) -> bool:
    """Whether the stretch is only what the next one speaks of: 抢险救灾及临时建筑的建设活动，不适用本办法."""
    return bool(_BARE_SUBJECT.search(text)) and not _SAYS_WHAT.search(text)


def goes_on(text: str) -> bool:
    """Whether the stretch leans on the one before it."""
    return bool(_GOES_ON.match(text))


def is_title(text: str, mark: str) -> bool:
    """Whether a stretch that ends in `mark` is a title of what follows: 「审议聘任：」."""
    return mark in "：:" and len(text) <= _TITLE and not re.search(r"下列|以下|如下|不|应|须|可|包括", text)


def may_be_left_out(bracket: str) -> bool:
    """Whether what stands in brackets only explains: （CIO）, but not （特殊情况下经研究授权，由副职担任）."""
    bare = re.sub(r"以下(?=简称|统称)", "", bracket)
    return bool(_EXPLAINS.search(bare)) and not _CONDITION_IN_BRACKETS.search(bare.replace("试行", ""))
