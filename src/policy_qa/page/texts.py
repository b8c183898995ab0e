"""Every word that the page itself says, in both languages.

Placeholders in braces are filled with `str.format`; the two languages use the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass

from policy_qa.datamodels import Status


@dataclass(frozen=True, kw_only=True, slots=True)
class Texts:
    """The labels and messages of one language. `html_lang` is what the browser is told."""

    html_lang: str
    window_title: str
    product: str
    tagline: str
    document_count: str
    documents_button: str
    switch_language: str
    new_conversation: str
    welcome: str
    welcome_hint: str
    examples_label: str
    examples: tuple[str, ...]
    conversation_label: str
    question_label: str
    question_placeholder: str
    send: str
    filter_label: str
    you: str
    searching: str
    citations: str
    open_citation: str
    notice: str
    refused: str
    nearest: str
    model_written: str
    copy: str
    copied: str
    copy_question: str
    copy_source: str
    older_turns: str
    source_label: str
    documents_title: str
    documents_hint: str
    no_documents: str
    read_document: str
    back: str
    close: str
    issuer: str
    number: str
    date: str
    file: str
    not_stated: str
    quoted_here: str
    also_quoted: str
    numbering_note: str
    draft_strip: str
    repealed_strip: str
    text_changed: str
    source_gone: str
    leftover: str
    error_title: str
    index_title: str
    index_missing: str
    index_unusable: str
    model_title: str
    internal_error: str
    busy: str
    expired: str
    connection_lost: str
    statuses: tuple[tuple[Status, str], ...]

    def status(self, status: Status) -> str:
        """The standing of a policy in this language; empty where its text declares none."""
        return dict(self.statuses).get(status, "")


_EXAMPLES = (
    "谁可以担任CIO？",
    "宜春学院CIO的任期是几年？可以连任吗？",
    "贺兰县对首席信息官怎么考核？",
    "宜春学院制度第七条规定了什么？",
    "Who can serve as CIO?",
)

ZH = Texts(
    html_lang="zh-CN",
    window_title="政策问答 policy_qa",
    product="政策问答",
    tagline="就学校首席信息官（CIO）等制度提问，答案逐字引自原文，点开即可核对",
    document_count="已收录 {count} 份政策文件",
    documents_button="文件目录",
    switch_language="English",
    new_conversation="新对话",
    welcome="请提出您的问题",
    welcome_hint="答案只引用已收录文件的原文。点击引文编号即可打开原文，所引字句会标出。",
    examples_label="可以这样问",
    examples=_EXAMPLES,
    conversation_label="问答记录",
    question_label="您的问题",
    question_placeholder="例如：谁可以担任CIO？",
    send="提问",
    filter_label="限定文件（不选则查询全部）",
    you="提问",
    searching="正在查找原文……",
    citations="引文依据",
    open_citation="打开引文 {n} 的原文：{cite}",
    notice="提示",
    refused="未找到依据",
    nearest="最接近的条款（供参考）",
    model_written="由语言模型撰写，逐句与原文核对",
    copy="复制答案和引文",
    copied="已复制",
    copy_question="问：{question}",
    copy_source="引文：",
    older_turns="较早的 {count} 条问答已不再显示。",
    source_label="原文",
    documents_title="政策文件",
    documents_hint="选择一份文件阅读全文；提问后点击引文编号，原文会在这里打开。",
    no_documents="目前没有可查询的文件：索引尚未建立或已损坏。请在运行本程序的电脑上执行 policy-qa build，再刷新页面。",
    read_document="阅读全文：{title}",
    back="返回问答",
    close="关闭原文",
    issuer="发文机关",
    number="文号",
    date="日期",
    file="文件名",
    not_stated="未载明",
    quoted_here="引文位置：{cite}",
    also_quoted="虚线处为同一答案的其他引文",
    numbering_note="原文编号情况：{warnings}",
    draft_strip="本文件为{status}，尚未正式印发，内容可能变动，不宜作为办事依据。",
    repealed_strip="本文件已废止。",
    text_changed="该文件在作答之后有更新，已找不到当时所引的原句，请重新提问。",
    source_gone="这份文件已不在收录范围内，请重新提问。",
    leftover="原文件中的格式残留",
    error_title="无法回答",
    index_title="暂时无法查询：索引不可用",
    index_missing="尚未建立索引。请在运行本程序的电脑上执行 policy-qa build，完成后直接再次提问即可。",
    index_unusable="索引已损坏或与当前版本不符。请在运行本程序的电脑上执行 policy-qa build，完成后再次提问即可。",
    model_title="暂时无法查询：向量模型不可用",
    internal_error="程序内部出错，详情已写入运行日志。请稍后再试；如仍出错，请联系管理员。",
    busy="当前提问人数较多，本次提问未能受理，请稍后再试。",
    expired="页面停留过久，记录已清除。请刷新页面后重新提问。",
    connection_lost="与服务器的连接已中断，正在重新连接……",
    statuses=(
        (Status.DRAFT, "讨论稿"),
        (Status.COMMENT, "征求意见稿"),
        (Status.TRIAL, "试行"),
        (Status.ISSUED, "已印发"),
        (Status.REPEALED, "已废止"),
    ),
)

EN = Texts(
    html_lang="en",
    window_title="policy_qa: answers from school policies",
    product="Policy Q&A",
    tagline="Ask about the rules for school chief information officers; every answer quotes the text, one click away",
    document_count="{count} policies on file",
    documents_button="Documents",
    switch_language="中文",
    new_conversation="New chat",
    welcome="What would you like to know?",
    welcome_hint="Answers quote the policies on file, word for word. Click a citation number to open the source with "
    "the quoted words marked.",
    examples_label="Try asking",
    examples=_EXAMPLES,
    conversation_label="Conversation",
    question_label="Your question",
    question_placeholder="For example: Who can serve as CIO?",
    send="Ask",
    filter_label="Limit to documents (none: all)",
    you="Question",
    searching="Searching the policies…",
    citations="Sources",
    open_citation="Open the source of citation {n}: {cite}",
    notice="Note",
    refused="No basis found",
    nearest="Nearest provisions (for reference)",
    model_written="Written by a language model, each sentence checked against the text",
    copy="Copy answer with citations",
    copied="Copied",
    copy_question="Q: {question}",
    copy_source="Sources:",
    older_turns="{count} earlier exchanges are no longer shown.",
    source_label="Source",
    documents_title="Policies",
    documents_hint="Choose a policy to read it in full. Click a citation number to open its source here.",
    no_documents="There is nothing to search: the index is missing or unusable. Run policy-qa build on the computer "
    "that serves this page, then reload it.",
    read_document="Read in full: {title}",
    back="Back to the chat",
    close="Close the source",
    issuer="Issued by",
    number="Document no.",
    date="Date",
    file="File",
    not_stated="not stated",
    quoted_here="Quoted from: {cite}",
    also_quoted="Dotted lines mark other quotations of the same answer",
    numbering_note="Numbering in the source: {warnings}",
    draft_strip="This document is a draft ({status}). It has not been issued, may change, and is no basis for action.",
    repealed_strip="This document has been repealed.",
    text_changed="This document has changed since the answer, and the quoted sentence is gone. Please ask again.",
    source_gone="This document is no longer on file. Please ask again.",
    leftover="Formatting left over in the source file",
    error_title="No answer",
    index_title="Can't search now: the index is unusable",
    index_missing="There is no index yet. Run policy-qa build on the computer that serves this page, then ask again.",
    index_unusable="The index is damaged or was made by another version. Run policy-qa build on the computer that "
    "serves this page, then ask again.",
    model_title="Can't search now: the embedding model is unusable",
    internal_error="Something went wrong inside the program; the log has the details. Please try again later, and "
    "tell the administrator if it goes on.",
    busy="Too many questions at the moment; this one was not taken. Please try again shortly.",
    expired="The page was open too long and its record is gone. Please reload it and ask again.",
    connection_lost="The connection to the server was lost; trying again…",
    statuses=(
        (Status.DRAFT, "Draft for discussion"),
        (Status.COMMENT, "Draft for comment"),
        (Status.TRIAL, "On trial"),
        (Status.ISSUED, "Issued"),
        (Status.REPEALED, "Repealed"),
    ),
)


def texts_for(lang: str) -> Texts:
    """The texts of `zh` or `en`; anything else gets Chinese."""
    return EN if lang == "en" else ZH
