"""The text in force: amended, repealed and expired policies, in the files' editions, look-up, answers and checks."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from amended import GONE, ROWS, SCHOOL, STATES, TEXTS, Row, decision

from policy_qa.check import Checker
from policy_qa.check.findings import Severity
from policy_qa.citing.find import places_in
from policy_qa.citing.resolve import resolve
from policy_qa.cli.main import main
from policy_qa.datamodels import Segmentation
from policy_qa.facts.catalogue import tell_apart
from policy_qa.facts.dates import as_of
from policy_qa.facts.editions import Editions, editions_of
from policy_qa.facts.register import Register
from policy_qa.pipeline import Pipeline, build_index, open_pipeline
from policy_qa.settings import Settings
from policy_qa.words import Segmenter
from samples import assert_lossless, cut, document

DAY = datetime.date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with as_of(DAY):
        yield


@cache
def corpus() -> dict[str, Segmentation]:
    files = [cut(text, doc_id) for doc_id, text in TEXTS.items()]
    return tell_apart({s.document.doc_id: s for s in (*files, *editions_of(files))})


def current(doc_id: str) -> Segmentation:
    return corpus()[Editions(corpus()).current(doc_id)]


def words_at(row: Row) -> str:
    segmentation = current(row.doc_id)
    (number,) = places_in(row.place)
    (found,) = resolve(segmentation, number)
    return segmentation.text_of(found)


def ident(row: Row) -> str:
    return f"{row.doc_id}-{row.place}"


def test_there_are_enough_cases() -> None:
    assert len(ROWS) + len(STATES) + len(GONE) >= 60


@pytest.mark.parametrize("row", ROWS, ids=ident)
def test_the_place_says_what_is_in_force(row: Row) -> None:
    words = words_at(row)
    assert row.now in words
    assert not row.was or row.was not in words


@pytest.mark.parametrize(("doc_id", "place", "words"), GONE)
def test_what_is_deleted_is_gone(doc_id: str, place: str, words: str) -> None:
    segmentation = current(doc_id)
    (number,) = places_in(place)
    assert resolve(segmentation, number) == []
    assert words not in segmentation.document.text
    editions = Editions(corpus())
    (old,) = resolve(corpus()[doc_id], number)
    assert editions.now(old) is None


@pytest.mark.parametrize("doc_id", [s for s in TEXTS if current(s).document.edition_of])
def test_an_edition_is_made_of_stretches_of_the_files(doc_id: str) -> None:
    segmentation = current(doc_id)
    text = segmentation.document.text
    assert_lossless(segmentation)
    assert not [n for n in segmentation.document.notes if "没有并入" in n]
    made = 0
    for one in segmentation.document.stretches:
        size = one.end - one.start
        assert text[one.at : one.at + size] == TEXTS[one.doc_id][one.start : one.end]
        made += size
    # What no file says is a number of its own, or the end of a line.
    assert len(text) - made <= 40


@pytest.mark.parametrize(("doc_id", "state", "why"), [(d, *s) for d, s in STATES.items()])
def test_where_a_text_stands(doc_id: str, state: str, why: str) -> None:
    register = Register(corpus().values())
    found = register.standing(register.of(doc_id))
    assert found.state.value == state
    assert why in found.why


def test_the_day_decides() -> None:
    editions = Editions(corpus())
    for day, doc_id in (
        ((2023, 2, 28), "tushu"),
        ((2023, 3, 1), "tushu@2023-03-01"),
        ((2026, 8, 31), "tushu@2023-03-01"),
        ((2026, 9, 1), "tushu@2026-09-01"),
    ):
        with as_of(datetime.date(*day)):
            assert editions.current("tushu") == doc_id
    with as_of(datetime.date(2026, 9, 1)):
        register = Register(corpus().values())
        assert register.standing(register.of("shixi")).state.value == "试行期已满"
        assert register.standing(register.of("chuangye")).state.value == "现行有效"


@pytest.mark.parametrize("row", [r for r in ROWS if r.was and "\n" not in words_at(r)], ids=ident)
def test_a_draft_is_held_against_what_is_in_force(row: Row, checker: Checker) -> None:
    title = current(row.doc_id).document.title
    right = document(f"根据《{title}》{row.place}：“{words_at(row).split(maxsplit=1)[-1]}”\n", "draft")
    assert not [f for f in checker.check(right).findings if f.severity is Severity.ERROR]


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(corpus(), Segmenter())


@pytest.mark.parametrize(
    ("draft", "right"),
    [
        (f"根据《{SCHOOL}图书馆借阅管理办法》第三条，借期为30日，可以续借1次。", False),
        (f"根据《{SCHOOL}图书馆借阅管理办法》第三条，借期为60日，可以续借2次。", True),
        (f"《{SCHOOL}采购管理办法》第五条规定：“采购合同应当在中标后30日内签订。”", False),
        (f"《{SCHOOL}采购管理办法》第五条规定采购档案保存10年。", False),
        (f"《{SCHOOL}采购管理办法》第六条规定采购档案保存15年。", True),
        (f"《{SCHOOL}图书馆借阅管理办法》第四条规定图书逾期不还的，每册每日收取0.1元逾期费。", False),
        (f"《{SCHOOL}学生奖学金评定办法》第三条规定一等奖学金每人每年5000元。", False),
        (f"《{SCHOOL}学生奖学金评定办法》第三条规定一等奖学金每人每年6000元。", True),
        (f"《{SCHOOL}印章使用管理办法》第四条规定：“严禁在空白纸张上用印。”", False),
        (f"《{SCHOOL}公务用车管理规定》第六条规定：“新能源汽车优先安排市内公务。”", True),
    ],
)
def test_drafts(draft: str, right: bool, checker: Checker) -> None:
    assert (not checker.check(document(draft + "\n", "draft")).errors) == right


@pytest.mark.parametrize(
    ("title", "place"),
    [("公文传阅暂行规定", "第二条"), ("在线课程建设办法（试行）", "第二条"), ("高层次人才引进办法", "第二条")],
)
def test_a_citation_of_what_is_not_in_force_says_so(title: str, place: str, checker: Checker) -> None:
    draft = document(f"根据《{SCHOOL}{title}》{place}办理。\n", "draft")
    assert "superseded" in {f.kind.value for f in checker.check(draft).findings}


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    home = tmp_path_factory.mktemp("amended")
    (home / "corpus").mkdir()
    for doc_id, text in TEXTS.items():
        (home / "corpus" / f"{doc_id}.txt").write_text(text, "utf-8")
    settings = Settings(home=home / "home", corpus=home / "corpus")
    build_index(settings)
    return open_pipeline(settings)


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=ident)
def test_look_up(row: Row, pipeline: Pipeline) -> None:
    title = current(row.doc_id).document.title
    answer = pipeline.ask(f"《{title}》{row.place}")
    assert row.now in answer.answer
    assert not row.was or row.was not in answer.answer
    assert_quoted(answer, pipeline)


@pytest.mark.slow
@pytest.mark.parametrize("row", [r for r in ROWS if r.question], ids=ident)
def test_ask(row: Row, pipeline: Pipeline) -> None:
    answer = pipeline.ask(row.question, doc_ids=[row.doc_id])
    assert not answer.refused
    assert row.now in answer.answer or row.now in " ".join(c.quote for c in answer.citations)
    assert not row.was or row.was not in answer.answer
    assert_quoted(answer, pipeline)


def assert_quoted(answer: object, pipeline: Pipeline) -> None:
    """Every citation is cut from the files, in one piece or by its parts; no ref of an edition leaves the pipeline."""
    from policy_qa.datamodels import Answer

    assert isinstance(answer, Answer)
    texts = {d.doc_id: d.text for d in pipeline.documents}
    for c in answer.citations:
        assert "@" not in c.ref
        if c.effective:
            rest = c.quote
            for part in c.effective.parts:
                words = texts[part.ref.partition("#")[0]][part.start : part.end]
                before, found, rest = rest.partition(words)
                assert found
                # What no file prints are marks of numbers that moved, and the ends of lines.
                assert not before.strip("第条项（）()、. \n")
            assert not rest.strip()
            assert c.effective.on == DAY.isoformat()
            assert c.effective.by
        else:
            assert texts[c.ref.partition("#")[0]][c.start : c.end] == c.quote
    assert not [r.ref for r in answer.retrieved if "@" in r.ref]


@pytest.mark.slow
@pytest.mark.parametrize("title", ["公文传阅暂行规定", "在线课程建设办法（试行）", "高层次人才引进办法"])
def test_an_answer_from_what_is_not_in_force_says_so(title: str, pipeline: Pipeline) -> None:
    answer = pipeline.ask(f"《{SCHOOL}{title}》第二条")
    assert answer.answer.startswith("注意：")
    assert "废止" in answer.answer or "届满" in answer.answer


@pytest.mark.slow
def test_by_day(pipeline: Pipeline) -> None:
    question = f"《{SCHOOL}图书馆借阅管理办法》第三条"
    assert "30日" in pipeline.ask(question, on=datetime.date(2022, 1, 1)).answer
    assert "60日" in pipeline.ask(question, on=datetime.date(2024, 1, 1)).answer
    (hit, *_) = pipeline.search("图书借期多少天", on=datetime.date(2022, 1, 1))
    assert hit.ref == "tushu#3"


@pytest.mark.slow
def test_the_command_line_goes_by_the_day(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("POLICY_QA_HOME", str(pipeline.settings.home))
    draft = tmp_path / "draft.txt"
    draft.write_text(f"根据《{SCHOOL}图书馆借阅管理办法》第三条，借期为30日，可以续借1次。\n", "utf-8")

    def said(*arguments: str, code: int = 0) -> str:
        capsys.readouterr()
        assert main(list(arguments)) == code
        return capsys.readouterr().out

    assert "60日" in said("show", "tushu#3", "--on", "2024-06-01")
    assert "30日" in said("show", "tushu#3", "--on", "2022-06-01")
    shown = json.loads(said("show", "tushu#3", "--on", "2024-06-01", "--json"))
    assert shown["ref"] == "tushu#3"
    assert shown["effective"]["by"] == ["tushu-2023#2"]
    assert "已由" in said("show", "tushu#4", "--on", "2024-06-01")
    assert "30日" in said("check", str(draft), "--on", "2024-06-01", code=1)
    assert said("check", str(draft), "--on", "2022-06-01") == ""
    assert "[-30日-]" in said("diff", "tushu", "tushu@2023-03-01", "--on", "2022-06-01", code=1)
    said("diff", "tushu", "tushu@2023-03-01", "--on", "2024-06-01")  # the file, as it reads on that day


@pytest.mark.slow
def test_list(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("POLICY_QA_HOME", str(pipeline.settings.home))
    capsys.readouterr()
    assert main(["list", "--json", "--subject", "借阅"]) == 0
    (record, *others) = [json.loads(line) for line in capsys.readouterr().out.splitlines()][::-1]
    assert len(others) == 2
    assert record["doc_id"] == "tushu"
    assert record["number"]["value"] == "清院发〔2021〕11号"
    for name in ("title", "issuer", "number", "issued", "effective"):
        assert record[name]["value"] or name
        assert TEXTS["tushu"][record[name]["start"] : record[name]["end"]].strip()
    assert [link["by"] for link in record["amended_by"]] == ["tushu-2023", "tushu-2026"]
    assert main(["list", "--subject", "没有这样的文件"]) == 1
    with pytest.raises(SystemExit):
        main(["list", "--on", "昨天"])
    assert "expected a day like 2024-06-01" in capsys.readouterr().err


def test_a_file_that_is_the_amended_text_already_is_not_amended_again() -> None:
    now = current("yinzhang").document.text
    files = [cut(now, "yinzhang"), cut(TEXTS["yinzhang-2019"], "yinzhang-2019")]
    assert editions_of(files) == ()


def test_what_moves_is_moved_by_the_decision() -> None:
    body = "一、删去第二条。\n二、对条文顺序作相应调整。"
    told = decision("图书馆借阅管理办法", "清院发〔2021〕11号", "2023年2月10日", body)
    (edition,) = editions_of([cut(TEXTS["tushu"], "tushu"), cut(told, "told")])
    assert "第二条 借期为30日" in edition.document.text
    assert {a.by.partition("#")[0] for a in edition.document.amended} == {"told"}


def test_a_point_is_deleted() -> None:
    plan = f"{SCHOOL}报名方案\n清院发〔2022〕3号\n\n"
    plan += "一、对象\n（一）甲类。\n（二）乙类。\n二、时间\n（一）六月。\n（二）提前一周。\n"
    told = decision("报名方案", "清院发〔2022〕3号", "2023年2月10日", "删去“二、时间”第（二）项。")
    (edition,) = editions_of([cut(plan, "plan"), cut(told, "told")])
    assert "提前一周" not in edition.document.text
    assert "乙类" in edition.document.text


def test_a_term_that_was_extended() -> None:
    trial = f"{SCHOOL}直播课管理办法（试行）\n清院发〔2023〕6号\n\n"
    trial += "第一条 甲。\n第二条 本办法自2023年5月1日起试行，试行期两年。\n"
    notice = (
        f"{SCHOOL}关于延长《{SCHOOL}直播课管理办法（试行）》试行期的通知\n清院发〔2025〕4号\n\n"
        f"《{SCHOOL}直播课管理办法（试行）》（清院发〔2023〕6号）试行期延长两年。\n\n{SCHOOL}\n2025年4月2日\n"
    )
    register = Register([cut(trial, "trial"), cut(notice, "notice")])
    days = [datetime.date(2025, 4, 1), datetime.date(2026, 6, 1), datetime.date(2027, 6, 1)]
    untils = [register.standing_of("trial", day=day) for day in days]
    assert [(s.state.value, s.until) for s in untils] == [
        ("现行有效", "2025-04-30"),
        ("现行有效", "2027-04-30"),
        ("试行期已满", "2027-04-30"),
    ]


@pytest.mark.parametrize(
    ("draft", "kinds"),
    [
        (f"根据《{SCHOOL}公文传阅暂行规定》，传阅件每人留存不得超过3天。", {"superseded"}),
        (f"《{SCHOOL}公文传阅暂行规定》已于2024年废止。", set()),
        (f"《{SCHOOL}印章使用管理办法》规定，每日借期为30日。", set()),
        (f"《{SCHOOL}图书馆借阅管理办法》规定，借期为60日，可以续借2次。", {"ok"}),
        (f"《{SCHOOL}图书馆借阅管理办法》规定，借期为30日，可以续借2次。", {"differs"}),
    ],
)
def test_a_document_without_a_number(draft: str, kinds: set[str], checker: Checker) -> None:
    found = {f.kind.value for f in checker.check(document(draft + "\n", "draft")).findings}
    assert kinds <= found if kinds else not found & {"superseded", "differs", "misplaced"}


def test_a_title_means_what_it_means_on_the_day(checker: Checker) -> None:
    draft = document(f"根据《{SCHOOL}图书馆借阅管理办法》第五条，遗失图书的，按原价3倍赔偿。\n", "draft")
    kinds = []
    for day in (DAY, datetime.date(2026, 10, 1)):
        with as_of(day):
            kinds.append({f.kind.value for f in checker.check(draft).findings if f.what.value == "statement"})
    assert kinds == [{"differs"}, {"ok"}]


def test_what_cannot_be_carried_out_is_said() -> None:
    body = "将第二条中的“没有这些字”修改为“另外的字”。\n取消第三条关于续借的规定。\n第五条中的“2倍”修改为“3倍”。"
    told = decision("图书馆借阅管理办法", "清院发〔2021〕11号", "2023年2月10日", body)
    (edition,) = editions_of([cut(TEXTS["tushu"], "tushu"), cut(told, "told")])
    assert "按原价3倍赔偿" in edition.document.text
    assert len([n for n in edition.document.notes if "没有并入" in n]) == 2
    texts = {"tushu": cut(TEXTS["tushu"], "tushu"), "told": cut(told, "told"), edition.document.doc_id: edition}
    editions = Editions(texts)
    assert editions.unmerged(f"{edition.document.doc_id}#2")
    assert editions.unmerged(f"{edition.document.doc_id}#3")
    assert not editions.unmerged(f"{edition.document.doc_id}#5")
