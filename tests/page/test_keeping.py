"""A session and what is kept of it: found again by its address, by whom it is for, and when it can't be kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from policy_qa.kept.conversations import SCHEMA, Conversations
from policy_qa.kept.store import Store
from policy_qa.page import steps
from policy_qa.page.keeping import Keeping
from policy_qa.page.live import LivePipeline
from policy_qa.page.steps import Session
from policy_qa.page.texts import ZH

WHO, OTHER = "谁可以担任CIO？", "食堂几点开门？"
START = Session("zh")


@pytest.fixture
def mine(tmp_path: Path) -> Keeping:
    return Keeping(kept=Conversations(Store(tmp_path / "desk.sqlite3", SCHEMA), 90), visitor="me")


def asked(keeping: Keeping, live: LivePipeline, session: Session, question: str) -> Session:
    return keeping.keep(steps.answer(steps.ask(session, question), live, []), [], "1")


def questions(session: Session) -> list[str]:
    return [turn.question for turn in session.conversation.turns]


def test_a_reload_shows_the_conversation_with_its_source(mine: Keeping, live: LivePipeline) -> None:
    before = asked(mine, live, asked(mine, live, START, OTHER), WHO)
    address = steps.conversation_html(before, live.library())
    assert f'data-address="?c={before.conversation.id}"' in address
    after = mine.arrive(START, {"c": before.conversation.id})
    assert questions(after) == [OTHER, WHO]
    assert steps.conversation_html(after, live.library()) == address
    assert steps.panel_html(after, live.library()) == steps.panel_html(before, live.library())
    assert after.opened == "c:2:1"


def test_a_conversation_is_not_shown_to_others_but_an_answer_is(mine: Keeping, live: LivePipeline) -> None:
    before = asked(mine, live, asked(mine, live, START, OTHER), WHO)
    yours = replace(mine, visitor="you")
    foreign = yours.arrive(START, {"c": before.conversation.id})
    assert (questions(foreign), foreign.told) == ([], "foreign")
    assert ZH.ask.told_foreign in steps.conversation_html(foreign, live.library())
    sent = yours.arrive(START, {"a": before.conversation.turns[1].id})
    html = steps.conversation_html(sent, live.library())
    assert questions(sent) == [WHO]
    assert ZH.ask.shared in html
    assert "data-remove" not in html
    assert f'data-address="?a={before.conversation.turns[1].id}"' in html
    assert "<mark" in steps.panel_html(sent, live.library())


def test_asking_on_from_a_link_begins_a_conversation_of_ones_own(mine: Keeping, live: LivePipeline) -> None:
    first = asked(mine, live, START, WHO)
    yours = replace(mine, visitor="you")
    on = asked(yours, live, yours.arrive(START, {"a": first.conversation.turns[0].id}), OTHER)
    assert on.conversation.id != first.conversation.id
    assert questions(yours.arrive(START, {"c": on.conversation.id})) == [WHO, OTHER]
    assert questions(mine.arrive(START, {"c": first.conversation.id})) == [WHO]


def test_two_tabs_add_to_one_conversation(mine: Keeping, live: LivePipeline) -> None:
    first = asked(mine, live, START, WHO)
    tab = mine.arrive(START, {"c": first.conversation.id})
    asked(mine, live, first, "一")
    asked(mine, live, tab, "二")
    assert questions(mine.arrive(START, {"c": first.conversation.id})) == [WHO, "一", "二"]


def test_sessions_that_begin_alike_are_kept_apart(mine: Keeping, live: LivePipeline) -> None:
    one, two = asked(mine, live, START, WHO), asked(mine, live, START, OTHER)
    assert one.conversation.id != two.conversation.id


def test_what_is_asked_anew_replaces_what_came_after(mine: Keeping, live: LivePipeline) -> None:
    three = asked(mine, live, asked(mine, live, asked(mine, live, START, "一"), "二"), "三")
    changed = steps.ask_again(three, 2, "二，改过")
    mine.take_out(three, changed, forget=False)
    done = mine.keep(steps.answer(changed, live, []), [], "1")
    assert questions(done) == questions(mine.arrive(START, {"c": done.conversation.id})) == ["一", "二，改过"]
    assert mine.arrive(START, {"a": three.conversation.turns[1].id}).told == "", "a link that was sent still opens"


def test_a_turn_is_put_again_or_deleted(mine: Keeping, live: LivePipeline) -> None:
    two = asked(mine, live, asked(mine, live, START, "一"), "二")
    assert questions(steps.ask_again(two, 1)) == ["一"]
    assert steps.ask_again(two, 9) is two
    left = steps.take_out(two, 1)
    mine.take_out(two, left, forget=True)
    assert questions(left) == questions(mine.arrive(START, {"c": two.conversation.id})) == ["二"]
    assert mine.arrive(START, {"a": two.conversation.turns[0].id}).told == "lost"
    assert [t.number for t in steps.ask(left, "三").conversation.turns] == [2, 3]
    pending = steps.ask(two, "三")
    assert steps.ask_again(pending, 1) is pending
    assert steps.take_out(pending, 3) is pending


def test_an_answer_that_cannot_be_kept_is_shown_all_the_same(tmp_path: Path, live: LivePipeline) -> None:
    (tmp_path / "file").write_text("")
    keeping = Keeping(kept=Conversations(Store(tmp_path / "file" / "desk.sqlite3", SCHEMA), 90), visitor="me")
    done = asked(keeping, live, START, WHO)
    html = steps.conversation_html(done, live.library())
    assert ZH.ask.told_unkept in html
    assert "data-link" not in html
    assert done.conversation.turns[0].answer is not None
    assert keeping.arrive(START, {"c": "x"}).told == "foreign"


@pytest.mark.parametrize("keeping", [Keeping(kept=None, visitor="me"), Keeping(kept=None, visitor="")])
def test_where_nothing_is_kept_nothing_is_promised(keeping: Keeping, live: LivePipeline) -> None:
    done = asked(keeping, live, START, WHO)
    assert 'data-address=""' in steps.conversation_html(done, live.library())
    assert keeping.arrive(START, {"c": done.conversation.id}) is START
