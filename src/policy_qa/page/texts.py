"""Every word that the page itself says, in both languages.

Placeholders in braces are filled with `str.format`; the two languages use the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass

from policy_qa.datamodels import ScopeFrom, Status

_STATUSES = {
    Status.DRAFT: ("讨论稿", "Draft for discussion"),
    Status.COMMENT: ("征求意见稿", "Draft for comment"),
    Status.TRIAL: ("试行", "On trial"),
    Status.ISSUED: ("已印发", "Issued"),
    Status.REPEALED: ("已废止", "Repealed"),
}
#: What a version's label may hold, and how it is told on an English page.
VERSION_WORDS = {
    "印发": "issued",
    "试行": "on trial",
    "修订": "revised",
    "修正": "amended",
    "修改": "amended",
    "讨论稿": "draft for discussion",
    "征求意见稿": "draft for comment",
    "正式文本": "final text",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What one label or message says in either language; read from the texts of a language, the one in it."""

    zh: str
    en: str

    def __get__(self, texts: _Spoken, owner: type) -> str:
        return self.en if texts.lang == "en" else self.zh


@dataclass(frozen=True, slots=True)
class _Spoken:
    """`lang` is `zh` or `en`, as the rest of the program calls the two."""

    lang: str


class CheckTexts(_Spoken):
    """What the page for drafts says."""

    link = Said("核对文稿", "Check a draft")
    short_link = Said("核对", "Check")
    window_title = Said("核对文稿 - 政策问答 policy_qa", "Check a draft - policy_qa")
    title = Said("核对文稿", "Check a draft")
    hint = Said(
        "粘贴文稿或上传文件，逐处核对其中引用的条款、引文和数字，与已收录的政策原文比对。文稿不保存。",
        "Paste a draft or choose a file: every provision, quotation and number in it is held against the "
        "policies on file. The draft is not kept.",
    )
    ask_page = Said("返回问答", "Back to questions")
    other_language = Said("English", "中文")
    text_label = Said("文稿内容", "The draft")
    text_placeholder = Said(
        "例如：根据《宜春学院首席信息官（CIO）制度（讨论稿）》第七条第（二）项，CIO任期为5年。",
        "For example: 根据《宜春学院首席信息官（CIO）制度（讨论稿）》第七条第（二）项，CIO任期为5年。",
    )
    file_label = Said("或上传文件", "or a file")
    file_hint = Said(
        "支持 .docx .doc .wps .txt .pdf .ofd .html 等，最大 8 MB",
        ".docx .doc .wps .txt .pdf .ofd .html and others, 8 MB at most",
    )
    submit = Said("开始核对", "Check")
    full_stop = Said("。", ".")
    nothing_wrong = Said("没有发现错误。", "Nothing is wrong.")
    nothing_found = Said(
        "文稿中没有找到条款引用、政策引文，也没有与政策相近的数字表述。",
        "The draft has no citation, no quotation and no number that the policies on file speak of.",
    )
    download_word = Said("下载带批注的 Word 文件", "Download Word file with comments")
    download_json = Said("下载 JSON", "Download JSON")
    findings = Said("核对结果", "Findings")
    draft = Said("文稿", "Draft")
    line = Said("第{n}行", "line {n}")
    policy = Said("原文", "Policy")
    differences = Said("改动", "Changed")
    correct = Said("相符的 {count} 处", "{count} places are right")
    failed = Said("无法核对", "The draft could not be checked")
    empty = Said("请粘贴文稿内容，或选择一个文件。", "Paste the text of a draft, or choose a file.")
    too_large = Said("文件超过 8 MB，请拆分后再核对。", "The file is larger than 8 MB; check it in parts.")
    busy = Said("正在核对的文稿较多，请稍后再试。", "Many drafts are being checked; try again in a moment.")
    no_index = Said(
        "目前没有可用的索引：请在运行本程序的电脑上执行 policy-qa build。",
        "There is no index to check against: run policy-qa build on the computer that runs this program.",
    )
    upload_slow = Said(
        "上传太慢，没有收到完整的文稿，请重试。", "The upload was too slow and is not complete; send the draft again."
    )
    too_long = Said(
        "核对这份文稿超出了时间或内存限制，已停止。请拆分后再核对；如是文件，请另存为 .docx 或 .txt 再试。",
        "Checking this draft went past its limit of time or memory and was stopped; check it in parts, "
        "or save a file as .docx or .txt and send that.",
    )
    worker_lost = Said(
        "核对中断，请重试；如仍中断，请联系管理员。",
        "The check was cut short; try again, and tell whoever runs this program if it happens again.",
    )
    unreadable = Said(
        "没有收到可以读取的表单，请返回核对页面重新提交。",
        "No form came in that can be read; go back to the page and send the draft again.",
    )


class AskTexts(_Spoken):
    """What stands around an answer: what can be done with it."""

    wrong = Said("答得不对", "Not right?")
    verify = Said("核对这一条", "Verify this provision")


class Texts(_Spoken):
    """The labels and messages of the page. `html_lang` is what the browser is told."""

    html_lang = Said("zh-CN", "en")
    window_title = Said("政策问答 policy_qa", "policy_qa: answers from school policies")
    product = Said("政策问答", "Policy Q&A")
    tagline = Said(
        "就已收录的制度提问，答案逐字引自原文，点开即可核对",
        "Ask about the policies on file; every answer quotes the text, one click away",
    )
    document_count = Said("已收录 {count} 份政策文件", "{count} policies on file")
    documents_button = Said("文件目录", "Documents")
    switch_language = Said("English", "中文")
    skip = Said("跳到正文", "Skip to content")
    pages_label = Said("页面", "Pages")
    to_ask = Said("提问", "Ask")
    to_library = Said("制度库", "Library")
    to_marks = Said("待核对", "To verify")
    to_runs = Said("评测", "Evaluate")
    new_conversation = Said("新对话", "New chat")
    welcome = Said("请提出您的问题", "What would you like to know?")
    welcome_hint = Said(
        "答案只引用已收录文件的原文。点击引文编号即可打开原文，所引字句会标出。",
        "Answers quote the policies on file, word for word. Click a citation number to open the source "
        "with the quoted words marked.",
    )
    on_file = Said("已收录 {count} 份文件：{names}。", "{count} policies are on file: {names}.")
    on_file_many = Said("已收录 {count} 份文件，例如{names}。", "{count} policies are on file, such as {names}.")
    between = Said("、", ", ")
    examples_label = Said("可以这样问", "Try asking")
    conversation_label = Said("问答记录", "Conversation")
    question_label = Said("您的问题", "Your question")
    question_placeholder = Said("请输入问题", "Type a question")
    send = Said("提问", "Ask")
    stop = Said("停止", "Stop")
    filter_label = Said("限定文件（不选则查询全部）", "Limit to documents (none: all)")
    you = Said("提问", "Question")
    searching = Said("正在查找原文……", "Searching the policies…")
    checking = Said(
        "语言模型正在撰写，每句话核对后显示……",
        "A language model is writing; each sentence is shown once it is checked…",
    )
    citations = Said("引文依据", "Sources")
    open_citation = Said("打开引文 {n} 的原文：{cite}", "Open the source of citation {n}: {cite}")
    notice = Said("提示", "Note")
    understood = Said("合上文理解：{text}", "Understood as: {text}")
    quoted_above = Said("原文见上", "quoted above")
    to_choose = Said("请选择", "choose one")
    scope_question = Said("查询范围（按提问）", "Looked in (as asked)")
    scope_history = Said("查询范围（沿用上文）", "Looked in (as before)")
    scope_filter = Said("查询范围（已限定）", "Looked in (as limited)")
    scope_several = Said("共 {count} 份文件", "{count} documents")
    scope_take_off = Said("下一问不再限定：{name}", "Don't limit the next question to: {name}")
    scope_put_back = Said("已取消，点击恢复限定：{name}", "Taken off; click to limit to it again: {name}")
    refused = Said("未找到依据", "No basis found")
    nearest = Said("最接近的条款（供参考）", "Nearest provisions (for reference)")
    model_written = Said(
        "由语言模型撰写，逐句与原文核对", "Written by a language model, each sentence checked against the text"
    )
    all_verbatim = Said("以上引文均为原文", "All quotations are verbatim")
    verbatim = Said("原文", "verbatim")
    supported = Said("与原文相符", "agrees with the text")
    comma = Said("，", ", ")
    colon = Said("：", ":")
    aside = Said("（{words}）", " ({words})")
    kept = Said("※ 范围沿用上文：{names}。", "※ Looked in the documents of the earlier question only: {names}.")
    mended = Said("出处已更正", "source corrected")
    copy = Said("复制答案和引文", "Copy answer with citations")
    copied = Said("已复制", "Copied")
    copy_question = Said("问：{question}", "Q: {question}")
    copy_source = Said("引文：", "Sources:")
    older_turns = Said("较早的 {count} 条问答已不再显示。", "{count} earlier exchanges are no longer shown.")
    source_label = Said("原文", "Source")
    documents_title = Said("政策文件", "Policies")
    documents_hint = Said(
        "选择一份文件阅读全文；提问后点击引文编号，原文会在这里打开。",
        "Choose a policy to read it in full. Click a citation number to open its source here.",
    )
    no_documents = Said(
        "目前没有可查询的文件：索引尚未建立或已损坏。请在运行本程序的电脑上执行 policy-qa build，再刷新页面。",
        "There is nothing to search: the index is missing or unusable. Run policy-qa build on the "
        "computer that serves this page, then reload it.",
    )
    read_document = Said("阅读全文：{title}", "Read in full: {title}")
    back = Said("返回问答", "Back to the chat")
    close = Said("关闭原文", "Close the source")
    close_comparison = Said("关闭对照", "Close the comparison")
    issuer = Said("发文机关", "Issued by")
    number = Said("文号", "Document no.")
    date = Said("日期", "Date")
    file = Said("文件名", "File")
    not_stated = Said("未载明", "not stated")
    quoted_here = Said("引文位置：{cite}", "Quoted from: {cite}")
    also_quoted = Said("虚线处为同一答案的其他引文", "Dotted lines mark other quotations of the same answer")
    numbering_note = Said("原文编号情况：{warnings}", "Numbering in the source: {warnings}")
    draft_strip = Said(
        "本文件为{status}，尚未正式印发，内容可能变动，不宜作为办事依据。",
        "This document is a draft ({status}). It has not been issued, may change, and is no basis for action.",
    )
    repealed_strip = Said("本文件已废止。", "This document has been repealed.")
    text_changed = Said(
        "该文件在作答之后有更新，已找不到当时所引的原句，请重新提问。",
        "This document has changed since the answer, and the quoted sentence is gone. Please ask again.",
    )
    source_gone = Said(
        "这份文件已不在收录范围内，请重新提问。", "This document is no longer on file. Please ask again."
    )
    leftover = Said("原文件中的格式残留", "Formatting left over in the source file")
    in_force = Said("现行", "In force")
    not_in_force = Said("非现行", "Not in force")
    versions = Said("版本", "Versions")
    other_versions = Said("其他版本", "Other versions")
    this_version = Said("本文件", "this document")
    compare_with = Said("与{label}比较", "Compare with {label}")
    read_old = Said("阅读旧文本：{label}", "Read the old text: {label}")
    read_new = Said("阅读新文本：{label}", "Read the new text: {label}")
    superseded_strip = Said(
        "本文件不是现行文本，不宜作为办事依据。", "This is not the text in force, and no basis for action."
    )
    draft_replaced_strip = Said("本文件已有现行文本。", "There is a text in force.")
    open_in_force = Said("打开现行文本：{label}", "Open the one in force: {label}")
    older_draft_strip = Said(
        "本文件不是最新的一稿，目前没有现行文本。", "This is not the latest draft; there is no text in force."
    )
    open_newest = Said("打开最新的一稿：{label}", "Open the latest draft: {label}")
    page = Said("第{n}页", "page {n}")
    recognised = Said("文字由识别得到，请对照原件", "recognised from a picture (OCR): hold it against the original")
    pages = Said("第{first}至{last}页", "pages {first}–{last}")
    notes = Said("读取说明", "How the file was read")
    error_title = Said("无法回答", "No answer")
    index_title = Said("暂时无法查询：索引不可用", "Can't search now: the index is unusable")
    index_missing = Said(
        "尚未建立索引。请在运行本程序的电脑上执行 policy-qa build，完成后直接再次提问即可。",
        "There is no index yet. Run policy-qa build on the computer that serves this page, then ask again.",
    )
    index_unusable = Said(
        "索引已损坏或与当前版本不符。请在运行本程序的电脑上执行 policy-qa build，完成后再次提问即可。",
        "The index is damaged or was made by another version. Run policy-qa build on the computer that "
        "serves this page, then ask again.",
    )
    model_title = Said("暂时无法查询：向量模型不可用", "Can't search now: the embedding model is unusable")
    internal_error = Said(
        "程序内部出错，详情已写入运行日志。请稍后再试；如仍出错，请联系管理员。",
        "Something went wrong inside the program; the log has the details. Please try again later, and "
        "tell the administrator if it goes on.",
    )
    busy = Said(
        "当前提问人数较多，本次提问未能受理，请稍后再试。",
        "Too many questions at the moment; this one was not taken. Please try again shortly.",
    )
    expired = Said(
        "页面停留过久，记录已清除。请刷新页面后重新提问。",
        "The page was open too long and its record is gone. Please reload it and ask again.",
    )
    connection_lost = Said(
        "与服务器的连接已中断，正在重新连接……", "The connection to the server was lost; trying again…"
    )
    side_by_side = Said("各文件对照", "Side by side")
    side_by_side_hint = Said("每格都是原文，点开可看出处", "Every cell quotes the text; click to open it")
    point = Said("要点", "Point")
    differs = Said("有差异", "differs")
    silent = Said("未作规定", "says nothing")
    within = Said("文中所引“{text}”：", "Referred to, “{text}”: ")
    missing = Said("没有这一处", "there is none")
    more = Said("等共 {count} 处", "{count} in all")
    open_source = Said("打开出处：{cite}", "Open the source: {cite}")

    @property
    def scope_from(self) -> dict[ScopeFrom, str]:
        """What is said of where a scope comes from."""
        return {
            ScopeFrom.QUESTION: self.scope_question,
            ScopeFrom.HISTORY: self.scope_history,
            ScopeFrom.FILTER: self.scope_filter,
        }

    @property
    def ask(self) -> AskTexts:
        """The same of what can be done with an answer."""
        return AskTexts(self.lang)

    @property
    def check(self) -> CheckTexts:
        """The same of the page for drafts."""
        return CheckTexts(self.lang)

    def status(self, status: Status) -> str:
        """The standing of a policy in this language; empty where its text declares none."""
        return _STATUSES.get(status, ("", ""))[self.lang == "en"]


ZH, EN = Texts("zh"), Texts("en")


def texts_for(lang: str) -> Texts:
    """The texts of `zh` or `en`; anything else gets Chinese."""
    return EN if lang == "en" else ZH
