"""Every word that the page itself says, in both languages.

Placeholders in braces are filled with `str.format`; the two languages use the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass

from policy_qa.datamodels import ScopeFrom, Status
from policy_qa.facts.model import State
from policy_qa.kept.marks import Standing

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
    title = Said("核对文稿", "Check a draft")
    hint = Said(
        "粘贴文稿或上传文件，逐处核对其中引用的条款、引文和数字，与已收录的政策原文比对。除非选择保存，文稿不留存。",
        "Paste a draft or choose a file: every provision, quotation and number in it is held against the "
        "policies on file. The draft is not kept unless you ask for it.",
    )
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
    submit_keep = Said("核对并保存 {days} 天", "Check and keep for {days} days")
    checked = Said("核对", "checked")
    full_stop = Said("。", ".")
    nothing_wrong = Said("没有发现错误。", "Nothing is wrong.")
    nothing_found = Said(
        "文稿中没有找到条款引用、政策引文，也没有与政策相近的数字表述。",
        "The draft has no citation, no quotation and no number that the policies on file speak of.",
    )
    download_word = Said("下载带批注的 Word 文件", "Download Word file with comments")
    download_mended = Said("下载改正后的 Word 文件", "Download corrected Word file")
    download_text = Said("下载改正后的文本", "Download corrected text")
    download_json = Said("下载 JSON", "Download JSON")
    kept = Said(
        "已保存到 {until}，之后自动删除。本页地址可以收藏或发给同事；采纳的改正会写进下载的文件，其余以批注标出。",
        "Kept until {until}, then deleted. The address of this page can be kept or sent to others; what is accepted is "
        "put right in the files below, the rest is marked by comments.",
    )
    delete = Said("立即删除", "Delete now")
    another = Said("核对另一份文稿", "Check another draft")
    gone = Said("找不到这次核对：已到期或已删除。", "This check is not here: its time is over, or it was deleted.")
    not_yours = Said(
        "只有保存这次核对的浏览器可以处理。", "Only the browser that kept this check can settle its findings."
    )
    open_policy = Said("打开原文", "Open the policy")
    verify = Said("核对这一条", "Verify this provision")
    instead = Said("改为", "Should read")
    accept = Said("采纳改正", "Accept")
    leave = Said("已阅，不改", "Leave as it is")
    undo = Said("撤销", "Undo")
    accepted = Said("已采纳", "accepted")
    seen = Said("已阅，不改", "left as it is")
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


class RunTexts(_Spoken):
    """What the pages for evaluation say."""

    title = Said("评测", "Evaluate")
    hint = Said(
        "用一组带答案的问题检验回答得怎么样：选择或上传题集，运行后给出各项指标、置信区间和每道没有答好的题。",
        "See how good the answers are: choose or upload questions with their answers, run them, and read figures with "
        "intervals and every question that went wrong.",
    )
    begin_title = Said("新的评测", "A new run")
    chosen_set = Said("题集", "Question set")
    no_set = Said("（上传）", "(uploaded below)")
    upload_set = Said(
        "或上传题集（.jsonl .csv .xlsx，最多 2,000 题）", "or upload one (.jsonl .csv .xlsx, 2,000 questions at most)"
    )
    example = Said("下载示例表格", "Download an example table")
    format_hint = Said(
        "表格首行写列名：编号、问题、依据（答案所在条款，如《…》第七条第二项，多处用分号隔开）、"
        "关键词（答案必须包含的字句，可省）、应拒答（制度没有规定的问题填“是”）。",
        "The first row names the columns: id, question, refs (the provisions that answer, by name or ref, apart by "
        "semicolons), facts (what the answer must hold; optional), refused (yes where the policies do not answer).",
    )
    split = Said("题目范围", "Part")
    split_default = Said("默认（report；没有划分的题集：全部）", "default (report; all of a set without parts)")
    split_all = Said("全部", "all")
    other_title = Said("改为给另一个系统的答案打分", "Score the answers of another system instead")
    other_hint = Said(
        "每行一个 JSON 对象：id 或 question，answer，citations（引用的条款编号、条款名称或原文字句），"
        "retrieved（检索结果，可省），refused（是否拒答，可省）。本程序不再回答，只按同样的指标评分。",
        "A JSON object a line: id or question, answer, citations (refs, provisions by name, or their very words), "
        "retrieved (optional), refused (optional). Nothing is asked; the answers are scored by the same measures.",
    )
    other_name = Said("系统名称", "Name of the system")
    other_file = Said("答案文件（.jsonl）", "Answers (.jsonl)")
    begin = Said("开始评测", "Run")
    limits = Said(
        "同时只运行一组，提问的人不受影响；上传的题集只有您和拿到链接的人能看到结果。",
        "One set runs at a time, and readers are answered meanwhile. What comes of an upload is seen by you and by "
        "whoever has the link.",
    )
    failed = Said("没有开始：", "Not begun: ")
    nothing_chosen = Said("请选择一个题集，或上传一个文件。", "Choose a question set, or upload a file.")
    too_many = Said(
        "题集有 {count} 题，超过上限 {most} 题，请拆分。", "{count} questions are more than {most}; split the set."
    )
    busy = Said("另一组题正在运行，请等它结束后再试。", "Another set is being run; try again when it has ended.")
    too_large = Said("文件超过 8 MB，请拆分后再上传。", "The files are larger than 8 MB; send less at once.")
    unreadable_form = Said("没有收到可以读取的表单，请重试。", "No form came in that can be read; send it again.")
    worker_lost = Said(
        "读取这个文件超出了时间或内存限制，请拆分。", "Reading this file went past its limits; split it."
    )
    runs_title = Said("评测记录", "Runs")
    no_runs = Said("还没有评测记录。", "No set has been run yet.")
    when = Said("时间", "Begun")
    questions = Said("题数", "Questions")
    state = Said("状态", "State")
    answered_by = Said("回答者", "Answered by")
    this_program = Said("本程序", "this program")
    earlier = Said("旧", "Old")
    later = Said("新", "New")
    compare = Said("比较“旧”与“新”", "Compare old and new")
    compare_title = Said("两次评测的比较", "Two runs compared")
    compare_hint = Said(
        "只比较两次都有的题。p 值出自成对随机化检验（Fisher）：若两次其实一样，差别这么大的可能有多大；"
        "小于 0.05 通常视为不是偶然。",
        "Over the questions of both. p is that of Fisher's paired randomisation test: how likely so large a difference "
        "is if the two runs were alike; below .05 it is usually not taken for chance.",
    )
    choose_two = Said("请选择两次不同的评测。", "Choose two different runs.")
    none_common = Said("两次评测没有相同的题，无法比较。", "The two runs have no question in common.")
    left_out = Said("只在其中一次出现、未比较的题：{count}", "Left out, in one of the runs only: {count}")
    difference = Said("变化", "Change")
    improved = Said("变好", "Better")
    worsened = Said("变差", "Worse")
    which_changed = Said("哪些题变了", "Which questions changed")
    missing = Said("没有这次评测，或已被删除。", "There is no such run; it may have been deleted.")
    progress = Said("已答 {done} / {total} 题", "{done} of {total} answered")
    stop = Said("停止", "Stop")
    stopped_note = Said(
        "这次评测已停止，以下是已答部分的结果。",
        "This run was stopped; what follows is of the questions that were asked.",
    )
    failed_note = Said(
        "这次评测中断，详情见运行日志；以下是已答部分的结果。",
        "This run broke off; the log has the details. What follows is of the questions that were asked.",
    )
    nothing_asked = Said("没有题目被回答。", "No question was answered.")
    delete = Said("删除", "Delete")
    download_html = Said("下载为网页文件", "Download as a page")
    download_rows = Said("下载逐题数据（JSONL）", "Download rows (JSONL)")
    all_runs = Said("全部评测", "All runs")
    figures = Said("指标", "Figures")
    measure = Said("指标", "Measure")
    value = Said("值", "Value")
    interval = Said("95% 区间", "95 % interval")
    plot = Said("0 到 1", "0 to 1")
    by_category = Said("按类别", "By category")
    by_subject = Said("按主题", "By subject")
    name_of_part = Said("名称", "Name")
    no_category = Said("（未分类）", "(none)")
    bad_quotes = Said("与原文不符的引文：{count}", "Quotations that are not the text: {count}")
    time = Said("每题用时中位数：{ms} 毫秒", "Median time per question: {ms} ms")
    misses = Said("没有答好的题", "What went wrong")
    all_right = Said("全部答对。", "Everything is right.")
    kind = Said("类型", "Kind")
    count = Said("题数", "Questions")
    wanted = Said("应引用", "Wanted")
    retrieved = Said("检索到（前十）", "Retrieved (ten at most)")
    cited = Said("实际引用", "Cited")
    should_refuse = Said("应拒答", "a refusal")
    did_refuse = Said("拒答", "refused")
    nothing = Said("无", "nothing")
    not_on_file = Said("不在库中", "not on file")
    after = Said("前文：", "After: ")
    answer = Said("答案", "Answer")
    must_hold = Said("必须包含：", "Must hold: ")
    more = Said("另有 {count} 题，见逐题数据。", "{count} more are in the rows.")
    made = Said("由 policy-qa eval 生成", "Made by policy-qa eval")

    def of_measure(self, name: str) -> str:
        """What a measure is called; its own name stands beside it."""
        return _MEASURES.get(name, (name, name))[self.lang == "en"]

    def of_state(self, name: str) -> str:
        """What became of a run."""
        return _STATES[name][self.lang == "en"]

    def of_miss(self, name: str) -> str:
        """Where an answer went wrong."""
        return _MISSES[name][self.lang == "en"]


_MEASURES = {
    "hit@1": ("首位命中", "First is right"),
    "hit@3": ("前三命中", "Right among three"),
    "recall@3": ("前三召回", "Found among three"),
    "recall@5": ("前五召回", "Found among five"),
    "recall@10": ("前十召回", "Found among ten"),
    "mrr": ("首个命中位次的倒数", "Reciprocal rank"),
    "ndcg@10": ("前十排序", "Order of ten"),
    "ap": ("平均准确率", "Average precision"),
    "citation_precision": ("引用准确", "Citations that are right"),
    "citation_recall": ("引用齐全", "Citations that are there"),
    "facts": ("关键词齐全", "Facts in the answer"),
    "cells": ("对照表单元格正确", "Cells that are right"),
    "refusal": ("该拒答的拒答了", "Refused where it should"),
    "false_refusal": ("不该拒答的拒答了（越低越好）", "Refused where it should not (less is better)"),
}
_STATES = {
    "running": ("运行中", "running"),
    "done": ("完成", "done"),
    "stopped": ("已停止", "stopped"),
    "failed": ("中断", "broke off"),
}
_MISSES = {
    "no_answer": ("没有得到答案", "No answer at all"),
    "not_refused": ("该拒答却回答了", "Answered, though the policies are silent"),
    "refused": ("该回答却拒答了", "Refused, though the policies answer"),
    "not_found": ("检索结果缺少应引条款", "A wanted provision was not retrieved"),
    "not_cited": ("检索到了但没有引用", "Retrieved, but not cited"),
    "cited_more": ("多引了无关条款", "Cited what does not belong"),
    "cells": ("对照表有误", "A wrong cell in the table"),
    "facts": ("答案缺少关键词", "The answer lacks a fact"),
    "not_first": ("应引条款没有排在首位", "A wanted provision is not the first"),
}


class AskTexts(_Spoken):
    """What stands around an answer: what can be done with it."""

    wrong = Said("答得不对", "Not right?")
    verify = Said("核对这一条", "Verify this provision")
    text_now = Said("看现在的文本", "See the text as it is now")
    changed = Said("作答后已修改", "changed since")
    gone = Said("已不在收录范围", "no longer on file")
    changed_strip = Said(
        "这一条在作答之后有修改。下面是作答时的文本，不是现在的文本。",
        "This provision has changed since the answer. Below is the text as it was then, not as it is now.",
    )
    gone_strip = Said(
        "这一条已不在收录范围。下面是作答时的文本。",
        "This provision is no longer on file. Below is the text as it was at the time of the answer.",
    )
    changed_notice = Said(
        "作答之后，所引条款有变动：{cites}。请重新提问。", "Changed since this answer: {cites}. Please ask again."
    )
    told_foreign = Said(
        "没有找到这段对话：它已删除、过期，或属于另一个浏览器。要把回答发给别人，请用回答下方的“复制链接”。",
        "This conversation was not found: it was deleted, has expired, or belongs to another browser. "
        "To send an answer to somebody, use “Copy link” below it.",
    )
    told_lost = Said("这个链接的回答已删除或已过期。", "The answer of this link was deleted or has expired.")
    told_unkept = Said(
        "这次问答没有保存成功，刷新后会消失；详情已写入运行日志。",
        "This exchange could not be kept and will be gone after a reload; the log has the details.",
    )
    shared = Said(
        "这是别人发来的一条回答，原样显示。接着提问会开始您自己的对话。",
        "This answer was sent to you and is shown as it was given. Asking on begins a conversation of your own.",
    )
    stopped = Said("已停止。", "Stopped.")
    stopped_title = Said("没有作答", "Not answered")
    link = Said("复制链接", "Copy link")
    edit = Said("修改", "Edit")
    edit_label = Said("修改问题", "Edit the question")
    edit_send = Said("重新提问", "Ask again")
    edit_hint = Said("其后的问答会一并换掉。", "What came after it is replaced.")
    again = Said("再答一次", "Retry")
    remove = Said("删除", "Delete")
    remove_sure = Said(
        "删除这一问一答？它的链接也会失效。", "Delete this question and its answer? Its link will stop working."
    )
    take_away = Said("整段对话", "The whole conversation")
    print = Said("打印", "Print")
    word = Said("Word 文档", "Word")
    markdown = Said("Markdown", "Markdown")
    history = Said("对话记录", "History")
    find = Said("查找对话", "Find a conversation")
    find_button = Said("查找", "Find")
    keeps = Said(
        "对话只在这个浏览器里列出，{days} 天没有继续就会删除。",
        "Conversations are listed in this browser only, and deleted when they have not gone on for {days} days.",
    )
    none_found = Said("没有找到含有这些字词的对话。", "No conversation holds these words.")
    none_kept = Said("还没有对话。", "There are no conversations yet.")
    answers = Said("{count} 问", "questions: {count}")
    manage = Said("改名或删除", "Rename or delete")
    title = Said("名称", "Title")
    rename = Said("改名", "Rename")
    forget = Said("删除这段对话", "Delete this conversation")
    made_by = Said(
        "由政策问答 policy_qa 生成。引文逐字取自所注文件，使用前请核对现行文本。",
        "Made by policy_qa. Quotations are verbatim from the documents that the notes name; check the text in force.",
    )
    store_unusable = Said(
        "暂时读不到保存的对话，详情已写入运行日志。请稍后再试。",
        "The conversations can't be read at the moment; the log has the details. Please try again later.",
    )
    close = Said("关闭", "Close")
    menu = Said("菜单", "Menu")
    unfold = Said("全文 {count} 字", "All {count} characters")
    besides = Said("另有 {count} 处", "{count} more")

    @property
    def fates(self) -> dict[str, str]:
        """What is said over a text that is shown as it was, by what became of the provision."""
        return {"changed": self.changed_strip, "gone": self.gone_strip}

    @property
    def told(self) -> dict[str, str]:
        """What is said of a whole conversation, by `Session.told`."""
        return {"foreign": self.told_foreign, "lost": self.told_lost, "unkept": self.told_unkept}


class LibraryTexts(_Spoken):
    """What the pages of the library say, and those on which an administrator changes it."""

    title = Said("制度库", "Library")
    find = Said("筛选", "Filter")
    institution = Said("机构", "Institution")
    any_institution = Said("全部机构", "All institutions")
    kind = Said("文种", "Kind")
    any_kind = Said("全部文种", "All kinds")
    state = Said("效力", "Standing")
    any_state = Said("全部", "All")
    since = Said("成文日期自", "Issued from")
    until = Said("至", "to")
    subject = Said("标题含", "Words of the title")
    sort = Said("排序", "Order")
    by_day = Said("日期（新在前）", "Date, newest first")
    by_title = Said("标题", "Title")
    by_institution = Said("机构", "Institution")
    by_length = Said("条数", "Length")
    clear = Said("清除条件", "Clear")
    none_fits = Said("没有符合条件的文件。", "No policy fits.")
    articles = Said("{count} 条", "{count} articles")
    count = Said("共 {count} 份", "{count} texts")
    count_of = Said("{all} 份中的 {count} 份", "{count} of {all} texts")
    undated = Said("未载明日期", "undated")
    recognised = Said("文字由识别得到", "recognised (OCR)")
    search_title = Said("在原文中查找", "Search in the texts")
    search_label = Said("词语、编号或问题", "Words, a number, or a question")
    search = Said("查找", "Search")
    search_first = Said("请输入要查找的内容。", "Say what to look for.")
    by_words = Said("含有这些词的条款", "Provisions with these words")
    by_meaning = Said("意思相近的条款", "Provisions close in meaning")
    no_words = Said("没有条款同时含有这些词。", "No provision holds all of these words.")
    no_meaning = Said("没有意思相近的条款。", "No provision is close in meaning.")
    more_words = Said("共 {all} 处，显示前 {count} 处。", "{all} in all, the first {count} shown.")
    unknown = Said(
        "没有这份文件，可能已被替换或撤下。", "There is no such policy; it may have been replaced or withdrawn."
    )
    unknown_ref = Said("这份文件里没有“{ref}”这一处。", "There is no “{ref}” in this text.")
    facts = Said("基本信息", "Facts")
    fact_from = Said("依据", "from")
    named_title = Said("标题", "Title")
    issuer = Said("制发机关", "Issued by")
    number = Said("文号", "Number")
    issued = Said("成文日期", "Issued on")
    effective = Said("施行日期", "In force from")
    status = Said("文本状态", "Status of the text")
    term = Said("期限", "Term")
    file = Said("文件名", "File")
    not_stated = Said("未载明", "not stated")
    amends = Said("修改了", "Amends")
    repeals = Said("废止了", "Repeals")
    amended_by = Said("被修改", "Amended by")
    repealed_by = Said("被废止", "Repealed by")
    download = Said("下载原文件", "Download the file")
    outline = Said("目录", "Outline")
    text = Said("全文", "Full text")
    lint = Said("文本检查", "What was noticed in the text")
    lint_none = Said("没有发现问题。", "Nothing was found.")
    lint_count = Said("发现 {count} 处", "{count} found")
    error = Said("错误", "error")
    warning = Said("疑似", "suspected")
    hint = Said("提示", "hint")
    to_do = Said("建议：{words}", "To do: {words}")
    versions = Said("版本", "Versions")
    this_text = Said("本文", "this text")
    compare = Said("与本文对照", "Compare with this text")
    no_comparison = Said("这两份文件不是同一制度的两个版本。", "These are not two versions of one policy.")
    reading_notes = Said("读取说明：{notes}", "How the file was read: {notes}")
    numbering = Said("编号情况：{warnings}", "Numbering: {warnings}")
    back = Said("返回制度库", "Back to the library")
    back_to = Said("返回《{title}》", "Back to {title}")
    original_gone = Said(
        "原文件已不在制度文件夹中，或自上次建立索引后改动过。",
        "The file is gone, or has changed since the index was built.",
    )
    failed = Said("没有完成", "Not done")
    busy = Said("请求较多，请稍后再试。", "Too much is asked at once; try again in a moment.")
    too_large = Said("文件过大（上限 32 MB）。", "The file is too large (32 MB at most).")

    manage = Said("管理制度库", "Manage the library")
    login = Said("管理员登录", "Administrator")
    login_hint = Said(
        "新增、替换、撤下制度文件，需要管理员密钥。姓名会记入变更记录。",
        "To add, replace or withdraw policies takes the administrator's key. Your name goes into the trail of changes.",
    )
    no_key = Said(
        "未设置管理员密钥，网页上不能更改制度库。请在服务器上设置 POLICY_QA_ADMIN_KEY（至少 16 个字符）后重新启动。",
        "No administrator's key is set, so nothing can be changed here. Set POLICY_QA_ADMIN_KEY (16 characters or "
        "more) on the server and start it again.",
    )
    who = Said("姓名", "Name")
    key = Said("管理员密钥", "Key")
    enter = Said("登录", "Log in")
    leave = Said("退出管理", "Log out")
    wrong_key = Said("密钥不对，请核对后再输入。", "That is not the key.")
    no_who = Said("请填写姓名，变更记录需要它。", "Give your name; the trail of changes needs it.")
    too_often = Said("尝试过多，请一分钟后再试。", "Too many attempts; try again in a minute.")
    signed_in = Said("{who}，您已登录。", "{who}, you are logged in.")
    add_title = Said("新增文件", "Add a policy")
    add_hint = Said(
        "上传后先读出条款供您查看，确认后才生效。旧文本仍要保留、供人对照的，把新文本作为新增文件上传；不再保留的，请到该文件页面“替换”。",
        "What comes out is shown first; it counts once you confirm. Where the old text is to stay for comparison, add "
        "the new one beside it; else replace it on its own page.",
    )
    choose = Said("选择文件", "File")
    file_hint = Said("{formats}，最大 32 MB", "{formats}; 32 MB at most")
    upload = Said("上传并查看", "Upload and look")
    replace_title = Said("替换或撤下", "Replace or withdraw")
    replace = Said("上传替换的文件", "Upload what takes its place")
    withdraw = Said("撤下这份文件", "Withdraw this policy")
    waiting = Said("待处理与最近的变更", "Changes under way")
    trail = Said("变更记录", "Trail of changes")
    trail_none = Said("还没有变更。", "Nothing has been changed.")
    trail_hint = Said("只增不改；可下载留存。", "It is only added to; download it to keep it.")
    export = Said("下载 JSONL", "Download JSONL")
    at = Said("时间", "When")
    action = Said("操作", "What")
    hashes = Said("内容（SHA-256）", "Bytes (SHA-256)")
    no_file_then = Said("无", "none")
    undo = Said("恢复到此前", "Put back")
    found_by_build = Said("建立索引时发现", "found by a build")
    name_taken = Said(
        "已有同名文件“{name}”。请到该文件页面替换，或改名后再上传。",
        "There is a file {name} of that name. Replace it on its own page, or give this one another name.",
    )
    file_gone = Said("文件“{name}”已不在制度文件夹中。", "The file {name} is no longer in the folder.")
    nothing_to_do = Said("文件夹中已经没有这份文件。", "The folder has no such file any more.")
    empty_file = Said("文件是空的。", "The file is empty.")
    same_bytes = Said("与现有文件完全相同，无需更改。", "It is the very file that is there already.")
    no_such_change = Said("没有这一条变更记录。", "There is no such change.")
    not_archived = Said("当时的文件没有存档，无法恢复。", "The file of that time was not archived.")
    no_file = Said("请选择一个文件。", "Choose a file.")
    no_format = Said("不支持这种文件格式。可用：{formats}", "That format can't be read. These can: {formats}")
    no_name = Said(
        "文件名不能使用：请去掉特殊符号（如 # % : * ?），并缩短到 60 个汉字以内。",
        "That file name can't be used: leave out signs like # % : * ? and shorten it.",
    )
    not_waiting = Said(
        "这项变更不在等待确认，可能已由他人处理。", "This change waits for nobody; somebody may have dealt with it."
    )
    changed_meanwhile = Said(
        "该文件在您查看之后已被他人改动，请重新提出变更。",
        "The file was changed since you looked; propose your change anew.",
    )
    other_at_work = Said(
        "{who}正在更改“{name}”，索引重建完成后再试。", "{who} is changing {name}; try again when the index is rebuilt."
    )
    other_program = Said(
        "另一个程序正在更改制度库，请稍后再试。", "Another program is changing the library; try again later."
    )
    interrupted = Said("服务中断，未完成；已恢复原样。", "The server was stopped; everything was put back.")
    gone = Said("没有这项变更，可能已被放弃。", "There is no such change; it may have been dropped.")
    reading = Said("正在读取文件……扫描件需要较长时间。", "The file is being read… scans take a while.")
    refused = Said("这份文件读不出来", "This file can't be read")
    look = Said("请查看读出的内容，确认后才会生效。", "Look at what came out; it counts once you confirm.")
    look_withdraw = Said(
        "确认后这份文件将不再用于回答，原文件存档备查。", "Once confirmed it answers no more; the file is archived."
    )
    working = Said(
        "正在更改并重建索引，期间照常回答问题。", "The index is being rebuilt; questions are answered meanwhile."
    )
    done = Said("已生效。", "It counts now.")
    undone = Said(
        "没有生效，制度库和索引保持原样。原因：", "It does not count; folder and index are as they were. Why: "
    )
    confirm = Said("确认，使其生效", "Confirm")
    again = Said("再试一次", "Try again")
    drop = Said("放弃", "Drop it")
    open_text = Said("打开这份文件", "Open the text")
    came_out = Said("读出的内容", "What came out")
    provisions = Said("条款", "Provisions")
    provisions_count = Said("{articles} 条，共 {all} 个条款项", "{articles} articles, {all} provisions")
    coverage = Said("归入条款", "In provisions")
    no_provision = Said("没有读出任何条款，请核对文件内容。", "No provision came out; look at the file.")
    difference = Said("与现有文本的差别", "What differs from the text on file")
    difference_to = Said("与《{title}》（{label}）的差别", "What differs from {title} ({label})")
    joins = Said("将作为《{title}》的另一个版本收录。", "It will be kept as another version of {title}.")
    alone = Said(
        "没有找到同一制度的其他版本，将作为新制度收录。", "No other version of it is on file; it will be a new policy."
    )
    stages = Said("读取,向量,词元,写入", "reading,vectors,tokens,writing")

    @property
    def actions(self) -> dict[str, str]:
        """What is done, by the values of `kept.changes.Action`."""
        words = ("新增,替换,撤下,恢复,文件夹变动", "add,replace,withdraw,put back,found changed")[
            self.lang == "en"
        ].split(",")
        return dict(zip(("add", "replace", "withdraw", "restore", "found"), words, strict=True))

    @property
    def steps(self) -> dict[str, str]:
        """How far a change has come, by the values of `kept.changes.Step`."""
        words = (
            "读取中,读不出,待确认,进行中,已生效,未生效",
            "being read,unreadable,to be confirmed,under way,done,not done",
        )[self.lang == "en"].split(",")
        return dict(zip(("reading", "refused", "proposed", "working", "done", "failed"), words, strict=True))

    def stage(self, name: str) -> str:
        """A stage of a build."""
        stages = dict(zip(("read", "embed", "tokens", "write"), self.stages.split(","), strict=True))
        return stages.get(name, "")

    def standing(self, state: State) -> str:
        """Where a text stands."""
        return _STANDINGS[state] if self.lang == "en" else state.value


_STANDINGS = {
    State.IN_FORCE: "in force",
    State.TO_COME: "not yet in force",
    State.DRAFT: "draft",
    State.REPEALED: "repealed",
    State.REPLACED: "superseded",
    State.EXPIRED: "expired",
    State.TRIAL_OVER: "trial over",
}


class MarkTexts(_Spoken):
    """What is said where people verify: provisions, drafts, answers."""

    title = Said("待核对", "To verify")
    hint = Said(
        "逐条与原件对照后，标为“已核对”或“有误”。标记显示在所有引用该条的地方；条文一有变动，就回到这里重新核对。",
        "Hold a provision against the original and mark it as verified or wrong. The mark is shown wherever the "
        "provision is cited; when its words change, it comes back here.",
    )
    provisions = Said("条款", "Provisions")
    drafts = Said("保存的文稿核对", "Kept checks of drafts")
    questions = Said("答得不对的问题", "Wrong answers")
    state = Said("状态", "State")
    todo = Said("需要核对", "to be verified")
    all = Said("全部", "all")
    open = Said("待核对", "not verified")
    right = Said("已核对", "verified")
    wrong = Said("有误", "wrong")
    changed = Said("待重新核对", "changed since")
    document = Said("文件", "Document")
    any_document = Said("标记过或引用过的条款", "provisions marked or cited")
    who = Said("核对人", "Verified by")
    anyone = Said("不限", "anyone")
    show = Said("查看", "Show")
    none = Said(
        "这里没有条款。选择一份文件，可以从头逐条核对；在问答页的引文旁点“核对这一条”，也会来到这里。",
        "No provision is here. Choose a document to verify it from its beginning, or open a citation of an answer and "
        "take “Verify this provision”.",
    )
    cited = Said("您的提问引用过", "cited in an answer of yours")
    count = Said("共 {count} 条", "{count} in all")
    before = Said("上一页", "Previous")
    after = Said("下一页", "Next")
    export = Said("导出", "Export")
    as_sheet = Said("Excel 表格", "Excel")
    as_lines = Said("核对记录（JSONL）", "Marks (JSONL)")
    as_questions = Said("题集（JSONL）", "Question set (JSONL)")
    words_now = Said("条文", "The words")
    compare = Said("与上次核对时相比", "Against the words that were marked")
    gone = Said("该条已不在收录的文件中，以下是上次核对时的文字。", "It is no longer on file; these words were marked.")
    unknown = Said("没有这一条：{ref}", "There is no such provision: {ref}")
    open_policy = Said("在文件中打开", "Open in the policy")
    back = Said("返回列表", "Back to the list")
    following = Said("下一条待核对", "Next to be verified")
    your_name = Said("您的姓名", "Your name")
    note = Said("说明（可不填）", "Note (optional)")
    mark_right = Said("已核对，无误", "Verified: it is right")
    mark_wrong = Said("有误", "It is wrong")
    take_back = Said("撤回标记", "Take the mark back")
    taken_back = Said("撤回了标记", "took the mark back")
    history = Said("核对记录", "History")
    no_history = Said("还没有人核对过。", "Nobody has verified it yet.")
    nameless = Said("请填写姓名，再标记。", "Give your name, then mark it.")
    said_nothing = Said("请选择“已核对”或“有误”。", "Choose whether it is right or wrong.")
    words_changed = Said(
        "打开本页之后条文有变动，请看过新的文字再标记。",
        "The words have changed since you opened this page; read them.",
    )
    no_drafts = Said(
        "没有保存的核对。核对文稿时选择“核对并保存”，就会列在这里。",
        "No check is kept. One that is made with “Check and keep” is listed here.",
    )
    settled = Said("已处理 {settled} / {wrong} 处", "{settled} of {wrong} settled")
    no_questions = Said(
        "还没有。在回答下面点“答得不对”，指出正确的条款，就会列在这里，并可导出用于评测和训练。",
        "None yet. Take “Not right?” beneath an answer and pick the right provision: it is listed here, to be exported "
        "for evaluation and tuning.",
    )
    wrong_title = Said("这个回答不对", "This answer is not right")
    wrong_hint = Said(
        "请勾选能回答这个问题的条款；规定里没有的，就说没有。您的选择会成为评测题，也用于训练。",
        "Tick the provisions that answer the question, or say that the rules do not. What you choose becomes a "
        "question of a set, and material to tune on.",
    )
    question = Said("问题", "Question")
    answer = Said("当时的回答", "The answer")
    answer_gone = Said(
        "这个回答没有保存或已到期。请把问题写在下面。",
        "That answer is not kept, or its time is over. Write the question below.",
    )
    find = Said("按内容查找条款", "Find provisions by their content")
    in_document = Said("或在一份文件中逐条选", "or choose in a document")
    no_document = Said("（选择文件）", "(choose a document)")
    look_up = Said("查找", "Find")
    picked = Said("已勾选", "Ticked")
    offered = Said("回答所引和相近的条款", "Cited in the answer, and near it")
    found = Said("查找结果", "Found")
    nothing_found = Said("没有找到相近的条款。", "Nothing near was found.")
    all_of = Said("《{title}》各条", "{title}")
    keep = Said("这些条款是答案", "These provisions answer it")
    not_ruled = Said("规定里没有", "The rules do not say")
    pick_something = Said(
        "请至少勾选一条，或选择“规定里没有”。", "Tick at least one provision, or say that the rules do not say."
    )
    picked_and_not_ruled = Said(
        "已勾选条款，又选了“规定里没有”：请取消勾选，或改选“这些条款是答案”。",
        "Provisions are ticked, and the rules are said not to say it: untick them, or choose the other button.",
    )
    delete = Said("删除", "Delete")
    not_yours = Said("只有提交人或管理员可以删除。", "Only who sent it, or an administrator, can delete it.")

    def standing(self, standing: Standing) -> str:
        """How a provision stands."""
        return str(getattr(self, standing.value))


class Texts(_Spoken):
    """The labels and messages of the page. `html_lang` is what the browser is told."""

    html_lang = Said("zh-CN", "en")
    window_title = Said("政策问答 policy_qa", "policy_qa: answers from school policies")
    product = Said("政策问答", "Policy Q&A")
    tagline = Said(
        "就已收录的制度提问，答案逐字引自原文，点开即可核对",
        "Ask about the policies on file; every answer quotes the text, one click away",
    )
    document_count = Said("已收录 {count} 份文件", "{count} policies on file")
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
    def marks(self) -> MarkTexts:
        """The same of where people verify."""
        return MarkTexts(self.lang)

    @property
    def check(self) -> CheckTexts:
        """The same of the page for drafts."""
        return CheckTexts(self.lang)

    @property
    def library(self) -> LibraryTexts:
        """The same of the library."""
        return LibraryTexts(self.lang)

    @property
    def runs(self) -> RunTexts:
        """The same of the pages for evaluation."""
        return RunTexts(self.lang)

    def status(self, status: Status) -> str:
        """The standing of a policy in this language; empty where its text declares none."""
        return _STATUSES.get(status, ("", ""))[self.lang == "en"]


ZH, EN = Texts("zh"), Texts("en")


def texts_for(lang: str) -> Texts:
    """The texts of `zh` or `en`; anything else gets Chinese."""
    return EN if lang == "en" else ZH
