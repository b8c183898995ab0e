"""Names of bodies, posts and persons, by the words that they end in and by what the corpus defines."""

from __future__ import annotations

import re

from policy_qa.words import common_words, normalize

_BODY = (
    "领导小组|工作小组|工作组|专家组|小组|委员会|常委会|党委会|办公会|专委会|代表大会|教代会|理事会|董事会|监事会|党委|党组|总支|"
    "党支部|支部|团委|工会|学生会|办公室|中心|部门|机关|机构|单位|教育部|宣传部|组织部|统战部|保卫部|学工部|教务部|财务部|人事部|"
    "学生处|教务处|人事处|财务处|计财处|保卫处|后勤处|国资处|科研处|基建处|管理处|规划处|处室|研究生院|研究院|研究所|图书馆|"
    "学校|学院|大学|中学|小学|幼儿园|医院|局|厅|政府|国务院|法院|检察院|公司|企业|银行|协会|学会|基金会|事务所|社会团体|组织|"
    "院系|系部|班级|年级组|教研室|教研组"
)
_POST = (
    "校长助理|副校长|校长|副院长|院长|副书记|书记|副主任委员|主任委员|常务副主任|副主任|主任|副部长|部长|副处长|处长|副科长|科长|"
    "副局长|局长|厅长|副组长|组长|副主席|主席|秘书长|委员|联络员|负责人|官|(?<![a-z])[a-z]{2,8}(?![a-z])|法定代表人|班子成员|校领导|领导|领导干部|助理|"
    "联系人|管理员|辅导员|班主任|导师|教师|教职工|教职员工|教员|学生|研究生|毕业生|新生|家长|专家|人员|申请人|当事人|代理人|"
    "责任人|责任者|受理人|委托人|受托人|监护人|经营者|生产者|所有人|所有权人|债权人|债务人|股东|公民|个人|法人|人"
)
_SUFFIX = re.compile(rf"(?:{_BODY}|{_POST})$")
_ANY = re.compile(rf"[^\W\da-z_由经报对向将在是为把和与及任命聘请给让的或]{{0,12}}?(?:{_BODY}|{_POST})")
#: What an own subject may be followed by, beside a verb, an adverb or a preposition.
_GOES_ON = re.compile(
    "全面|具体|统一|共同|直接|分别|定期|依法|负责|主要|职责|一般|任职|聘任|任期|应|应当|须|需|可|可以|不得|每|的|原则上"
)
_NO_SUBJECT = (
    "由经应可对在于按将把向以为需须不未无有如若凡每各从自当与和并除因根据依照按照必须可以应当不得原则上一般定期禁止严禁"
)
#: Verbs that also stand in names: 管理机构, 用人单位, 政府督查机构.
_NOMINAL_VERBS = """
管理 监督 督查 督导 主管 分管 用人 用工 审批 登记 行政 执法 检察 监察 检验 检测 评审 评标 服务 培训
审计 保护 监管 建设 施工 承包 发包 设计 监理 勘察 投资 教育 工作 领导 组织 协调 办事 招标 投标 受理
申请 代理 经营 生产 销售 运营 认证 鉴定 仲裁 调解 保管 托管
"""
_OFFICE = re.compile(r"机构|部门|机关|单位|委员会|企业|小组|中心|办公室|处|局")
_NOMINAL = frozenset(_NOMINAL_VERBS.split())
#: No subject ends further in.
_FAR = 30


def names_of(text: str) -> tuple[str, ...]:
    """The bodies, posts and persons that a text names, by what they end in, in order."""
    return tuple(text[m.start() : m.end()] for m in _ANY.finditer(text.lower()) if m.group())


def is_name(text: str) -> bool:
    """Whether a phrase ends as names of bodies, posts or persons do."""
    return bool(_SUFFIX.search(normalize(text)))


def tagged(text: str) -> list[tuple[int, int, str]]:
    """The words of a text (start, end, part of speech)."""
    words = common_words()
    return [(a, b, words.tag(text[a:b].lower())) for a, b in words.spans(text)]


def subject_of(text: str) -> int:
    """Where the name ends that a clause has as its subject (校长 in 校长任命副校长); 0 where it opens with none."""
    head = text[:_FAR]
    if not head or (head[0] in _NO_SUBJECT and not head.startswith(("各", "有关", "对外", "在校", "在职", "自然人"))):
        return 0
    words = tagged(head)
    if words and words[0][1] == 1 and words[0][2].startswith(("v", "p", "d")) and head[0] not in "各":
        return 0
    for i, (_, end, tag) in enumerate(words):
        if head[end - 1] in "，。；：、,;:（(《“":
            break
        following = words[i + 1] if i + 1 < len(words) else None
        if _SUFFIX.search(normalize(head[:end])):
            if words[0][2].startswith("v") and not (
                i == 1 and head[: words[0][1]] in _NOMINAL and _OFFICE.fullmatch(head, words[0][1], end)
            ):
                return 0  # 帮助困难学生…: the name is what the verb is about
            if following is None:
                return end
            after = head[following[0] : following[1]]
            if after in _NOMINAL and i + 2 < len(words) and _SUFFIX.search(normalize(head[: words[i + 2][1]])):
                continue  # 政府督查机构 is one name
            if _GOES_ON.match(after) or following[2][0] in "vdp" or after[0] in "（(":
                return end
        if tag.startswith("p") and i:
            break
    return 0
