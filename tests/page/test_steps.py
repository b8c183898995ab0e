"""What clicks and questions do to a session, and to no other."""

import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from policy_qa.datamodels import Answer, Line, LineKind
from policy_qa.errors import IndexDamaged, IndexMissing, ModelError, PolicyQAError, UsageError
from policy_qa.page import steps
from policy_qa.page.answer_view import render_conversation
from policy_qa.page.conversation import Conversation
from policy_qa.page.live import LivePipeline
from policy_qa.page.steps import Session
from policy_qa.page.texts import EN, ZH
from policy_qa.statements import Statement, Verdict
from samples import answering, quoting

from .conftest import FakePipeline, hostile_document


def answered(live: LivePipeline, session: Session, question: str) -> Session:
    return steps.answer(steps.ask(session, question), live, [])


def test_sessions_share_nothing(live: LivePipeline) -> None:
    first, second = Session("zh"), Session("zh")
    first_done = answered(live, first, "谁可以担任CIO？")
    second_done = answered(live, second, "食堂几点开门？")
    library = live.library()
    assert "食堂" not in steps.conversation_html(first_done, library)
    assert "担任CIO" not in steps.conversation_html(second_done, library)
    assert first == second == Session("zh")


def test_history_is_the_sessions_own_earlier_questions(live: LivePipeline, pipeline: FakePipeline) -> None:
    session = answered(live, Session("zh"), "谁可以担任CIO？")
    answered(live, Session("zh"), "别人的问题")
    answered(live, session, "那任期呢？")
    assert pipeline.asked[-1][:2] == ("那任期呢？", ("谁可以担任CIO？",))


def test_the_filter_is_passed_on_without_documents_that_are_gone(live: LivePipeline, pipeline: FakePipeline) -> None:
    steps.answer(steps.ask(Session("en"), "who can serve?"), live, ["yichun-cio", "gone"])
    assert pipeline.asked[-1] == ("who can serve?", (), ("yichun-cio",), "en")


@pytest.mark.parametrize("question", ["", "  \n　"])
def test_an_empty_question_changes_nothing(question: str) -> None:
    session = Session("zh")
    assert steps.ask(session, question) is session


def test_a_huge_question_is_not_kept_whole() -> None:
    asked = steps.ask(Session("zh"), "长" * 5_000_000)
    assert asked.conversation.turns[0].question == "长" * steps.MAX_KEPT


def test_a_second_question_waits_for_the_first() -> None:
    pending = steps.ask(Session("zh"), "一")
    assert steps.ask(pending, "二") is pending


def test_a_question_that_the_queue_did_not_take_is_marked(live: LivePipeline) -> None:
    given_up = steps.give_up(steps.ask(Session("zh"), "一"))
    assert ZH.busy in steps.conversation_html(given_up, None)
    done = answered(live, Session("zh"), "谁可以担任CIO？")
    assert steps.give_up(done) == done


def test_the_language_switch_keeps_the_conversation_and_the_open_source(live: LivePipeline) -> None:
    session = steps.open_panel(answered(live, Session("zh"), "谁可以担任CIO？"), "c:1:1")
    english = steps.switch_language(session)
    library = live.library()
    assert english.conversation is session.conversation
    assert EN.citations in steps.conversation_html(english, library)
    assert EN.issuer in steps.panel_html(english, library)
    assert "<mark" in steps.panel_html(english, library)
    assert steps.switch_language(english) == session


@pytest.mark.parametrize(
    "key", ["x", "c:", "c:1", "c:1:2:3", "c:a:b", "r:1:-1", "c:1:99999", "d:", "<script>", "c:1:1\n", "d:" + "x" * 500]
)
def test_keys_that_are_none_are_ignored(key: str) -> None:
    session = Session("zh")
    assert steps.open_panel(session, key) is session


@pytest.mark.parametrize("key", ["c:1:1", "c:7:1", "r:1:9"])
def test_keys_that_the_session_does_not_know_say_so(key: str, live: LivePipeline) -> None:
    assert ZH.expired in steps.panel_html(steps.open_panel(Session("zh"), key), live.library())


@pytest.mark.parametrize("key", ["d:../../etc/passwd", "d:gone"])
def test_documents_that_are_not_on_file_say_so(key: str, live: LivePipeline) -> None:
    assert ZH.source_gone in steps.panel_html(steps.open_panel(Session("zh"), key), live.library())


def test_a_page_without_an_index_says_how_to_mend_it() -> None:
    for texts, session in ((ZH, Session("zh")), (EN, Session("en"))):
        assert texts.no_documents in steps.panel_html(session, None)
        assert "policy-qa build" in texts.no_documents


def test_the_panel_opens_what_was_clicked(live: LivePipeline) -> None:
    library = live.library()
    session = answered(live, Session("zh"), "食堂几点开门？")
    near = steps.panel_html(steps.open_panel(session, "r:1:0"), library)
    assert re.search(r'aria-current="location" id="[^"]+" data-ref="helan-cio#1"', near)
    document = steps.panel_html(steps.open_panel(session, "d:it-leading-group"), library)
    assert "办发〔2014〕39号" in document
    assert "aria-current" not in document
    listed = steps.panel_html(steps.open_panel(session, "l"), library)
    assert listed.count("data-open=") == 5


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (UsageError("问题过长"), "usage"),
        (IndexMissing("none"), "missing"),
        (IndexDamaged("broken"), "unusable"),
        (ModelError("no model"), "model"),
        (PolicyQAError("else"), "other"),
    ],
)
def test_an_error_becomes_a_message(error: PolicyQAError, kind: str) -> None:
    def fail() -> FakePipeline:
        raise error

    session = answered(LivePipeline(fail, lambda: 1), Session("zh"), "问")
    assert session.conversation.turns[-1].failure is not None
    assert session.conversation.turns[-1].failure.kind == kind
    assert session.conversation.turns[-1].failure.detail == str(error)
    assert 'role="alert"' in steps.conversation_html(session, None)


def test_a_bug_is_logged_and_its_words_stay_inside(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> FakePipeline:
        raise ZeroDivisionError("secret detail")

    session = answered(LivePipeline(fail, lambda: 1), Session("zh"), "问")
    assert ZH.internal_error in steps.conversation_html(session, None)
    assert "secret" not in steps.conversation_html(session, None)
    assert "secret detail" in caplog.text


def test_the_next_question_uses_a_rebuilt_index() -> None:
    opened: list[FakePipeline] = []
    stamp = 1

    def open_source() -> FakePipeline:
        opened.append(FakePipeline([]))
        return opened[-1]

    live = LivePipeline(open_source, lambda: stamp)
    answered(live, Session("zh"), "一")
    answered(live, Session("zh"), "二")
    assert [len(p.asked) for p in opened] == [2]
    stamp = 2
    answered(live, Session("zh"), "三")
    assert [len(p.asked) for p in opened] == [2, 1]


def test_an_index_that_was_mended_is_used_without_a_restart() -> None:
    broken = True

    def open_source() -> FakePipeline:
        if broken:
            raise IndexMissing("none yet")
        return FakePipeline([])

    live = LivePipeline(open_source, lambda: 1)
    assert told(live, "none yet")
    broken = False
    assert told(live, "")


def told(live: LivePipeline, reason: str) -> bool:
    """Whether the health check comes to say this; it looks again by itself, and nobody waits for that."""
    end = time.monotonic() + 10
    while live.health().reason != reason and time.monotonic() < end:
        time.sleep(0.02)
    return live.health().reason == reason


@pytest.mark.alone
def test_the_health_check_waits_for_nothing() -> None:
    """A rebuild takes its time to open; meanwhile the check says what is known, at once."""
    may_open, stamp = threading.Event(), 1

    def open_source() -> FakePipeline:
        assert may_open.wait(30)
        return FakePipeline([hostile_document()] * stamp)

    live = LivePipeline(open_source, lambda: stamp)
    began = time.monotonic()
    assert "being opened" in live.health().reason
    opening = threading.Thread(target=live.library)
    opening.start()
    assert all("being opened" in live.health().reason for _ in range(100))
    assert time.monotonic() - began < 10
    may_open.set()
    opening.join()
    assert (live.health().reason, live.health().documents) == ("", 1)


def stated(text: str, n: int) -> Line:
    """A sentence of a model."""
    return Line(kind=LineKind.STATED, text=text, marks=(n,))


class Writing(FakePipeline):
    """Gives an answer in two pieces, then whole; until then, what it was told of earlier turns is kept."""

    def stream(self, question: str, history: Sequence[str] = (), **told: object) -> Iterator[Answer]:
        self.asked.append((question, tuple(history), tuple(told["replies"]), None))  # type: ignore[arg-type]
        whole = self._who(question)
        first, second = stated("第一句。", 1), stated("第二句。", 2)
        yield answering(first, question=question, mode="writing", citations=whole.citations)
        yield answering(first, second, question=question, mode="writing", citations=whole.citations)
        yield replace(whole, mode="model")


def writing_live(pipeline: FakePipeline) -> LivePipeline:
    written = Writing(pipeline.documents)
    return LivePipeline(lambda: written, lambda: 1, writes=True)


def test_an_answer_grows_and_its_citations_open_meanwhile(pipeline: FakePipeline) -> None:
    live = writing_live(pipeline)
    library = live.library()
    grown = list(steps.answering(steps.ask(Session("zh"), "谁担任？"), live, []))
    shown = [steps.conversation_html(s, library) for s in grown]
    assert [("第一句" in html, "第二句" in html, ZH.checking in html) for html in shown] == [
        (True, False, True), (True, True, True), (False, False, False),
    ]  # fmt: skip
    assert 'data-stamp="1"' in shown[0]
    assert 'data-stamp="1+"' in shown[2]
    assert ZH.model_written in shown[2]
    opened = steps.open_panel(grown[0], "c:1:1")
    assert "<mark" in steps.panel_html(opened, library)
    assert [s.conversation.last.pending for s in grown if s.conversation.last] == [True, True, False]


def test_what_was_answered_is_told_with_the_questions(pipeline: FakePipeline) -> None:
    live = writing_live(pipeline)
    first = steps.answer(steps.ask(Session("zh"), "谁担任？"), live, [])
    steps.answer(steps.ask(first, "任期呢？"), live, [])
    source = live.library().source
    assert isinstance(source, Writing)
    question, history, replies, _ = source.asked[-1]
    assert (question, history) == ("任期呢？", ("谁担任？",))
    assert replies == (source._who("谁担任？").answer,)


def test_a_reader_stops_his_own_answer_only(live: LivePipeline) -> None:
    with live.stoppable("one") as one, live.stoppable("two") as two:
        live.stop("one")
        live.stop("nobody")
        assert (one.is_set(), two.is_set()) == (True, False)
    assert two.is_set(), "who leaves ends what is written for him"


def test_each_sentence_of_a_model_has_its_verdict(pipeline: FakePipeline) -> None:
    whole = pipeline._who("谁担任？")
    first, second, *_ = whole.citations
    made = [
        Statement(text="一句。", verdict=Verdict.SUPPORTED, n=1, ref=first.ref, quote=first.quote),
        Statement(text="二句。", verdict=Verdict.VERBATIM, n=2, ref=second.ref, quote=second.quote, note="mended"),
    ]
    lines = [Line(kind=LineKind.STATED, text=s.text, marks=(s.n,), statement=s) for s in made]
    answer = answering(*lines, mode="model", citations=whole.citations, sentences=tuple(made))
    html = render_conversation(Conversation().asked("谁？").settled(answer=answer), ZH, None)
    assert html.count("pq-verdict") == 2
    assert html.index("一句") < html.index(ZH.supported) < html.index("二句") < html.index(ZH.mended)
    quoted = answering(quoting(first.quote, 1), citations=whole.citations, sentences=tuple(made))
    plain = render_conversation(Conversation().asked("谁？").settled(answer=quoted), ZH, None)
    assert "pq-verdict" not in plain
    assert ZH.all_verbatim in plain
