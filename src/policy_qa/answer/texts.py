"""What an answer's frame says, in Chinese and English. Quotations are never translated."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "zh": {
        "single": "根据《{title}》：",
        "several": "各文件的规定如下：",
        "silent": "{name}：没有找到这方面的规定。",
        "refused": "已收录的制度没有规定这一点，不能作答。",
        "refused_scope": "{names}没有规定这一点，不能作答。",
        "refused_unknown": "没有收录{names}的制度，不能作答。",
        "refused_unknown_title": "没有收录{names}，不能作答。",
        "missing_words": "文本里没有出现：{words}。",
        "missing_kind": "问的是{kind}，相近的条款里没有写。",
        "nearest": "最接近的条款：",
        "interpreter": "如需确认，可以询问负责解释的机构：{offices}。",
        "no_number": "《{title}》没有{number}。",
        "no_number_anywhere": "已收录的制度都没有{number}。",
        "has_articles": "它的条文从第一条到第{last}条，其中缺{missing}。",
        "has_articles_whole": "它的条文从第一条到第{last}条。",
        "no_articles": "它不按“条”编号。",
        "draft": "《{title}》是{status}，尚未正式施行，引用前请核实最新文本。",
        "premise": "问题里说的“{asked}”与条文中的“{found}”不一致，以条文为准。",
        "unknown_too": "没有收录{names}的制度，以下只回答已收录的文件。",
        "other_versions": "《{title}》另有{labels}，如需查看，请在问题中写明。",
        "older_version": "以上引自《{title}》的{label}，不是现行文本；现行的是{current}。",
        "only_drafts": "以上引自《{title}》的{label}，较新的一稿是{current}。",
        "version_differs": "{place}与{label}的{other}不同：{words}。",
        "version_lacks": "{place}在{label}中没有相应的条款。",
        "words_replaced": "此处是“{here}”，{label}是“{there}”",
        "words_only_here": "{label}没有“{here}”",
        "words_only_there": "{label}多出“{there}”",
        "words_sep": "；",
        "sep": "、",
        "colon": "：",
    },
    "en": {
        "single": "According to 《{title}》:",
        "several": "The policies say:",
        "silent": "{name}: nothing was found on this point.",
        "refused": "The policies on file do not say; this cannot be answered from them.",
        "refused_scope": "{names} does not say; this cannot be answered from it.",
        "refused_unknown": "There is no policy of {names} on file; this cannot be answered.",
        "refused_unknown_title": "{names} is not on file; this cannot be answered.",
        "missing_words": "Not mentioned in the texts: {words}.",
        "missing_kind": "The question asks for {kind}; the nearest provisions give none.",
        "nearest": "Nearest provisions:",
        "interpreter": "The office named for interpretation can be asked: {offices}.",
        "no_number": "《{title}》 has no {number}.",
        "no_number_anywhere": "None of the policies on file has {number}.",
        "has_articles": "Its articles run from 1 to {last_number}; missing: {missing}.",
        "has_articles_whole": "Its articles run from 1 to {last_number}.",
        "no_articles": "It is not numbered by articles.",
        "draft": "《{title}》 is a draft ({status}), not yet in force; check for the issued text before quoting it.",
        "premise": "The question says “{asked}”, the provision says “{found}”; the provision counts.",
        "unknown_too": "There is no policy of {names} on file; this answers only for those that are.",
        "other_versions": "There are other versions of 《{title}》: {labels}. Name one in the question to see it.",
        "older_version": "Quoted from the version {label} of 《{title}》, not in force; the current one is {current}.",
        "only_drafts": "Quoted from the version {label} of 《{title}》; the newest draft is {current}.",
        "version_differs": "{place} differs from {other} of the version {label}: {words}.",
        "version_lacks": "The version {label} has no counterpart of {place}.",
        "words_replaced": "here “{here}”, in {label} “{there}”",
        "words_only_here": "{label} lacks “{here}”",
        "words_only_there": "{label} adds “{there}”",
        "words_sep": "; ",
        "sep": ", ",
        "colon": ": ",
    },
}

KINDS: dict[str, dict[str, str]] = {
    "zh": {
        "money": "金额",
        "date": "日期",
        "contact": "联系方式",
        "duration": "期限",
        "count": "数量",
        "who": "人员或机构",
    },
    "en": {
        "money": "a sum",
        "date": "a date",
        "contact": "contact details",
        "duration": "a period",
        "count": "a number",
        "who": "a person or body",
    },
}


def say(lang: str, key: str, **values: str) -> str:
    """A line of the frame in a language, `zh` or `en`."""
    return TEXTS[lang][key].format(**values)
