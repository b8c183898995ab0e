"""What kind of answer a question asks for, and whether a stretch of text holds that kind.

Each focus has a trigger (how people ask for it, Chinese or English) and a cue (what text that
answers it has to show). They are the question types of the trade (Li & Roth 2002), cut to what rules
speak about; nothing here knows a particular policy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from policy_qa.numerals import HAN_NUMERAL_CHARS

# A quantity, never the number of an article: 「第十五条」 counts nothing.
_N = rf"(?<![第\d{HAN_NUMERAL_CHARS}])(?:\d+(?:\.\d+)?|[{HAN_NUMERAL_CHARS}]+)"


class Focus(StrEnum):
    """Kinds of answers."""

    WHO = "who"
    DURATION = "duration"
    FREQUENCY = "frequency"
    COUNT = "count"
    MONEY = "money"
    DATE = "date"
    DEADLINE = "deadline"
    WHERE = "where"
    CONTACT = "contact"
    PURPOSE = "purpose"
    DEFINITION = "definition"
    CONDITION = "condition"
    DUTY = "duty"
    PROCEDURE = "procedure"
    MEMBERS = "members"
    PENALTY = "penalty"
    REWARD = "reward"
    INTERPRETATION = "interpretation"
    EFFECT = "effect"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class _Rule:
    trigger: re.Pattern[str]
    cue: re.Pattern[str]
    hard: bool = False


def _rule(trigger: str, cue: str, *, hard: bool = False) -> _Rule:
    return _Rule(re.compile(trigger), re.compile(cue), hard)


_WHO_CUE = (
    r"由[^。，；]{1,40}?(?:担任|兼任|负责|组织|提名|推荐|聘任|任命|批准|审批|解释|召集|签发|主持|任|成立|组成|报送|办理|牵头|决定)|"
    r"(?:组长|主任|负责人|联系人|成员)[：:]|担任|兼任|牵头|[^，。；]{2,16}负责|经[^。，；]{2,20}(?:审议|批准|同意|研究)|报[^。，；]{2,20}(?:批准|审批|备案)|"
    r"^\W*[^，。；：]{2,24}[：:]|是[^。；]{2,40}(?:总负责人|负责人|机构|层)"
)
_RULES: dict[Focus, _Rule] = {
    Focus.WHO: _rule(
        r"谁|何人|什么人|啥人|哪些人|哪(?:位|个人|类人|几类)|哪(?:个|一个|级)?(?:部门|单位|机构|处室|处|领导|办公室|组织|层)|由(?:什么|哪)|"
        r"\bwho(?:m|se)?\b|\bwhich (?:\w+ ){0,2}(?:body|office|department|unit|person|post)|\bwhat (?:body|office|department|post)",
        _WHO_CUE,
    ),
    Focus.DURATION: _rule(
        r"(?:多久|多长时间|多长|几(?:个)?(?:年|月|周|天|学期|分钟|小时)|多少(?:年|个月|天|分钟|小时)|任期|时长|期限|年限|年头)(?!.{0,6}(?:一次|一回|开|召开|举行|报告|汇报))|"
        r"\bhow (?:long|many (?:years|months|days|minutes))|\bterm\b",
        rf"{_N}\s*(?:个)?(?:年|月|日|天|周|届|学期|学年|小时|分钟)",
    ),
    Focus.FREQUENCY: _rule(
        r"(?:多久|多长时间|隔多久|几(?:年|个月)|多少时间).{0,10}(?:一次|一回|次|回|开|考|报告|汇报)|几次|几回|多少次|频率|频繁|每(?:年|学期|学年|月|季度|周).{0,8}(?:几|多少)|年年|"
        r"\bhow (?:often|frequent|many (?:times|meetings))",
        rf"每[^。，；]{{0,6}}(?:次|年|月|学期|学年|季度|周)|定期|不定期|{_N}\s*次|随时",
    ),
    Focus.COUNT: _rule(
        r"几(?:个|人|名|届|位|份|条|项|所|家|岁|级|类|种|次)|多少(?:个|人|名|届|位|份|岁|所|家|次)?(?!钱|万|元)|人数|比例|\bhow many\b|\bquorum\b",
        rf"{_N}\s*(?:[-—至到~～]\s*{_N}\s*)?(?:人|名|个|次|届|份|位|所|家|岁|条|项|年|分之)|分之|全部|全覆盖",
    ),
    Focus.MONEY: _rule(
        r"多少(?:钱|万元|元|经费|资金|奖金|津贴|补贴)|几(?:万|千|百)?(?:块|元|万)|(?:金额|数额|工资|薪酬|薪水|津贴|补贴|补助|奖金|待遇|报酬)|\bhow much\b|\bsalary\b|\ballowance\b|\bpaid\b",
        rf"{_N}\s*(?:元|万元|亿元|块)",
        hard=True,
    ),
    Focus.DATE: _rule(
        r"什么时候|何时|哪(?:一)?(?:年|天|日)|几月|几号|日期|时间是|\bwhen\b|\bwhat date\b|\bwhat year\b",
        rf"{_N}\s*年(?:\s*{_N}\s*月)?|{_N}\s*月\s*{_N}\s*日",
        hard=True,
    ),
    Focus.DEADLINE: _rule(
        r"(?:截止|最晚|最迟|期限|之前交|前交|前报|哪天前|什么时候(?:之)?(?:前)?(?:交|报|提交|报送))|\bdeadline\b|\bby (?:what|which|when)",
        rf"{_N}\s*月\s*(?:{_N}\s*日)?\s*(?:前|之前|以前)|{_N}\s*(?:个)?(?:工作日|日|天|月)内",
    ),
    Focus.WHERE: _rule(
        r"哪里|哪儿|在哪|哪个房间|地点|地址|设在|挂在|送到|寄到|\bwhere\b|\bwhich room\b",
        r"设在|房间|地址|报送|送至|发送至|邮箱|楼",
    ),
    Focus.CONTACT: _rule(
        r"电话|手机号|邮箱|邮件地址|联系(?:人|方式|谁)|找谁问|打给谁|\be-?mail\b|\bphone\b|\btelephone\b|\bcontact\b",
        r"\d{7,}|@|联系人\s*[：:]",
        hard=True,
    ),
    Focus.PURPOSE: _rule(
        r"为什么|为何|为啥|目的|宗旨|意义|初衷|依据|根据什么|图什么|\bwhy\b|\bpurpose\b|\baim\b|\breason\b|\bbased on\b",
        r"为(?:了|深入|贯彻|进一步|提升|使|加强|规范|落实|全面|推进|加快)|宗旨|目的|意义|根据|特制定|落实《",
    ),
    Focus.DEFINITION: _rule(
        r"什么是|是什么(?:意思|机构|东西|角色)?[？?]?$|指(?:的是)?什么|指啥|什么意思|含义|定义|简称|全称|性质|\bwhat (?:is|does .* (?:mean|stand for))\b|\bdefin",
        r"是(?:指)?[^。；]{4,}|简称|全称",
    ),
    Focus.CONDITION: _rule(
        r"条件|资格|门槛|资质|(?:什么|啥|哪些|有何)(?:样的)?要求|标准|满足什么|具备什么|符合什么|\bqualif|\brequire|\beligib|\bcondition|\bcriteri",
        r"条件|具有|具备|熟悉|热爱|应当|须|合格|满\d|以上",
    ),
    Focus.DUTY: _rule(
        r"职责|(?:干|做|管|负责|承担|忙)(?:些|点|的)?(?:什么|啥|哪些|的事)|任务|分工|工作内容|权限|职能|都管|要做的|\bdut(?:y|ies)\b|\bresponsib|\btask|\bfunction|\brole\b|\bin charge\b",
        r"职责|负责|组织|牵头|统筹|协调|推进|承担|建立|做好|制定",
    ),
    Focus.PROCEDURE: _rule(
        r"程序|流程|步骤|手续|(?:怎么|如何|怎样)(?:选|产生|任命|聘|提名|办|申请|推荐|确定|走|当上|考核|开展)|\bprocedure|\bprocess\b|\bsteps?\b|\bhow (?:is|are|does)\b",
        r"程序|提名|推荐|审议|批准|报|聘任|办理|经|通过|考核|测评|遴选",
    ),
    Focus.MEMBERS: _rule(
        r"成员|组成|哪些(?:部门|单位)|名单|都有谁|由哪些|包括(?:谁|哪些(?:人|部门|单位))|\bmembers?\b|\bcompos|\bconsist|\bmade up\b",
        r"组成|成员|组长|包括|名单",
    ),
    Focus.PENALTY: _rule(
        r"处罚|处分|追责|追究|问责|惩罚|惩处|怎么罚|后果|不合格|不达标|失职|摘掉|撤(?:职|掉|销)|罚款|\bpenalt|\bsanction|\bpunish|\bfails?\b|\bconsequence",
        r"追究|整改|取消|处分|责任|罚|撤",
    ),
    Focus.REWARD: _rule(r"奖励|奖|表彰|激励|嘉奖|\breward|\baward|\bincentive|\bcommend", r"表彰|奖励|激励"),
    Focus.INTERPRETATION: _rule(r"解释|说明权|\binterpret", r"负责解释|解释权"),
    Focus.EFFECT: _rule(
        r"生效|施行|起效|开始(?:实施|执行|实行)|(?:什么时候|何时)(?:开始)?(?:实施|执行|实行)|\btakes? effect\b|\bin force\b|\beffective\b",
        r"施行|实施|生效|之日起",
    ),
    Focus.NUMBER: _rule(r"文号|发文字号|编号是|几号文|\bdocument number\b", r"〔\d{4}〕|号"),
}


# 「这几份文件」, 「哪几家」, 「几份文件里」 say what is spoken of and ask for no number.
_COUNTED = re.compile(
    r"[这那哪]几(?:个|份|家|所|地|处)"
    r"|几(?:个|份|家|所)(?:文件|学校|单位|机构|制度|政策|办法|院校|高校)(?=[里中的对都各]|之间|关于|分别|,|，|、)"
)


def focuses_of(question: str) -> tuple[Focus, ...]:
    """The kinds of answer that a question asks for (lower case, NFKC expected); often none, sometimes two."""
    found = [focus for focus, rule in _RULES.items() if rule.trigger.search(question)]
    if Focus.COUNT in found and not _RULES[Focus.COUNT].trigger.search(_COUNTED.sub("", question)):
        found.remove(Focus.COUNT)
    if Focus.INTERPRETATION in found:
        found = [Focus.INTERPRETATION]
    if Focus.EFFECT in found:
        # 「自发布之日起施行」 answers when it takes effect, and names no date.
        found = [f for f in found if f not in (Focus.DATE, Focus.DURATION)]
    if Focus.MONEY in found or Focus.FREQUENCY in found:
        found = [f for f in found if f is not Focus.COUNT]
    return tuple(found)


def holds(text: str, focus: Focus) -> bool:
    """Whether a stretch of text (normalised) shows the kind of answer."""
    return bool(_RULES[focus].cue.search(text))


def is_hard(focus: Focus) -> bool:
    """Whether text without the cue cannot answer (a sum, a date, a telephone number)."""
    return _RULES[focus].hard


# Units that count the same thing; a question for 几名 is answered by 5人 as well.
_UNITS: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split())
    for group in (
        "人 名 位 个人 people persons members experts",
        "年 周年 学年 years year",
        "次 回 遍 times",
        "届 任 terms",
        "岁 周岁",
        "所 家 schools",
        "元 万元 亿元 块 块钱",
        "分钟 minutes",
        "小时 hours",
        "天 日 工作日 days",
        "月 个月 months",
        "份 copies",
        "学期 semesters",
        "周 星期 weeks",
        "条 articles",
        "万",
        "平方米",
    )
)
_ASKED_UNIT = re.compile(
    r"(?:几|多少)(?:个)?(人|名|位|年|学年|次|回|遍|届|任|岁|周岁|所|家|元|万元|块钱|块|分钟|小时|天|工作日|月|份|学期|周|星期|条|平方米)"
)
_ASKED_UNIT_EN = re.compile(
    r"\bhow (?:many|few) (?:\w+ )?(people|persons|members|experts|years|times|terms|schools|minutes|hours|days|months|copies|semesters|weeks|articles)\b"
)
_QUANTITY = re.compile(
    rf"{_N}\s*(?:[-—至到~～]\s*(?:\d+|[{HAN_NUMERAL_CHARS}]+)\s*)?(?:个)?"
    r"(人|名|位|周年|学年|年|次|回|遍|届|任|周岁|岁|所|家|亿元|万元|元|块|分钟|小时|工作日|天|日|月|份|学期|周|星期|条|平方米)"
)


def asked_units(question: str) -> frozenset[str]:
    """The units in which a question wants a number, equal ones included; empty where it wants none."""
    found = set(_ASKED_UNIT.findall(question)) | set(_ASKED_UNIT_EN.findall(question))
    return frozenset(unit for group in _UNITS if group & found for unit in group)


def holds_unit(text: str, units: frozenset[str]) -> bool:
    """Whether a text gives a quantity in one of the units."""
    return any(unit in units for unit in _QUANTITY.findall(text))


_LIST = re.compile(
    r"哪些|哪几|有什么|都有|分别|列出|列举|逐项|逐条|全部|所有|各项|职责|条件|要求|措施|程序|流程|步骤|内容|怎么分工|任务|"
    r"\blist\b|\bwhat are\b|\bduties\b|\bresponsibilities\b|\bqualifications\b|\brequirements\b|\bconditions\b|\bmeasures\b|\bsteps\b|\beverything\b"
)
_COMPARE = re.compile(
    r"对比|比较|相比|区别|不同|异同|差异|差别|一样|更|比一比|哪(?:个|家|边|份).{0,8}更|\bcompare|\bdiffer|\bversus\b|\bvs\b|\bboth\b|\bthan\b"
)


def asks_for_list(question: str) -> bool:
    """Whether a question wants all of several things."""
    return bool(_LIST.search(question))


def asks_to_compare(question: str) -> bool:
    """Whether a question sets documents side by side."""
    return bool(_COMPARE.search(question))
