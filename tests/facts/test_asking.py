"""Questions to an index that holds several texts of one policy: which answers, and what is said of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_qa.datamodels import Answer
from policy_qa.pipeline import Pipeline, build_index, open_pipeline
from policy_qa.settings import Settings

DRAFT = """东湖学院首席信息官管理办法（讨论稿）
第一条 为加强学校信息化建设，提高信息化管理水平，根据国家有关规定，制定本办法。
第二条 首席信息官由分管信息化工作的副校长担任，负责统筹全校信息化建设。
第三条 首席信息官任期2年，可以连任。
第四条 信息化经费列入学校年度预算，专款专用，不得挪用。
"""
OLD = """东湖学院首席信息官管理办法
东院发〔2022〕9号
第一条 为加强学校信息化建设，提高信息化管理水平，根据国家有关规定，制定本办法。
第二条 首席信息官由分管信息化工作的副校长担任，负责统筹全校信息化建设。
第三条 首席信息官任期3年，可以连任。
第四条 信息化经费列入学校年度预算，专款专用，不得挪用。
"""
NEW = """东湖学院首席信息官管理办法
东院发〔2024〕16号
第一条 为加强学校信息化建设，提高信息化管理水平，根据国家有关规定，制定本办法。
第二条 信息化工作遵循统一规划、分步实施、资源共享的原则。
第三条 首席信息官由分管信息化工作的副校长担任，负责统筹全校信息化建设。
第四条 首席信息官任期5年，可以连任。
第五条 信息化经费列入学校年度预算，专款专用，不得挪用。
第六条 本办法自印发之日起施行，《东湖学院首席信息官管理办法》（东院发〔2022〕9号）同时废止。
"""
OTHER = """西山中学首席信息官制度
第一条 首席信息官由校长担任，是学校信息化工作的第一责任人。
第二条 首席信息官任期4年，期满由学校考核。
第三条 信息中心负责校园网络的日常维护。
"""


@pytest.fixture(scope="module")
def built_versions(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    home = tmp_path_factory.mktemp("versions")
    corpus = home / "corpus"
    corpus.mkdir()
    for name, text in (("donghu-a", DRAFT), ("donghu-b", OLD), ("donghu-c", NEW), ("xishan", OTHER)):
        Path(corpus / f"{name}.txt").write_text(text, "utf-8")
    settings = Settings(home=home / "home", corpus=corpus)
    build_index(settings)
    return open_pipeline(settings)


pytestmark = pytest.mark.slow


def cited(answer: Answer) -> set[str]:
    return {c.ref.partition("#")[0] for c in answer.citations}


def quotes(answer: Answer) -> str:
    return " ".join(c.quote for c in answer.citations)


@pytest.mark.parametrize("question", ["东湖学院首席信息官的任期是几年？", "How long is the CIO's term at Donghu?"])
def test_the_version_in_force_answers(built_versions: Pipeline, question: str) -> None:
    answer = built_versions.ask(question)
    assert cited(answer) == {"donghu-c"}
    assert "任期5年" in quotes(answer)
    assert {r.ref.partition("#")[0] for r in answer.retrieved} == {"donghu-c"}


def test_a_question_to_all_schools_hears_each_policy_once(built_versions: Pipeline) -> None:
    answer = built_versions.ask("首席信息官的任期是几年？")
    assert cited(answer) == {"donghu-c", "xishan"}
    assert not {r.ref.partition("#")[0] for r in answer.retrieved} & {"donghu-a", "donghu-b"}


@pytest.mark.parametrize(
    ("question", "doc_id", "term"),
    [
        ("东湖学院讨论稿里首席信息官的任期是几年？", "donghu-a", "任期2年"),
        ("东湖学院旧版办法规定首席信息官任期几年？", "donghu-b", "任期3年"),
        ("东湖学院首席信息官任期以前是几年？", "donghu-b", "任期3年"),
        ("东湖学院首席信息官任期改之前是几年？", "donghu-b", "任期3年"),
        ("东湖学院2022年版的首席信息官任期几年？", "donghu-b", "任期3年"),
        ("东湖学院2022年的办法，首席信息官任期几年？", "donghu-b", "任期3年"),
        ("东院发〔2022〕9号规定首席信息官任期几年？", "donghu-b", "任期3年"),
        ("《东湖学院首席信息官管理办法（讨论稿）》规定任期几年？", "donghu-a", "任期2年"),
        ("东湖学院现行办法里首席信息官任期几年？", "donghu-c", "任期5年"),
        ("How long is the CIO's term in the draft of Donghu?", "donghu-a", "任期2年"),
    ],
)
def test_a_version_that_the_question_names(built_versions: Pipeline, question: str, doc_id: str, term: str) -> None:
    answer = built_versions.ask(question)
    assert cited(answer) == {doc_id}
    assert term in quotes(answer)


def test_a_version_that_the_caller_names(built_versions: Pipeline) -> None:
    answer = built_versions.ask("东湖学院首席信息官的任期是几年？", doc_ids=["donghu-b"])
    assert cited(answer) == {"donghu-b"}


@pytest.mark.parametrize(
    "question", ["东湖学院首席信息官的任期，修订前后有什么变化？", "东湖学院2022年和2024年的办法，任期有什么不同？"]
)
def test_a_comparison_hears_both(built_versions: Pipeline, question: str) -> None:
    answer = built_versions.ask(question)
    assert {"donghu-b", "donghu-c"} <= cited(answer)
    assert "任期3年" in quotes(answer)
    assert "任期5年" in quotes(answer)


def test_a_follow_up_stays_with_the_version_and_can_leave_it(built_versions: Pipeline) -> None:
    asked = ["东湖学院讨论稿里首席信息官的任期是几年？"]
    assert [c.ref for c in built_versions.ask("那第四条呢？", asked).citations] == ["donghu-a#4"]
    assert cited(built_versions.ask("2022年版呢？", asked)) == {"donghu-b"}
    assert cited(built_versions.ask("正式稿呢？", asked)) == {"donghu-c"}


def test_a_number_is_that_of_the_version_in_force(built_versions: Pipeline) -> None:
    assert [c.ref for c in built_versions.ask("东湖学院第四条").citations] == ["donghu-c#4"]
    assert "donghu-b#3" not in {c.ref for c in built_versions.ask("第三条是什么？").citations}
    assert [c.ref for c in built_versions.ask("东湖学院旧版第三条").citations] == ["donghu-b#3"]
    both = [c.ref for c in built_versions.ask("东湖学院新旧办法的第三条").citations]
    assert both[0] == "donghu-c#3"
    assert "donghu-b#3" in both
    assert [c.ref for c in built_versions.ask("donghu-b#3").citations] == ["donghu-b#3"]


def test_texts_of_one_title_are_cited_apart(built_versions: Pipeline) -> None:
    new, old = (built_versions.ask(q).citations[0].cite for q in ("东湖学院第四条", "东湖学院旧版第三条"))
    assert new == "《东湖学院首席信息官管理办法》（2024年版）第四条"
    assert old == "《东湖学院首席信息官管理办法》（2022年版）第三条"


def test_notices_tell_of_the_others_and_where_they_differ(built_versions: Pipeline) -> None:
    notices = built_versions.ask("东湖学院首席信息官的任期是几年？").notices
    assert [n for n in notices if "另有" in n and "讨论稿" in n and "2022年印发" in n]
    assert [n for n in notices if "与2022年印发的第三条不同" in n and "5年" in n and "3年" in n]
    assert [n for n in notices if "与讨论稿的第三条不同" in n and "2年" in n]
    old = built_versions.ask("东湖学院旧版办法规定首席信息官任期几年？").notices
    assert [n for n in old if "不是现行文本" in n and "2024年印发" in n]
    english = built_versions.ask("Article 4 of Donghu").notices
    assert [n for n in english if "other versions" in n]


def test_nothing_is_said_of_a_provision_that_has_not_changed(built_versions: Pipeline) -> None:
    notices = built_versions.ask("东湖学院第五条").notices
    assert [n for n in notices if "另有" in n]
    assert not [n for n in notices if "不同" in n or "没有相应" in n]
    assert not built_versions.ask("西山中学首席信息官任期几年？").notices


def test_a_provision_that_the_older_text_lacks(built_versions: Pipeline) -> None:
    assert [n for n in built_versions.ask("东湖学院第二条").notices if "2022年印发中没有相应的条款" in n]
