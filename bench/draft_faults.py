"""What is changed in a clause so that it is no longer what the policy says, and what leaves it true."""

from __future__ import annotations

import random
import re
from difflib import SequenceMatcher

from policy_qa.diff.words import fold
from policy_qa.numerals import parse_number, to_han
from policy_qa.values import ValueKind, values_in


def says(text: str, words: str) -> bool:
    """Whether another provision says nearly the same, so that citing it would not be wrong."""
    a, b = fold(text), fold(words)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks() if block.size >= 3) >= 0.6 * len(b)


def rewritten(words: str, rng: random.Random) -> str:
    """The same statement, its numbers sometimes written otherwise: 3年 as 三年."""
    if rng.random() < 0.5:
        return words
    return re.sub(r"(?<![\d.第])(\d{1,2})(?=[年个名次届天日])(?!年\d|日)", lambda m: to_han(int(m.group(1))), words)


_ASIDE = (ValueKind.PROVISION_NUMBER, ValueKind.DATE, ValueKind.ORDINAL)


def other_value(words: str, held: str, rng: random.Random) -> str:
    """The statement with one value changed to one that the article doesn't have; empty where it has none."""
    known = {v.key for v in values_in(held)}
    found = [v for v in values_in(words) if v.kind not in _ASIDE and re.search(r"\d|[一二三四五六七八九十百]", v.text)]
    found = [v for v in found if not re.search(r"一个|一次性|一[方些般定体致]|之一", words[v.start : v.end + 1])]
    if not found:
        return ""
    value = rng.choice(found)
    digits = re.search(r"\d+|[一二三四五六七八九十百]+", value.text)
    if not digits:
        return ""
    for _ in range(8):
        number = rng.choice((2, 4, 5, 6, 7, 8, 9, 12, 15, 45))
        shown = str(number) if digits.group().isdigit() else to_han(number)
        changed = value.text[: digits.start()] + shown + value.text[digits.end() :]
        new = values_in(changed)
        if shown != digits.group() and new and new[0].key not in known and new[0].kind is value.kind:
            return words[: value.start] + changed + words[value.end :]
    return ""


_SWAPS = {
    **{
        "应当": "可以",
        "不得": "可以",
        "可以": "应当",
        "必须": "可以",
        "不超过": "不少于",
        "以上": "以下",
        "校长": "书记",
    },
    **{
        "主任": "处长",
        "领导小组": "工作委员会",
        "办公室": "秘书处",
        "每年": "每月",
        "负责": "协助",
        "国务院": "财政部",
    },
    **{"人民政府": "人民法院", "申请": "报告", "组织": "参与", "建立": "撤销", "批准": "备案", "部门": "企业"},
    **{"管理": "监测", "依法": "酌情", "规定": "惯例", "人员": "学生", "单位": "个人"},
}


def altered(words: str, rng: random.Random) -> str:
    """Words with one thing changed: a word for another, a number, a clause left out, a 不 dropped."""
    swaps = [(a, b) for a, b in _SWAPS.items() if a in words]
    options = []
    if swaps:
        a, b = rng.choice(swaps)
        options.append(words.replace(a, b, 1))
    if re.search(r"不(?!断|同|仅|但|少于|超过|动产)", words):
        options.append(re.sub(r"不(?!断|同|仅|但|少于|超过|动产)", "", words, count=1))
    parts = words.split("，")
    if len(parts) >= 3:
        cut = rng.randrange(1, len(parts) - 1)
        options.append("，".join([*parts[:cut], *parts[cut + 1 :]]))
    number = re.search(r"(?<!第)(\d+|[二三四五六七八九十]+)(?=[年个名次届天日万元])", words)
    if number:
        other = "18" if number.group().isdigit() else "十八"
        options.append(words[: number.start()] + other + words[number.end() :])
    return rng.choice(options) if options else ""


def digits(han: str) -> str:
    return str(parse_number(han))
