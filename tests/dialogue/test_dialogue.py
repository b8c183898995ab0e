"""Turns over the four policies, answered whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_qa.datamodels import Answer, LineKind, PointKind, ScopeFrom
from policy_qa.facts.same import one_matter
from policy_qa.pipeline import Pipeline, build_index, open_pipeline
from policy_qa.settings import Settings

TERM = "宜春学院CIO的任期是几年？"


def refs(answer: Answer) -> list[str]:
    return [c.ref for c in answer.citations]


def kinds(answer: Answer) -> list[PointKind]:
    return [p.kind for p in answer.points]


@pytest.mark.parametrize("turn", ["你好", "谢谢", "你能做什么？", "hello", "thanks!"])
@pytest.mark.parametrize("history", [(), (TERM,)])
def test_talk_cites_nothing_and_is_no_refusal(pipeline: Pipeline, turn: str, history: tuple[str, ...]) -> None:
    answer = pipeline.ask(turn, history)
    assert kinds(answer) == [PointKind.TALK]
    assert not answer.refused
    assert answer.citations == ()


@pytest.mark.parametrize("turn", ["今天天气怎么样？", "帮我写一首诗", "What is the capital of France?", "qwerty uiop"])
@pytest.mark.parametrize("history", [(), (TERM,)])
def test_other_fields_are_never_answered_from_the_policies(
    pipeline: Pipeline, turn: str, history: tuple[str, ...]
) -> None:
    answer = pipeline.ask(turn, history)
    assert answer.refused
    assert kinds(answer) == [PointKind.OTHER]
    assert answer.retrieved


@pytest.mark.parametrize(
    ("turn", "doc_id"),
    [
        ("贺兰县对首席信息官多久考核一次，考核结果怎么用？", "helan-cio"),
        (
            "宜春学院谁来考核CIO？不合格的会怎么处理？",
            "yichun-cio",
        ),  # Jiaozuo's rule says what happens, Yichun's doesn't
    ],
)
def test_parts_of_a_turn_are_asked_of_the_place_that_it_names(pipeline: Pipeline, turn: str, doc_id: str) -> None:
    answer = pipeline.ask(turn)
    assert len(answer.points) == 2
    assert {ref.partition("#")[0] for ref in refs(answer)} == {doc_id}


def test_doubt_names_the_last_proof_and_cites_nothing(pipeline: Pipeline) -> None:
    answer = pipeline.ask("不对吧？", [TERM])
    assert kinds(answer) == [PointKind.TALK]
    assert answer.citations == ()
    assert all(c.cite in answer.answer for c in pipeline.ask(TERM).citations)
    assert pipeline.ask("不对吧？").citations == ()


def test_what_is_on_file(pipeline: Pipeline) -> None:
    answer = pipeline.ask("有哪些文件？")
    assert kinds(answer) == [PointKind.HOLDINGS]
    assert {r.partition("#")[0] for r in refs(answer)} == {d.doc_id for d in pipeline.documents}


LISTED = [
    ("宜春学院有哪些文件", ["yichun-cio"]),
    ("关于领导小组有哪些文件", ["it-leading-group"]),
    ("Which documents are on file about the leading group?", ["it-leading-group"]),
    ("2024年印发了哪些文件", ["helan-cio"]),
    ("现行有效的文件有哪些", ["helan-cio", "it-leading-group", "jiaozuo-cio"]),
    ("有关的文件有哪些", ["helan-cio", "it-leading-group", "jiaozuo-cio", "yichun-cio"]),
]


@pytest.mark.parametrize(("turn", "listed"), LISTED, ids=[t[0] for t in LISTED])
def test_what_is_on_file_of_a_subject_a_year_or_a_standing(pipeline: Pipeline, turn: str, listed: list[str]) -> None:
    answer = pipeline.ask(turn)
    assert kinds(answer) == [PointKind.HOLDINGS]
    assert sorted({r.partition("#")[0] for r in refs(answer)}) == listed
    assert "没有这方面的" not in answer.answer


@pytest.mark.parametrize("turn", ["有没有关于食堂的文件", "1998年有哪些文件"])
def test_what_nothing_on_file_is_about_is_said(pipeline: Pipeline, turn: str) -> None:
    answer = pipeline.ask(turn)
    assert "没有这方面的" in answer.answer
    assert len({r.partition("#")[0] for r in refs(answer)}) == len(pipeline.documents)


def test_what_is_on_file_of_what_a_caller_wants(pipeline: Pipeline) -> None:
    answer = pipeline.ask("有哪些文件？", doc_ids=["helan-cio"])
    assert {r.partition("#")[0] for r in refs(answer)} == {"helan-cio"}


def test_an_outline_names_every_chapter_and_quotes(pipeline: Pipeline) -> None:
    answer = pipeline.ask("《宜春学院首席信息官（CIO）制度（讨论稿）》讲了什么？")
    assert kinds(answer) == [PointKind.OUTLINE]
    chapters = {a.headings[0] for a in pipeline.segmentation("yichun-cio").articles if a.headings}
    assert all(chapter in answer.answer for chapter in chapters)


def test_an_outline_shows_all_parts_that_have_a_title_and_counts_what_it_leaves_out(tmp_path: Path) -> None:
    text = """北林中学课后服务实施意见
一、经费管理
（一）收费标准。小学每生每学期不超过600元，初中每生每学期不超过720元。
（二）减免。孤儿和残疾学生免收课后服务费，由学校审核并公示。
（三）支出范围。经费主要用于参与课后服务的教师和人员的补助。
二、组织实施
（一）学校每学期开学前公布课后服务的时间、内容、地点和收费标准。
（二）学校设立投诉电话，接到投诉后在三个工作日以内作出答复。
（三）区教育局每学期组织一次检查，检查结果作为年度考核的依据。
"""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "afterclass.txt").write_text(text, "utf-8")
    settings = Settings(home=tmp_path / "home", corpus=tmp_path / "corpus")
    build_index(settings)
    answer = open_pipeline(settings).ask("《北林中学课后服务实施意见》讲了什么？")
    assert kinds(answer) == [PointKind.OUTLINE]
    assert refs(answer) == [f"afterclass#{path}" for path in ("1.1", "1.2", "1.3", "2.1", "2.2")]
    assert "另有1条" in answer.answer.replace(" ", "")


def test_an_outline_is_of_the_document_that_english_words_name(pipeline: Pipeline) -> None:
    answer = pipeline.ask("Summarize the implementation plan for primary and secondary schools")
    assert kinds(answer) == [PointKind.OUTLINE]
    assert {r.partition("#")[0] for r in refs(answer)} == {"helan-cio"}


def test_every_part_is_a_point(pipeline: Pipeline) -> None:
    answer = pipeline.ask("宜春学院CIO由谁提名？任期多长？焦作的文件是哪天印发的？")
    assert len(answer.points) == 3
    assert all(p.refused or p.citations for p in answer.points)
    cited = [n for p in answer.points for n in p.citations]
    assert set(cited) == {c.n for c in answer.citations} == set(range(1, len(answer.citations) + 1))


@pytest.mark.parametrize(
    ("turn", "count"),
    [
        ("考核和培训的要求", 2),
        ("宜春学院和贺兰县的CIO任期", 1),  # named side by side
        ("清源大学和贺兰县的CIO任期", 1),
        ("学生参与竞赛的奖励", 1),  # 参与 is a word
    ],
)
def test_a_pair_is_cut_where_it_is_two_matters(pipeline: Pipeline, turn: str, count: int) -> None:
    assert len(pipeline.ask(turn).points) == count


def test_the_scope_says_where_it_comes_from(pipeline: Pipeline) -> None:
    assert pipeline.ask(TERM).scope.origin is ScopeFrom.QUESTION
    assert pipeline.ask("那由谁提名呢？", [TERM]).scope.origin is ScopeFrom.HISTORY
    assert pipeline.ask("领导小组的会议纪要由谁签发？", [TERM]).scope.doc_ids != ("yichun-cio",)
    assert pipeline.ask("CIO的任期", doc_ids=["yichun-cio"]).scope.origin is ScopeFrom.FILTER


@pytest.mark.parametrize(
    ("turn", "says"),
    [
        ("领导小组副组长是谁？", "赵曼"),
        ("李力担任什么职务？", "办公室主任"),
        ("戴军在领导小组里吗？", "戴军"),
        ("王小明在领导小组里吗？", "没有“王小明”"),
    ],
)
def test_people_are_read_from_the_rosters(pipeline: Pipeline, turn: str, says: str) -> None:
    answer = pipeline.ask(turn)
    assert kinds(answer) == [PointKind.PERSON]
    assert says in answer.answer
    assert refs(answer)


def test_a_pronoun_is_whom_the_last_question_was_about(pipeline: Pipeline) -> None:
    answer = pipeline.ask("他担任什么职务？", ["李力在领导小组里吗？"])
    assert kinds(answer) == [PointKind.PERSON]
    assert "李力" in answer.answer


def test_a_number_that_several_have_is_asked_back(pipeline: Pipeline) -> None:
    (point,) = pipeline.ask("第七条").points
    assert point.kind is PointKind.CLARIFY
    assert len(point.choices) == 2
    for choice in point.choices:
        (again,) = pipeline.ask(choice.question).points
        assert again.kind is PointKind.NUMBER


@pytest.mark.parametrize(("turn", "found"), [("CIO renqi ji nian", "任期"), ("宜春学院CIO的任其", "任期")])
def test_what_was_put_in_place_of_a_slip_is_said(pipeline: Pipeline, turn: str, found: str) -> None:
    answer = pipeline.ask(turn)
    assert "yichun-cio#7.2" in refs(answer)
    assert any(found in notice for notice in answer.notices)


@pytest.mark.parametrize("turn", ["谁给出主意和建议", "哪几家提到要请专家出主意"])
def test_a_word_that_is_meant_is_no_slip_of_one_that_answers_less_surely(pipeline: Pipeline, turn: str) -> None:
    answer = pipeline.ask(turn)  # 主义 sounds alike, and stands in a policy
    assert refs(answer)
    assert not any("主义" in notice for notice in answer.notices)


def test_a_slip_whose_characters_are_words_of_their_own(pipeline: Pipeline) -> None:
    answer = pipeline.ask("对信息官有什么将里")  # 将 and 里 are words that say nothing: none is unheard
    assert refs(answer) == ["yichun-cio#23"]
    assert any("奖励" in notice for notice in answer.notices)


def test_an_outline_goes_on_with_another_text_by_its_title(pipeline: Pipeline) -> None:
    answer = pipeline.ask("领导小组的呢", ["宜春学院CIO制度讲了什么"])
    assert {ref.partition("#")[0] for ref in refs(answer)} == {"it-leading-group"}


def test_who_names_a_number_that_is_missing_gets_nothing_near(pipeline: Pipeline) -> None:
    answer = pipeline.ask("宜春学院第九十条")
    assert (answer.refused, answer.nearest) == (True, ())
    assert "最接近" not in answer.answer


def test_every_quotation_is_the_text_at_its_offsets(pipeline: Pipeline) -> None:
    turns = ["有哪些文件", "概括一下宜春学院的制度", "领导小组成员有哪些人", "焦作的通知是哪天印发的", "不对吧"]
    for turn in turns:
        for c in pipeline.ask(turn, [TERM]).citations:
            text = pipeline.segmentation(c.ref.partition("#")[0]).document.text
            assert c.quote == text[c.start : c.end] != ""


def test_documents_of_one_turn_are_not_called_taken_over(pipeline: Pipeline) -> None:
    scope = pipeline.ask(f"{TERM}可以连任吗？").scope
    assert (scope.doc_ids, scope.origin) == (("yichun-cio",), ScopeFrom.QUESTION)


def test_what_is_let_go_is_not_taken_over(pipeline: Pipeline) -> None:
    asked, history = "由谁考核？", ["宜春学院对CIO怎么考核？"]
    kept = pipeline.ask(asked, history)
    assert (kept.scope.doc_ids, kept.scope.origin) == (("yichun-cio",), ScopeFrom.HISTORY)
    *_, free = pipeline.stream(asked, history, let_go=["yichun-cio"])
    assert free.scope.doc_ids == ()
    assert free.points[0].text == "对CIO怎么考核？ 由谁考核？"
    *_, named = pipeline.stream(TERM, history, let_go=["yichun-cio"])
    assert named.scope.doc_ids == ("yichun-cio",)


def test_a_whole_question_about_another_place_leaves_the_first(pipeline: Pipeline) -> None:
    question = "贺兰县首席信息官的培养培训由谁负责？"
    answer = pipeline.ask(question, [TERM])
    assert (answer.scope.doc_ids, answer.points[0].text) == (("helan-cio",), question)
    assert refs(answer) == refs(pipeline.ask(question))


def test_a_conversation_stays_with_the_document_that_answered(pipeline: Pipeline) -> None:
    history = ["领导小组的会议纪要由谁签发？"]
    answer = pipeline.ask("开会要到多少人？", history)
    assert (answer.scope.doc_ids, answer.scope.origin) == (("it-leading-group",), ScopeFrom.HISTORY)
    assert pipeline.ask("开会要到多少人？").scope.doc_ids == ()
    *_, free = pipeline.stream("开会要到多少人？", history, let_go=["it-leading-group"])
    assert free.scope.doc_ids == ()


def test_a_conversation_leaves_a_document_that_is_silent_for_one_that_answers(pipeline: Pipeline) -> None:
    answer = pipeline.ask("推荐表交到哪里？", ["领导小组的会议纪要由谁签发？"])
    assert {r.partition("#")[0] for r in refs(answer)} == {"jiaozuo-cio"}


def test_what_was_quoted_is_not_quoted_again(pipeline: Pipeline) -> None:
    answer = pipeline.ask("宜春学院CIO的任期几年？能连任几届？")
    assert [p.citations for p in answer.points] == [(1,), (1,)]
    quotes = [line for p in answer.points for line in p.lines if line.kind is LineKind.QUOTE]
    assert len(quotes) == len(answer.citations) == 1
    assert "原文见上[1]" in answer.answer


def test_the_questions_that_are_offered_are_answered(pipeline: Pipeline) -> None:
    answers = [pipeline.ask(question) for question in pipeline.examples]
    assert len(answers) >= 4
    assert not any(a.refused or len(a.points) > 1 for a in answers)
    assert len({r.partition("#")[0] for a in answers for r in refs(a)}) >= 3


def test_what_was_asked_of_one_file_does_not_bind_who_asks_of_all(pipeline: Pipeline) -> None:
    history = ["CIO的任期几年？"]
    pipeline.ask(history[0], doc_ids=["yichun-cio"])
    assert pipeline.ask("能连任吗？", history, doc_ids=["yichun-cio"]).scope.doc_ids == ("yichun-cio",)
    pipeline.ask(history[0], doc_ids=["yichun-cio"])
    assert pipeline.ask("谁来考核？", history).scope.doc_ids == ()


@pytest.mark.slow
def test_an_amending_decision_is_told_of_where_it_is_named(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", corpus=Path(__file__).parents[2] / "eval" / "amended" / "cars")
    build_index(settings)
    cars = open_pipeline(settings)
    assert "2024年" in cars.ask("公车的修改决定哪天发布").points[0].lines[0].text
    assert "2024年" not in cars.ask("公务用车管理办法哪天发布").points[0].lines[0].text


@pytest.fixture(scope="module")
def of_several_matters(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    folder = tmp_path_factory.mktemp("matters")
    settings = Settings(home=folder / "home", corpus=folder / "corpus")
    settings.corpus.mkdir()
    for school, title, rule in (
        ("青禾大学", "差旅费管理办法", "报销出差费用的，最多不超过30天。"),
        ("青禾大学", "图书借阅管理办法", "借书最多不超过60天。"),
        ("白鹭学院", "图书借阅规定", "借书最多不超过45天。"),
        ("白鹭学院", "公务用车管理办法", "公务用车由车队统一调度。"),
    ):
        last = "本办法自2024年1月1日起施行。"
        text = f"{school}{title}\n第一条　为规范管理，制定本办法。\n第二条　{rule}\n第三条　{last}\n"
        (settings.corpus / f"{school}{title}.txt").write_text(text, "utf-8")
    build_index(settings)
    return open_pipeline(settings)


@pytest.mark.parametrize("turn", ["最多几天", "还有效吗"])
def test_what_leaves_out_its_matter_is_asked_back(of_several_matters: Pipeline, turn: str) -> None:
    (point,) = of_several_matters.ask(turn).points
    assert point.kind is PointKind.CLARIFY
    assert len(point.choices) >= 2
    for choice in point.choices:
        again = of_several_matters.ask(choice.question)
        assert again.points[0].kind is not PointKind.CLARIFY
        assert len({r.partition("#")[0] for r in refs(again)}) == 1


@pytest.mark.parametrize(
    ("turn", "history"), [("借书最多几天", ()), ("最多几天", ("差旅费怎么报销",)), ("两所学校最多几天", ())]
)
def test_who_says_what_it_is_about_is_answered(
    of_several_matters: Pipeline, turn: str, history: tuple[str, ...]
) -> None:
    answer = of_several_matters.ask(turn, history)
    assert kinds(answer) == [PointKind.CONTENT]
    assert answer.citations


def test_texts_of_one_matter_are_set_side_by_side(pipeline: Pipeline) -> None:
    answer = pipeline.ask("能不能连任")
    assert kinds(answer) == [PointKind.CONTENT]
    assert len({r.partition("#")[0] for r in refs(answer)}) == 2


def test_titles_of_one_matter(pipeline: Pipeline, of_several_matters: Pipeline) -> None:
    assert one_matter([d for d in pipeline.documents if "信息官" in d.title or "CIO" in d.title])
    assert not one_matter(of_several_matters.documents)


def test_words_that_titles_leave_out_choose_no_document(of_several_matters: Pipeline) -> None:
    dialogue = of_several_matters._dialogue
    assert dialogue._documents(dialogue._analyzer.analyze("管理什么时候生效"), ()) == ()
    assert len(dialogue._documents(dialogue._analyzer.analyze("图书什么时候生效"), ())) == 2


def test_a_part_that_leaves_its_matter_out_goes_on_with_that_of_the_part_before(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", corpus=tmp_path / "corpus")
    settings.corpus.mkdir()
    for name, text in (
        (
            "net",
            "白鹭大学网络安全规定\n第一条　各单位设信息员一名，由在编人员担任。\n第二条　信息员每月检查一次账号。\n",
        ),
        ("data", "青禾大学数据管理办法\n第一条　首席数据官由校长提名。\n第二条　首席数据官享受岗位津贴每月1500元。\n"),
    ):
        (settings.corpus / f"{name}.txt").write_text(text, "utf-8")
    build_index(settings)
    answer = open_pipeline(settings).ask("信息员由谁担任？有津贴吗")
    assert [p.refused for p in answer.points] == [False, True]
    assert {ref.partition("#")[0] for ref in refs(answer)} == {"net"}


def test_two_characters_of_a_title_choose_it(of_several_matters: Pipeline) -> None:
    dialogue = of_several_matters._dialogue
    found = dialogue._documents(dialogue._analyzer.analyze("公车有什么变化"), ())
    assert [dialogue._segmentations[d].document.title for d in found] == ["白鹭学院公务用车管理办法"]
