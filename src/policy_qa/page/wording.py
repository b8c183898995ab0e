"""What the page has words for; the words themselves are in texts_zh.py and texts_en.py."""

from __future__ import annotations

from dataclasses import dataclass

from policy_qa.datamodels import Status


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckTexts:
    """What the page for drafts says."""

    link: str
    short_link: str
    window_title: str
    title: str
    hint: str
    ask_page: str
    other_language: str
    text_label: str
    text_placeholder: str
    file_label: str
    file_hint: str
    submit: str
    found: str
    nothing_wrong: str
    nothing_found: str
    download_word: str
    download_json: str
    findings: str
    draft: str
    line: str
    policy: str
    differences: str
    correct: str
    failed: str
    empty: str
    too_large: str
    busy: str
    no_index: str
    upload_slow: str
    too_long: str
    worker_lost: str
    unreadable: str


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
    stop: str
    filter_label: str
    you: str
    searching: str
    checking: str
    citations: str
    open_citation: str
    notice: str
    refused: str
    nearest: str
    model_written: str
    all_verbatim: str
    verbatim: str
    supported: str
    comma: str
    mended: str
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
    close_comparison: str
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
    in_force: str
    not_in_force: str
    versions: str
    other_versions: str
    this_version: str
    compare_with: str
    read_old: str
    read_new: str
    superseded_strip: str
    draft_replaced_strip: str
    open_in_force: str
    older_draft_strip: str
    open_newest: str
    version_words: tuple[tuple[str, str], ...]
    page: str
    pages: str
    notes: str
    error_title: str
    index_title: str
    index_missing: str
    index_unusable: str
    model_title: str
    internal_error: str
    busy: str
    expired: str
    connection_lost: str
    check: CheckTexts
    statuses: tuple[tuple[Status, str], ...]

    @property
    def lang(self) -> str:
        """`zh` or `en`, as the rest of the program calls the two."""
        return self.html_lang[:2]

    def status(self, status: Status) -> str:
        """The standing of a policy in this language; empty where its text declares none."""
        return dict(self.statuses).get(status, "")


#: Questions to begin with; the same in both languages, as an English page is asked in both.
EXAMPLES = (
    "谁可以担任CIO？",
    "宜春学院CIO的任期是几年？可以连任吗？",
    "贺兰县对首席信息官怎么考核？",
    "宜春学院制度第七条规定了什么？",
    "Who can serve as CIO?",
)
