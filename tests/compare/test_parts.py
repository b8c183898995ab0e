"""The parts of a comparison, each as a table: who asks for one, offices, subjects, topics, hits, rows."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from policy_qa.answer.quotes import Quote
from policy_qa.citing.place import Place
from policy_qa.compare import POINTS, Office, Point, Topic, cues, table
from policy_qa.compare.asked import asks_each, asks_for_table, asks_which, on_purpose
from policy_qa.compare.finder import find, plain, prepared
from policy_qa.compare.office import members_of, office_of_title, offices_in, with_aliases
from policy_qa.compare.points import CARD, _in_aspect, _is_known, joined, topic_of
from policy_qa.compare.subject import Article, about
from policy_qa.compare.table import Said, _quotations
from policy_qa.compare.values import signature
from policy_qa.datamodels import Comparison, Quotation
from policy_qa.naming.institutions import column_names
from policy_qa.naming.scope import Party, Scope
from policy_qa.retrieval.kinds import NOTHING, wanted
from policy_qa.retrieval.question import Question
from samples import at, cut

OFFICE = Office(names=frozenset({"首席数据官", "cdo"}))
BODY = Office(names=frozenset({"监事会"}), members=frozenset({"监事"}))


def asked(text: str, *doc_ids: str, every: bool = False, compares: bool = False, number: int = 0) -> Question:
    scope = Scope(doc_ids=doc_ids, soft=False, unknown=(), rest=text, every=every)
    numbers = (Place(kind="条", number=number),) if number else ()
    return Question(text, "zh", scope, (), NOTHING, False, compares, numbers, text)


@pytest.mark.parametrize(
    ("question", "cited", "side_by_side"),
    [
        (asked("任期几年"), ["a", "b"], True),
        (asked("任期几年"), ["a"], False),
        (asked("任期几年"), [], False),
        (asked("任期几年", "a"), ["a"], False),
        (asked("任期几年", "a"), [], False),
        (asked("任期几年", "a"), ["a", "b"], True),
        (asked("任期几年", "a"), ["b"], False),
        (asked("任期几年", "a", "b"), ["a"], True),
        (asked("任期几年", every=True), ["a"], True),
        (asked("任期几年", compares=True), ["a"], True),
        (asked("任期几年", "a", compares=True), ["a"], False),
        (asked("哪一家规定了任期"), ["a"], True),
        (asked("各由谁任命"), ["a"], True),
        (asked("第七条", number=7), ["a", "b"], False),
    ],
)
def test_whether_documents_are_set_side_by_side(question: Question, cited: list[str], side_by_side: bool) -> None:
    assert asks_for_table(question, cited) is side_by_side


def test_the_documents_of_one_institution_are_no_two_sides() -> None:
    parties = (Party(name="南山大学", doc_ids=("a", "b")), Party(name="北海大学", doc_ids=("c",)))
    alone, both = asked("由谁任命", "a", "b"), asked("由谁任命", "a", "b", "c")
    alone = replace(alone, scope=replace(alone.scope, parties=parties[:1]))
    both = replace(both, scope=replace(both.scope, parties=parties))
    assert (asks_for_table(alone, ["a", "b"]), on_purpose(alone), alone.scope.single) == (False, False, ())
    assert (asks_for_table(both, ["a", "c"]), on_purpose(both), both.scope.single) == (True, True, ("c",))


@pytest.mark.parametrize(
    ("text", "each", "which"),
    [
        ("各由谁任命", True, False),
        ("三家单位的任期", True, False),
        ("分别怎么规定", True, False),
        ("哪一家规定了任期", False, True),
        ("谁提到了任期", False, True),
        ("Which school has a term?", False, True),
        ("任期几年", False, False),
    ],
)
def test_each_and_which(text: str, each: bool, which: bool) -> None:
    assert (asks_each(text), asks_which(text), on_purpose(asked(text))) == (each, which, each or which)


# Offices.


@pytest.mark.parametrize(
    ("question", "words", "texts", "offices"),
    [
        ("首席数据官的任期", ["首席数据官", "任期"], [], {"首席数据官"}),
        ("CDO的任期", ["cdo", "任期"], [], {"cdo"}),
        ("How many CDOs?", ["cdo"], [], {"cdo"}),
        ("who decides on cdo", ["cdo"], [], set()),
        ("任期几年", ["任期"], [], set()),
        # Who is to take one: that alone.
        ("校长能不能担任首席数据官", ["校长", "首席数据官"], [], {"首席数据官"}),
        ("首席数据官和校长的任期", ["首席数据官", "校长"], [], {"首席数据官", "校长"}),
        # Side by side they are one, where a text has that, and only heads of offices.
        ("办公室主任由谁担任", ["办公室", "主任"], ["设办公室主任一名"], {"办公室主任"}),
        ("办公室主任由谁担任", ["办公室", "主任"], ["设主任一名"], {"办公室", "主任"}),
        ("办公室和主任", ["办公室", "主任"], ["设办公室主任一名"], {"办公室", "主任"}),
        ("数据主任", ["数据", "主任"], ["设数据主任"], {"主任"}),
        ("主任数据", ["主任", "数据"], ["主任数据"], {"主任"}),
    ],
)
def test_offices_in_a_question(question: str, words: list[str], texts: list[str], offices: set[str]) -> None:
    assert offices_in(question, words, texts) == offices


def test_the_office_of_a_title() -> None:
    words = {"某校首席数据官管理办法": ["某校", "首席数据官", "管理", "办法", "官", "主任"]}
    # Two characters are no name of an office.
    assert office_of_title("某校首席数据官管理办法", words.__getitem__) == {"首席数据官"}


@pytest.mark.parametrize(
    ("names", "texts", "known"),
    [
        ({"首席数据官"}, ["设首席数据官（CDO）一名".lower()], {"首席数据官", "cdo"}),
        ({"cdo"}, ["设首席数据官（cdo）一名"], {"首席数据官", "cdo"}),
        ({"首席数据官"}, ["首席数据官（chief data officer，简称cdo）"], {"首席数据官", "cdo"}),
        # By the alias that another text gave, whichever comes first.
        ({"首席数据官"}, ["数据总监官（cdo）", "首席数据官（cdo）"], {"首席数据官", "cdo", "数据总监官"}),
        # No alias: a remark; one letter; nine.
        ({"首席数据官"}, ["首席数据官（兼职）", "首席数据官（c）", "首席数据官（abcdefghi）"], {"首席数据官"}),
        ({"首席数据官"}, ["首席数据官（abcdefgh）"], {"首席数据官", "abcdefgh"}),
        ({"首席数据官"}, ["信息官（cio）"], {"首席数据官"}),
        # What isn't the head of an office is none.
        ({"cdo"}, ["数据计划（cdo）"], {"cdo"}),
        (set(), ["首席数据官（cdo）"], set()),
    ],
)
def test_other_names_of_an_office(names: set[str], texts: list[str], known: set[str]) -> None:
    assert with_aliases(frozenset(names), texts, lambda before: ["设", before.removeprefix("设")]) == known


def test_the_members_of_a_body() -> None:
    assert members_of(frozenset({"公司监事会", "校务委员会", "校长"})) == {"监事", "委员"}
    assert OFFICE.pattern == "(?:首席数据官|cdo)"
    assert not re.search(Office(names=frozenset()).pattern, "首席数据官")


# Subjects.


@pytest.mark.parametrize(
    ("office", "text", "named", "member"),
    [
        (OFFICE, "首席数据官由校长任命", True, False),
        (OFFICE, "首席数据官办公室", False, False),
        (BODY, "监事会每年开会", True, False),
        (BODY, "监事会主席召集", False, False),
        (BODY, "监事会副主席召集", False, False),
        (BODY, "监事不得兼任", False, True),
        (BODY, "监事长", False, False),
        (BODY, "经理", False, False),
    ],
)
def test_whether_a_text_names_it(office: Office, text: str, named: bool, member: bool) -> None:
    assert (office.named(text), office.has_member(text)) == (named, member)


def article(text: str, lead: str = "", headings: str = "") -> Article:
    provision = at(cut("某办法\n第一条 甲。\n第二条 乙。\n"), "1")
    return Article(provision=provision, text=text, lead=lead, headings=headings)


@pytest.mark.parametrize(
    ("office", "own", "lead", "headings", "text", "context"),
    [
        (OFFICE, False, "首席数据官的职责", "", "", True),
        (OFFICE, False, "职责", "第二章首席数据官", "", True),
        (OFFICE, False, "职责", "", "", None),
        (OFFICE, True, "职责", "", "", True),
        # Another post or body, in the first 24 characters or in the headings.
        (OFFICE, True, "校长的职责", "", "", False),
        (OFFICE, True, "职责", "第二章校长", "", False),
        (OFFICE, True, "甲" * 23 + "校长的", "", "", True),
        (OFFICE, True, "甲" * 22 + "校长的", "", "", False),
        (OFFICE, True, "由校长的", "", "", True),
        # A member, where the article names the body or the document is about it.
        (BODY, False, "监事的职责", "", "监事会", True),
        (BODY, True, "监事的职责", "", "", True),
        (BODY, False, "监事的职责", "", "", False),
    ],
)
def test_what_an_article_as_a_whole_is_about(
    office: Office, own: bool, lead: str, headings: str, text: str, context: bool | None
) -> None:
    assert article(text, lead, headings).context(replace(office, own=own)) is context


@pytest.mark.parametrize(
    ("office", "own", "clause", "closely", "expected"),
    [
        (OFFICE, False, "首席数据官每届|任期三年", False, True),
        (OFFICE, False, "校长每届|任期三年", False, False),
        # The nearest subject before the words counts.
        (OFFICE, False, "首席数据官由校长任命，|任期三年", False, True),
        (OFFICE, False, "首席数据官负责，校长的|任期三年", False, False),
        (OFFICE, False, "校长负责，首席数据官的|任期三年", False, True),
        # It has set up a post of its own that the next words are about.
        (OFFICE, False, "首席数据官下设委员会，|任期三年", False, False),
        (OFFICE, False, "首席数据官下设委员会|任期三年", False, True),
        # No subject: what the article is about.
        (OFFICE, True, "每届|任期三年", False, True),
        (OFFICE, False, "每届|任期三年", False, False),
        # Closely: the article names it before, too.
        (OFFICE, True, "每届|任期三年", True, False),
        (OFFICE, False, "首席数据官每届|任期三年", True, True),
        (BODY, True, "监事每届|任期三年", False, True),
        (BODY, False, "监事每届|任期三年", False, False),
        (Office(names=frozenset()), False, "校长每届|任期三年", False, True),
    ],
)
def test_what_a_clause_is_about(office: Office, own: bool, clause: str, closely: bool, expected: bool) -> None:
    before, _, after = clause.partition("|")
    found = about(replace(office, own=own), article(before + after), before + after, len(before), closely=closely)
    assert found is expected


@pytest.mark.parametrize(
    ("text", "lead", "headings", "expected"),
    [
        ("首席数据官考核合格。每届任期三年", "", "", True),
        ("每届任期三年。首席数据官", "", "", False),
        ("每届任期三年", "首席数据官", "", True),
        ("每届任期三年", "", "首席数据官", True),
        ("别的", "", "", False),
    ],
)
def test_closely_the_article_names_it_before(text: str, lead: str, headings: str, expected: bool) -> None:
    own = replace(OFFICE, own=True)
    assert about(own, article(text, lead, headings), "每届任期三年", 2, closely=True) is expected


# What the words around a cue show.


@pytest.mark.parametrize(
    ("point", "text", "cue", "office", "refuted"),
    [
        (Point.EXCLUSIONS, "不得担任校长", "不得担任", OFFICE, True),
        (Point.EXCLUSIONS, "不得担任首席数据官", "不得担任", OFFICE, False),
        (Point.EXCLUSIONS, "首席数据官不得兼任校长", "不得兼任", OFFICE, False),
        (Point.EXCLUSIONS, "不得担任：校长", "不得担任", OFFICE, False),
        (Point.EXCLUSIONS, "不得担任企业职务", "不得担任", OFFICE, False),
        (Point.REPORTING, "向校长报告", "向校长报告", OFFICE, False),
        (Point.REPORTING, "向首席数据官报告", "向首席数据官报告", OFFICE, True),
        (Point.REPORTING, "向校长报告会", "向校长报告", OFFICE, True),
        (Point.APPOINTMENT, "由首席数据官提名后任命", "由首席数据官提名", OFFICE, True),
        (Point.APPOINTMENT, "由校长任命专员", "由校长任命", OFFICE, True),
        (Point.APPOINTMENT, "由校长任命首席数据官", "由校长任命", OFFICE, False),
        (Point.APPOINTMENT, "由校长任命后公布", "由校长任命", OFFICE, False),
        (Point.APPOINTMENT, "由校长任命。", "由校长任命", OFFICE, False),
        (Point.APPOINTMENT, "由校长任命其", "由校长任命", OFFICE, False),
        (Point.APPOINTMENT, "取消由校长任命", "由校长任命", OFFICE, True),
        (Point.APPOINTMENT, "取消一二三四由校长任命", "由校长任命", OFFICE, True),
        (Point.APPOINTMENT, "取消一二三四五由校长任命", "由校长任命", OFFICE, False),
        (Point.APPOINTMENT, "由股东会选举监事", "由股东会选举", BODY, False),
        (Point.REMOVAL, "免去校长", "免去", OFFICE, True),
        (Point.REMOVAL, "免去首席数据官", "免去", OFFICE, False),
        (Point.REMOVAL, "免去其职务", "免去", OFFICE, False),
        (Point.REMOVAL, "由首席数据官免去", "免去", OFFICE, True),
        (Point.ASSESSMENT, "组织对各部门的考核", "考核", OFFICE, True),
        (Point.ASSESSMENT, "组织对首席数据官的考核", "考核", OFFICE, False),
        (Point.ASSESSMENT, "组织首席数据官考核", "考核", OFFICE, False),
        (Point.ASSESSMENT, "负责考核", "考核", OFFICE, True),
        (Point.ASSESSMENT, "每年考核", "考核", OFFICE, False),
        (Point.TERM, "校长任期三年", "任期三年", OFFICE, False),
    ],
)
def test_a_cue_that_says_something_else(point: Point, text: str, cue: str, office: Office, refuted: bool) -> None:
    match = re.search(cue, text)
    assert match is not None
    assert cues.refuted(point, text, match, office) is refuted


@pytest.mark.parametrize(
    ("point", "text", "scores"),
    [
        # How sure each cue is, in the order in which they are tried.
        (Point.TERM, "任期三年", [1.0]),
        (Point.TERM, "任期与本届班子一致", [1.0]),
        (Point.TERM, "三年一届", [0.9]),
        (Point.TERM, "实行任期制", [0.5]),
        (Point.REAPPOINTMENT, "可以连任", [1.0]),
        (Point.EXCLUSIONS, "不得担任", [1.0]),
        (Point.APPOINTMENT, "由校长任命", [0.9, 0.6]),
        (Point.APPOINTMENT, "任命须经批准", [0.9]),
        (Point.APPOINTMENT, "校长任命", [0.6]),
        (Point.PURPOSE, "为加强管理，制定本办法", [1.0]),
        (Point.PURPOSE, "根据国家规定，制定本办法", [1.0]),
        (Point.REPORTING, "向校长汇报", [1.0]),
        (Point.REPORTING, "对校长负责", [0.9]),
        (Point.REPORTING, "在校长领导下开展工作", [0.9]),
        (Point.REPORTING, "接受校长的领导", [0.9]),
        (Point.ASSESSMENT, "年度考核", [0.8]),
        (Point.REMOVAL, "予以免职", [1.0]),
        (Point.REMOVAL, "人员变更应当报备", [0.9]),
        (Point.DUTIES, "任期三年", []),
        (Point.TERM, "其他", []),
    ],
)
def test_how_sure_each_cue_is(point: Point, text: str, scores: list[float]) -> None:
    assert [score for rule, score in cues.CUES[point] if rule.search(text)] == scores


@pytest.mark.parametrize(
    ("text", "who", "score"),
    [
        ("首席数据官由副校长担任", "副校长", 1.0),
        ("副校长兼任首席数据官", "副校长", 1.0),
        ("首席数据官从中层干部中遴选产生", "中层干部", 1.0),
        ("首席数据官为领导班子成员", "领导班子成员", 0.95),
        ("一般由副校长担任", "副校长", 0.7),
        ("其他", None, None),
    ],
)
def test_how_sure_it_is_who(text: str, who: str | None, score: float | None) -> None:
    found = [(m.group("who"), s) for rule, s in cues.who_rules(OFFICE.pattern) if (m := rule.search(text))]
    assert found[:1] == ([(who, score)] if who else [])


@pytest.mark.parametrize(
    ("text", "another"),
    [
        ("首席数据官由校长担任", False),
        ("办公室主任由校长担任", True),
        ("委员会由首席数据官担任", True),
        ("数据工作由首席数据官担任", True),
        ("数据工作由校长担任", False),
        ("首席数据官由谁担任", True),
        ("由校长担任主任", True),
        ("由校长担任首席数据官", False),
        ("设首席数据官，由校长担任", False),
        ("设办公室主任，由校长担任", False),
    ],
)
def test_another_post_that_somebody_takes(text: str, another: bool) -> None:
    match = re.search(r"由(?P<who>[^，]*?)担任", text)
    assert match is not None
    assert cues.takes_another_post(text, match, OFFICE) is another


# Topics.


@pytest.mark.parametrize(
    ("terms", "points", "label"),
    [
        # From 1 on a word is a topic of its own, from .5 on it belongs to its label.
        ([("任期", 2.0)], {Point.TERM}, ""),
        ([("任期", 2.0), ("培训", 1.0)], set(), "任期培训"),
        ([("任期", 2.0), ("培训", 0.99)], {Point.TERM}, ""),
        ([("任期", 2.0), ("培训", 1.0), ("经费", 0.5)], set(), "任期培训经费"),
        ([("任期", 2.0), ("培训", 1.0), ("经费", 0.49)], set(), "任期培训"),
    ],
)
def test_what_is_a_topic_of_its_own(terms: list[tuple[str, float]], points: set[Point], label: str) -> None:
    topic = topic_of("两校任期培训经费有什么不同", terms, OFFICE.names)
    assert (set(topic.points), topic.label) == (points, label)


@pytest.mark.parametrize(
    ("question", "points"),
    [
        # 「要求」 says little beside another point, 「资格」 is one of its own.
        ("两校首席数据官的任期要求", {Point.TERM}),
        ("两校首席数据官的任期和资格", {Point.TERM, Point.CONDITIONS}),
        ("两校首席数据官的要求", {Point.CONDITIONS}),
        ("首席数据官由谁任命", {Point.APPOINTMENT}),
        ("首席数据官考核不合格怎样免职", {Point.ASSESSMENT}),
        # A number of its own is more than a point.
        ("首席数据官任期三年的有哪家", set()),
        ("两份文件的任期", {Point.TERM}),
    ],
)
def test_points_that_give_way(question: str, points: set[Point]) -> None:
    assert set(topic_of(question, [("首席数据官", 2.0)], OFFICE.names).points) == points


@pytest.mark.parametrize(
    ("term", "text", "covered", "known"),
    [
        # One character, words of comparing, what is counted, the office or a part of it.
        ("官", "数据官", [], True),
        ("区别", "有什么区别", [], True),
        ("两家", "两家的培训", [], True),
        ("数据官", "数据官的培训", [], True),
        ("首席数据官办公室", "首席数据官办公室", [], True),
        ("培训", "两家的培训", [], False),
        # What lies in the words of a point, or over their edge.
        ("任期", "培训和任期", [(3, 5)], True),
        ("训和", "培训和任期", [(2, 5)], True),
        ("培训", "培训和任期", [(2, 5)], False),
        ("任期", "任期和培训", [(2, 5)], False),
        ("term", "the term of office", [(4, 18)], True),
        ("office term", "the term of office", [(4, 18)], True),
        ("term", "the term of office", [(9, 18)], False),
        ("网信办:3", "网信办的任期", [(0, 3)], True),
    ],
)
def test_words_that_are_no_topic(term: str, text: str, covered: list[tuple[int, int]], known: bool) -> None:
    assert _is_known(term, text, covered, OFFICE.names) is known


@pytest.mark.parametrize(
    ("term", "text", "covered", "narrows"),
    [
        ("标准", "首席数据官在标准建设上的职责", [], True),
        ("建设", "首席数据官在标准建设方面有何职责", [], True),
        ("职责", "首席数据官在标准建设上的职责", [], False),
        ("标准", "首席数据官在标准建设上的职责", [(6, 8)], False),
        ("标准", "首席数据官在标准建设上的职责", [(8, 10)], True),
        ("标准", "首席数据官在标准建设上的职责", [(5, 6)], True),
        ("数据", "首席数据官在数据建设上的职责", [], False),
        ("建", "首席数据官在标准建设上的职责", [], False),
        ("data", "首席数据官在data建设上的职责", [], False),
    ],
)
def test_what_a_comparison_is_narrowed_to(term: str, text: str, covered: list[tuple[int, int]], narrows: bool) -> None:
    assert _in_aspect(term, text, covered, OFFICE.names) is narrows


@pytest.mark.parametrize(("weight", "label"), [(0.6, ""), (0.99, ""), (1.0, "制度、职责"), (2.0, "制度、职责")])
def test_a_usual_word_that_narrows_is_a_topic_where_it_weighs_enough(weight: float, label: str) -> None:
    text = "比较两校首席数据官在数字制度上的职责"
    assert topic_of(text, [("制度", weight), ("职责", 2.0)], OFFICE.names).label == label


@pytest.mark.parametrize(
    ("text", "terms", "label"),
    [
        ("数据目录的编制", ["数据", "目录", "编制"], "数据目录的编制"),
        ("数据目录如何编制", ["数据", "目录", "编制"], "数据目录、编制"),
        ("编制数据目录", ["目录", "数据"], "数据目录"),
        ("数据和目录", ["数据", "目录"], "数据和目录"),
        ("网信办的职责", ["网信办:1", "网信办:2", "职责"], "网信办的职责"),
        ("数据目录", ["数据目", "目录"], "数据目"),
        ("数据目录的编制", ["数据目", "目录", "编制"], "数据目、编制"),
        ("职责", ["数据", "目录"], "数据、目录"),
        ("数据", ["数据", "数据"], "数据"),
    ],
)
def test_the_label_of_a_topic(text: str, terms: list[str], label: str) -> None:
    assert joined(text, terms) == label


# Hits and rows.

MANY = "某校首席数据官办法\n" + "".join(f"第{n}条 首席数据官任期{n}年。\n" for n in range(1, 13)) + "第十三条 附则。\n"


def test_ten_clauses_at_most_in_text_order() -> None:
    found = find(prepared(cut(MANY)), Point.TERM, replace(OFFICE, own=True))
    assert [h.provision.path for h in found] == [str(n) for n in range(1, 11)]


@pytest.mark.parametrize(
    ("first", "second", "paths"),
    [
        # 1.0 and .9; 1.0 and .5.
        ("首席数据官任期三年。", "首席数据官三年一届。", ["1", "2"]),
        ("首席数据官任期三年。", "首席数据官实行任期制。", ["1"]),
        ("首席数据官实行任期制。", "首席数据官实行任期制。", ["1", "2"]),
    ],
)
def test_what_is_much_less_sure_is_left_out(first: str, second: str, paths: list[str]) -> None:
    rules = prepared(cut(f"某校办法\n第一条 {first}\n第二条 {second}\n第三条 附则。\n"))
    assert [h.provision.path for h in find(rules, Point.TERM, OFFICE)] == paths


@pytest.mark.parametrize(
    ("text", "expected"),
    [("任期,3年(一届);", "任期，3年（一届）；"), ("3,000元", "3,000元"), ("第 一\n条:甲", "第一条：甲")],
)
def test_text_as_the_cues_read_it(text: str, expected: str) -> None:
    assert plain(text) == expected


RULES = (
    "某校首席数据官办法\n第一条 首席数据官由副校长担任，任期三年。\n"
    "第二条 首席数据官每年考核一次。\n第三条 首席数据官考核结果公开。\n",
    "某院首席数据官办法\n第一条 首席数据官由院长担任。\n第二条 首席数据官考核从严。\n第三条 附则。\n",
)


def compared(topic: Topic, **more: object) -> Comparison:
    policies = [prepared(cut(text, f"d{n}")) for n, text in enumerate(RULES)]
    own = replace(OFFICE, own=True)
    return table(topic, policies, [own, own], "zh", **more)  # type: ignore[arg-type]


def said(ref: str, score: float) -> Said:
    return Said(quotations=(Quotation(ref=ref, cite="", quote="附则。", start=0, end=3),), score=score)


@pytest.mark.parametrize(
    ("topic", "rows"),
    [
        # One point is one row; who may serve brings its card; everything is all that is not empty.
        (Topic(points=(Point.TERM,)), [("term", True)]),
        (Topic(points=(Point.REMOVAL,)), [("removal", True)]),
        (Topic(points=(Point.WHO,)), [(p.value, p is Point.WHO) for p in CARD]),
        (Topic(points=(Point.WHO, Point.TERM)), [("who", True), ("term", True)]),
        (Topic(), [("who", True), ("term", True), ("assessment", True)]),
        (Topic(label="附则"), [("topic", True)]),
    ],
)
def test_the_rows_of_a_topic(topic: Topic, rows: list[tuple[str, bool]]) -> None:
    found = compared(topic, said=[said("d0#3", 0.1), Said()])
    assert [(r.point, r.asked) for r in found.rows] == rows
    assert [d.doc_id for d in found.documents] == ["d0", "d1"]
    assert all(len(r.cells) == 2 for r in found.rows)


def test_a_topic_of_its_own_is_what_the_documents_say() -> None:
    (row,) = compared(Topic(label="附则"), said=[said("d0#3", 0.1), Said()]).rows
    assert [[q.ref for q in cell] for cell in row.cells] == [["d0#3"], []]
    assert (row.label, row.differs) == ("附则", True)


def test_a_single_point_is_filled_with_what_is_surely_said() -> None:
    def cells(*points: Point, score: float = 0.5) -> list[list[list[str]]]:
        found = compared(Topic(points=points), said=[said("d0#3", 0.9), said("d1#3", score)])
        return [[[q.ref for q in cell] for cell in row.cells] for row in found.rows]

    assert cells(Point.TERM) == [[["d0#1"], ["d1#3"]]]
    assert cells(Point.TERM, score=0.49) == [[["d0#1"], []]]
    assert cells(Point.WHO)[0] == [["d0#1"], ["d1#1"]]
    # Of several points, nobody tells to which it belongs.
    assert cells(Point.TERM, Point.REMOVAL) == [[["d0#1"], []], [[], []]]


def test_how_often_they_assess_and_not_how() -> None:
    topic = Topic(points=(Point.ASSESSMENT,))
    assert [[q.ref for q in c] for c in compared(topic).rows[0].cells] == [["d0#2", "d0#3"], ["d1#2"]]
    often = compared(topic, narrow=wanted("多久一次")).rows[0]
    assert [[q.ref for q in c] for c in often.cells] == [["d0#2"], []]
    assert often.differs
    # Where no text says it, all stays; a term is a value already.
    sums = compared(topic, narrow=wanted("多少钱")).rows[0]
    assert [[q.ref for q in c] for c in sums.cells] == [["d0#2", "d0#3"], ["d1#2"]]
    term = compared(Topic(points=(Point.TERM,)), narrow=wanted("多久一次")).rows[0]
    assert [len(c) for c in term.cells] == [1, 0]


def test_a_document_without_the_office_is_silent_but_for_its_purpose() -> None:
    policy = prepared(cut("某校办法\n第一条 为加强管理，制定本办法。\n第二条 任期三年，每年考核。\n", "d0"))
    found = table(Topic(points=POINTS), [policy], [Office(names=frozenset())], "zh")
    assert [r.point for r in found.rows if any(r.cells)] == ["purpose"]


def test_labels_in_another_language_than_there_are() -> None:
    policies = [prepared(cut(RULES[0], "d0"))]
    labels = [table(Topic(points=(Point.TERM,)), policies, [OFFICE], lang).rows[0].label for lang in ("zh", "en", "fr")]
    assert labels == ["任期", "Term", "任期"]


def test_quotations_name_their_provision_and_its_article() -> None:
    rules = cut("某校办法\n第一章 总则\n第一条 条件：\n（一）甲；\n（二）乙。\n第二条 丙。\n", "d0")
    item = at(rules, "1.2")
    ((provision, quotation),) = _quotations(rules, [Quote(ref="d0#1.2", start=item.start, end=item.end)])
    assert provision == item
    assert (quotation.ref, quotation.cite) == ("d0#1.2", "《某校办法》第一条第二项")
    assert quotation.quote == rules.document.text[quotation.start : quotation.end]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("任期3年，每年考核一次。", ("duration",)),
        ("首席数据官的任期由校长决定。", None),
        ("", ()),
    ],
)
def test_what_a_cell_says(text: str, expected: tuple[str, ...] | None) -> None:
    cell = (Quotation(ref="", cite="", quote=text, start=0, end=len(text)),) if text else ()
    found = signature(Point.TERM, cell)
    if expected is None:
        assert found == (re.sub(r"\W", "", text),)
    else:
        assert len(found) == len(expected)


def test_columns_are_institutions_where_that_tells_them_apart() -> None:
    one, two = (cut(t).document for t in RULES)
    issuers, editions = ("甲", "甲", "乙", ""), ("", "2022年版", "", "")
    named = [replace(d, issuer=i, edition=e) for d, i, e in zip((one, two, one, two), issuers, editions, strict=True)]
    assert column_names(named) == [f"《{one.title}》", f"《{two.title}》2022年版", "乙", f"《{two.title}》"]
