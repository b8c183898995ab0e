"""What is said about a language model's part in an answer, in Chinese and English."""

from __future__ import annotations

from policy_qa.model.failure import Reason

TEXTS: dict[str, dict[str, str]] = {
    "zh": {
        "fell_back": "语言模型{why}，以下直接引用原文。",
        "nothing_left": "语言模型的{removed}，已删去；以下直接引用原文。",
        "removed": "语言模型的{removed}，已删去。",
        "differs": "{count}句话与条文不符",
        "unverifiable": "{count}句话在条文中没有依据",
        "stopped": "已按您的要求停止，以下是停止前已核对的内容。",
        "stopped_early": "已按您的要求停止，以下直接引用原文。",
        "cut": "语言模型的回答超过长度限制，没有写完的部分已略去。",
        "sep": "，",
        Reason.UNREACHABLE: "连接不上",
        Reason.SLOW: "没有在限定时间内作答",
        Reason.BROKEN_OFF: "的回答中途断开",
        Reason.EMPTY: "没有写出内容",
        Reason.REFUSED: "的服务器拒绝了请求",
        Reason.GARBAGE: "返回的内容无法识别",
    },
    "en": {
        "fell_back": "The language model {why}; what follows is quoted from the text.",
        "nothing_left": "Nothing that the language model wrote passed the check (removed: {removed}); what follows is "
        "quoted from the text.",
        "removed": "Removed from what the language model wrote: {removed}.",
        "differs": "{count} at odds with the text",
        "unverifiable": "{count} without a basis in the text",
        "stopped": "Stopped as you asked; this is what had been checked by then.",
        "stopped_early": "Stopped as you asked; what follows is quoted from the text.",
        "cut": "The language model's answer exceeded its limit; what it had not finished is left out.",
        "sep": ", ",
        Reason.UNREACHABLE: "cannot be reached",
        Reason.SLOW: "did not answer in time",
        Reason.BROKEN_OFF: "broke off in mid-answer",
        Reason.EMPTY: "wrote nothing",
        Reason.REFUSED: "refused the request",
        Reason.GARBAGE: "sent something that is no answer",
    },
}


def say(lang: str, key: str, **values: str) -> str:
    """A line in a language, `zh` or `en`."""
    return TEXTS[lang][key].format(**values)
