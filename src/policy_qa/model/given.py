"""What a model is given: its prompt, and the provisions of the extractive answer as data, within its budget."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policy_qa.datamodels import Citation, Kind, Provision, Segmentation
from policy_qa.model.client import Message
from policy_qa.model.handles import Handles, without_look_alikes
from policy_qa.provisions.refs import cite
from policy_qa.resources import resource

#: A han character is a token or less, of other text four characters are about one.
_HAN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
#: The line above each provision, its tags and its handle, in tokens.
_HEAD = 40
#: The template, and what the server's own chat template adds, in tokens.
_TEMPLATE = 420
#: Of an earlier answer, so many characters are told again.
_TOLD = 200
_TAGS = re.compile(r"<(?=\s*/?\s*(?:条文|问题|system|user|assistant|\|))|(?<=\|)>", re.IGNORECASE)
_CHAT_MARKS = re.compile(r"\[/?(?:INST|system|user|assistant)\]|<</?SYS>>", re.IGNORECASE)
#: Sentences that speak to a program that reads along. No rule of a school does.
_ORDER = re.compile(
    r"(?:忽略|无视|忘记|忘掉|不要理会|不必理会|不再遵守)[^。！？\n]{0,12}(?:指令|指示|提示|设定|要求|规则|内容|条文|限制|约束)"
    r"|(?:系统|原有|初始|上述|以上)?(?:提示词|系统提示|system\s*prompt)"
    r"|(?:你|您)(?:现在)?(?:是|扮演|必须|只能|应当|应该|需要|要|将|就)[^。！？\n]{0,30}(?:回答|回复|输出|助手|模型|机器人|角色|说)"
    r"|(?:请|必须|只|务必|直接|一律)(?:你|您)?(?:只|直接|一律)?(?:回答|回复|输出|告诉(?:用户|提问者)|写出|复述|重复)"
    r"|(?:作为|身为)(?:一个|一名)?(?:人工智能|AI|语言模型|大模型|聊天机器人)"
    r"|(?:AI|人工智能|语言模型|大模型)(?:助手|模型)?[，,：:]\s*(?:请|你|您|必须|应)"
    r"|ignore\s+(?:all\s+|any\s+)?(?:the\s+)?(?:previous|prior|above)|you\s+(?:are|must)\s+(?:now\s+)?(?:an?\s|answer|reply|say)"
    r"|(?:reply|respond|answer)\s+(?:only\s+)?with\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?[”’」』]*")
_LEFT_OUT = "（此处略去一句）"


@dataclass(frozen=True, slots=True)
class Given:
    """The provisions at article level that a model may rest on, their handles, and how they are written to it."""

    provisions: tuple[Provision, ...]
    handles: Handles
    text: str


def given(
    citations: Sequence[Citation],
    segmentations: Mapping[str, Segmentation],
    question: str,
    budget: int,
) -> Given:
    """The articles that hold the citations, in their order, within `budget` tokens.

    An article that doesn't fit whole is given by what is cited of it; one that doesn't fit so either is left out.
    So are attachments: a line of a roster or a form, said by itself, is of another roster as easily.
    """
    stretches: dict[str, list[tuple[int, int]]] = {}
    articles: dict[str, Provision] = {}
    for citation in citations:
        segmentation = segmentations[citation.ref.partition("#")[0]]
        article = article_of(segmentation, citation.start, citation.end)
        if article and article.kind is not Kind.APPENDIX:
            articles[article.ref] = article
            stretches.setdefault(article.ref, []).append((citation.start, citation.end))
    texts: dict[str, str] = {}
    for ref, article in articles.items():
        text = _written(segmentations[article.doc_id].document.text, stretches[ref])
        if (cost := tokens(text) + _HEAD) <= budget:
            texts[ref] = text
            budget -= cost
    for ref, cited in texts.items():
        article = articles[ref]
        text = _written(segmentations[article.doc_id].document.text, [(article.start, article.end)])
        if (more := tokens(text) - tokens(cited)) <= budget:
            texts[ref] = text
            budget -= more
    handles = Handles.allot(list(texts), [*texts.values(), question])
    blocks = [
        f"<条文 {handles.of(ref)}>{cite(segmentations[articles[ref].doc_id].document, articles[ref])}\n{text}\n</条文>"
        for ref, text in texts.items()
    ]
    return Given(tuple(articles[ref] for ref in texts), handles, "\n".join(blocks))


def room(context: int, answer: int, question: str, earlier: Sequence[tuple[str, str]]) -> int:
    """How many tokens are left for provisions beside everything else."""
    told = sum(tokens(a) + tokens(b) + 10 for a, b in earlier)
    return context - answer - _TEMPLATE - tokens(question) - told


def remembered(earlier: Sequence[tuple[str, str]], budget: int) -> list[tuple[str, str]]:
    """The last turns that fit into `budget` tokens, oldest first; what was answered is shortened and is no source."""
    out: list[tuple[str, str]] = []
    for asked, told in reversed(earlier):
        told = re.sub(r"\[\d{1,4}\]", "", told)
        told = told if len(told) <= _TOLD else told[:_TOLD] + "……"
        turn = (as_data(asked), as_data(told))
        budget -= tokens(turn[0]) + tokens(turn[1]) + 10
        if budget < 0:
            break
        out.append(turn)
    return out[::-1]


def tokens(text: str) -> int:
    """About how many tokens a text is for most models; rather too many than too few."""
    han = len(_HAN.findall(text))
    return han + -(-(len(text) - han) // 3)


def article_of(segmentation: Segmentation, start: int, end: int) -> Provision | None:
    """The provision at article level that holds a stretch of the text."""
    return next((a for a in segmentation.articles if a.start <= start and end <= a.end), None)


def orders(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences within a stretch of a text that speak to a program, not to the people of a school."""
    return [m.span() for m in _SENTENCE.finditer(text, start, end) if _ORDER.search(m.group())]


def _written(text: str, stretches: Sequence[tuple[int, int]]) -> str:
    out = []
    for start, end in stretches:
        at = start
        for a, b in orders(text, start, end):
            out += [text[at:a], _LEFT_OUT]
            at = b
        out += [text[at:end], "\n"]
    return as_data("".join(out).strip())


def as_data(text: str) -> str:
    """Words from outside that can be taken neither for a tag of the prompt nor for a handle."""
    return without_look_alikes(_CHAT_MARKS.sub("", _TAGS.sub("＜", text)))


_PART = re.compile(r"^\[\w+\]\n", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def messages(material: Given, question: str, sentences: int, earlier: Sequence[tuple[str, str]] = ()) -> list[Message]:
    """What is sent: the rules, earlier questions with what was answered, the provisions and the question.

    Braces in what is filled into the template stay as they are.
    """
    handle = next(iter(material.handles.refs))
    values = {"handle": handle, "sentences": str(sentences), "provisions": material.text, "question": question}
    parts = _PART.split(resource("prompt.zh.txt"))[1:]
    system, user = (_PLACEHOLDER.sub(lambda match: values[match.group(1)], part.strip()) for part in parts)
    turns = [m for asked, told in earlier for m in (Message("user", asked), Message("assistant", told))]
    return [Message("system", system), *turns, Message("user", user)]
