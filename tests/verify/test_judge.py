"""What a sentence may do to the words of a provision, and what it may not."""

from __future__ import annotations

import random

import pytest

from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.verify import Checked, Judge, Verdict, sentences_of
from samples import at, cut

TERM = "yichun-cio#7"


@pytest.fixture(scope="module")
def provisions(policies: list[Segmentation]) -> dict[str, Provision]:
    return {p.ref: p for s in policies for p in s.provisions}


@pytest.mark.parametrize(
    ("ref", "sentence"),
    [
        (TERM, "任期3年。"),
        (TERM, "可连聘连任"),
        (TERM, "「任期3年，可连聘连任」[1]"),
        (TERM, "CIO任期三年，可以连聘连任，连任不超过两届。"),
        (TERM, "首席信息官任期为36个月。"),
        (TERM, "宜春学院首席信息官（CIO）任期3年。"),
        (TERM, "宜春学院：任期3年。"),
        (TERM, "根据《宜春学院首席信息官（CIO）制度（讨论稿）》第七条第（二）项规定，任期3年。"),
        (TERM, "第7条第2项：任期3年。"),
        (TERM, "任期3年（第七条第二项）。"),
        (TERM, "根据宜春学院首席信息官制度第七条，CIO任期3年。"),
        (TERM, "宜春学院首席信息官（CIO）制度规定，任期3年。"),
        ("yichun-cio#3", "CIO统筹协调全校信息化规划、建设、管理与应用工作。"),
        ("yichun-cio#19", "宜春学院设立信息化专项经费，纳入年度预算。"),
        (TERM, "由学校校长提名推荐。"),
        (TERM, "Article 7 states: 「任期3年」[1]."),
        ("yichun-cio#7.2", "CIO任期3年。"),
        ("yichun-cio#5", "CIO应具备一定的信息化专业素养，了解信息技术发展趋势。"),
        ("yichun-cio#6", "CIO一般由学校分管信息化工作的副校长、校长助理担任。"),
        ("yichun-cio#6", "首席信息官一般由学校分管信息化工作的副校长担任。"),
        ("yichun-cio#17", "会议由CIO召集。"),
        ("it-leading-group#3", "校长担任领导小组组长。"),
        ("it-leading-group#3", "学校信息化工作领导小组组长由校长担任。"),
        ("it-leading-group#3", "成员由宣传部、教务处、人事处等部门主要负责人组成。"),
        ("it-leading-group#12", "参会人数超过应到会成员的2/3即可开会。"),
        ("it-leading-group#7", "领导小组负责论证学校年度重大信息化项目建设方案和经费预算。"),
        ("helan-cio#4.5", "首席信息官每届任期一般不少于三年，可连任。"),
        ("helan-cio#4.5", "首席信息官由学校提名，由教育体育局发文聘任。"),
        ("helan-cio#4.4", "首席信息官原则上由学校法定代表人担任。"),
        ("helan-cio#preamble", "2024-03-26"),
    ],
)
def test_it_stands(judge: Judge, provisions: dict[str, Provision], ref: str, sentence: str) -> None:
    assert judge.judge(sentence, [provisions[ref]]).stands, judge.judge(sentence, [provisions[ref]])


@pytest.mark.parametrize(
    ("ref", "sentence", "kind"),
    [
        (TERM, "任期5年。", "duration"),
        (TERM, "任期2年，可连聘连任，连任不超过3届。", "duration"),
        (TERM, "任期3年，可连聘连任，连任超过2届。", "bound"),
        (TERM, "任期3年，可连聘连任，连任不少于2届。", "bound"),
        (TERM, "任期3年，不可连聘连任。", "negation"),
        (TERM, "任期3年，应当连聘连任。", "modality"),
        (TERM, "由学校副校长提名推荐。", "name"),
        (TERM, "第八条规定，任期3年。", "provision"),
        (TERM, "第七条第一项规定，任期3年。", "provision"),
        (TERM, "《信息化工作领导小组工作办法》第七条规定，任期3年。", "document"),
        (TERM, "贺兰县：任期3年。", "institution"),
        (TERM, "根据信息化工作领导小组工作办法，任期3年。", "document"),
        (TERM, "正式聘任并公布。", "condition"),
        ("helan-cio#4.4", "首席信息官由学校法定代表人担任。", "condition"),
        ("jiaozuo-cio#1", "首席信息官（CIO）由学校主要负责人担任。", "condition"),
        ("helan-cio#4.5", "每届任期不少于3年。", "condition"),
        ("yichun-cio#17", "网络安全与信息化委员会应定期召开会议，原则上每学年至少召开1次。", "frequency"),
    ],
)
def test_it_differs_and_says_in_what(
    judge: Judge, provisions: dict[str, Provision], ref: str, sentence: str, kind: str
) -> None:
    checked = judge.judge(sentence, [provisions[ref]])
    assert checked.verdict is Verdict.DIFFERS, checked
    assert kind in {d.kind for d in checked.differences}, checked.differences
    assert checked.basis is not None
    assert checked.why.endswith("。")


@pytest.mark.parametrize(
    ("ref", "sentence"),
    [
        ("yichun-cio#6", "首席信息官由校长担任。"),  # kotaemon: 35 % of the words are there
        ("yichun-cio#6", "首席信息官由"),
        (TERM, "校长任期3年。"),
        (TERM, "校长办公会任期3年。"),
        (TERM, "宜春学院任期3年。"),
        (TERM, "任期3年，每年津贴5000元。"),
        (TERM, "CIO只能任期3年。"),
        (TERM, "The CIO serves for 3 years."),
        (TERM, "Article 7 says that the CIO, who is paid extra, has 「任期3年」."),
        (TERM, "第七条和第八条规定，任期3年。"),
        ("it-leading-group#3", "领导小组组长由校长或副校长担任。"),
        (TERM, "因为校长不得兼任，所以「任期3年」。"),
        ("it-leading-group#3", "副组长由校长担任，领导小组组长由主管信息化工作的校领导担任。"),
        ("it-leading-group#3", "成员由宣传部、财务处、人事处等部门主要负责人组成。"),
        ("it-leading-group#3", "领导小组组长由校长、副校长担任。"),
        ("helan-cio#4.5", "首席信息官由教育体育局提名，由学校发文聘任。"),
        ("it-leading-group#10", "宣传部负责校园网信息安全防护。"),
        ("it-leading-group#10", "计财处：负责全校网站信息管理和网站安全管理。"),
    ],
)
def test_it_does_not_stand(judge: Judge, provisions: dict[str, Provision], ref: str, sentence: str) -> None:
    assert not judge.judge(sentence, [provisions[ref]]).stands


def sentences(judge: Judge, text: str, article: Provision) -> list[Checked]:
    """Each sentence of a text against an article."""
    return [judge.judge(text[a:b], [article]) for a, b in sentences_of(text)]


def one(article: str, sentence: str) -> Checked:
    """A sentence against the first article of a policy made of it."""
    segmentation = cut(f"信息化管理办法\n第一条 {article}\n第二条 本办法自发布之日起施行。")
    return Judge([segmentation]).judge(sentence, [at(segmentation, "1")])


@pytest.mark.parametrize(
    ("article", "true", "false"),
    [
        ("副校长由校长任命。", "由校长任命副校长。", "由副校长任命校长。"),
        ("教务处应当向校长办公会报告。", "教务处须向校长办公会报告。", "校长办公会应当向教务处报告。"),
        (
            "首席信息官（CIO）不得兼任教务处处长。",
            "CIO不得兼任教务处处长。",
            "首席信息官可以兼任教务处处长。",
        ),
        ("不合格的，取消任命。", "不合格的，取消任命。", "取消任命。"),
        ("经党委会批准，可以延长任期。", "经党委会批准，可延长任期。", "可以延长任期。"),
        ("除校长外，任何人不得查阅档案。", "除校长外，任何人不得查阅档案。", "任何人不得查阅档案。"),
        ("任何人不得查阅档案，但校长除外。", "任何人不得查阅档案，但校长除外。", "任何人不得查阅档案。"),
        ("任何人不得查阅档案；但校长除外。", "任何人不得查阅档案；但校长除外。", "任何人不得查阅档案；"),
        ("可以责令停业，降低等级。", "可以责令停业，降低等级。", "降低等级。"),
        ("设备使用满六年，存在隐患的，应当报废。", "设备使用满6年，存在隐患的，应当报废。", "存在隐患的，应当报废。"),
        ("校长提出名单，党委会批准名单，负责公布。", "校长提出名单。", "校长提出名单，负责公布。"),
        (
            "教务处负责排课，人事处负责考核，并公布结果。",
            "人事处负责考核，并公布结果。",
            "教务处负责排课，并公布结果。",
        ),
        ("无正当理由不得缺席。", "无正当理由不得缺席。", "有正当理由不得缺席。"),
        ("工作人员不得不公开信息。", "工作人员不得不公开信息。", "工作人员不得公开信息。"),
        ("经费不少于10万元，不超过50万元。", "经费不少于100000元，不超过50万元。", "经费不少于50万元，不超过10万元。"),
        ("专家组由校内外专家5至7人组成。", "专家组由校内外专家5-7人组成。", "专家组由校内外专家5-9人组成。"),
        ("领导小组由校长和书记牵头。", "领导小组由校长、书记牵头。", "领导小组由校长或书记牵头。"),
        ("职工（含临时工）享受补贴。", "职工（含临时工）享受补贴。", "职工享受补贴。"),
        ("中心主任（正处级）由校长任命。", "中心主任（正处级）由校长任命。", "中心主任由校长任命。"),
        ("政府督查机构应当移送监察机关，由监察机关处理。", "由监察机关处理。", "政府由监察机关处理。"),
        ("保护学生生命安全，维护校园秩序。", "保护学生生命安全。", "保护学生维护校园秩序。"),
        ("帮助困难学生完成学业，可以发放补助。", "帮助困难学生完成学业。", "困难学生可以发放补助。"),
        (
            "职工宿舍由后勤处管理，教师公寓的维修，由基建处负责。",
            "职工宿舍由后勤处管理。",
            "职工宿舍由后勤处管理，由基建处负责。",
        ),
        ("由甲中心、乙中心、丙中心等单位组成。", "由甲中心、丙中心等单位组成。", "由甲中心、丁中心等单位组成。"),
    ],
)
def test_roles_conditions_and_scope(article: str, true: str, false: str) -> None:
    assert one(article, true).stands, one(article, true)
    assert not one(article, false).stands, one(article, false)


def test_an_item_needs_the_force_of_its_lead() -> None:
    segmentation = cut(
        "管理办法\n第一条 管理员不得有下列行为：\n（一）泄露数据；\n（二）转借账号。\n第二条 自发布之日起施行。"
    )
    judge, article = Judge([segmentation]), at(segmentation, "1")
    assert judge.judge("管理员不得有下列行为：泄露数据。", [article]).stands
    assert not judge.judge("管理员泄露数据。", [article]).stands
    assert not judge.judge("管理员可以泄露数据。", [article]).stands


def test_any_sentence_has_a_verdict(judge: Judge, policies: list[Segmentation]) -> None:
    rng = random.Random(3)  # noqa: S311
    letters = "任期3年不可连聘，。；（）《》「」[1]第七条 CIO是的、的由校长\n"
    article = next(a for a in policies[-1].articles if a.ref == TERM)
    for _ in range(300):
        text = "".join(rng.choices(letters, k=rng.randrange(30)))
        for checked in sentences(judge, text, article):
            assert checked.stands == (checked.why == "")
            assert checked.basis is not None or not checked.stands


def test_two_documents_in_one_sentence(judge: Judge, provisions: dict[str, Provision]) -> None:
    both = [provisions["helan-cio#4.5"], provisions[TERM]]
    assert judge.judge("宜春学院CIO任期3年，贺兰县首席信息官每届任期一般不少于3年。", both).stands
    assert not judge.judge("宜春学院CIO任期3年，贺兰县首席信息官每届任期一般不少于5年。", both).stands
    assert not judge.judge("贺兰县首席信息官任期3年，宜春学院CIO每届任期一般不少于3年。", both).stands


def test_only_the_cited_provisions_count(judge: Judge, provisions: dict[str, Provision]) -> None:
    assert judge.judge("任期3年。", [provisions["yichun-cio#7.2"]]).stands
    assert not judge.judge("任期3年。", [provisions["yichun-cio#7.1"]]).stands
    assert not judge.judge("任期3年。", [provisions["yichun-cio#8"]]).stands
    assert not judge.judge("任期3年。", []).stands


def test_whole_articles_are_verbatim(judge: Judge, policies: list[Segmentation]) -> None:
    """What the extractive answer quotes: every sentence of every article of the four policies."""
    fallen = []
    for segmentation in policies:
        for article in segmentation.articles:
            every = sentences(judge, segmentation.text_of(article), article)
            form = article.kind in (
                Kind.APPENDIX,
                Kind.PREAMBLE,
                Kind.CLOSING,
            )  # with rules and cells between the words
            kept = (Verdict.VERBATIM, Verdict.SUPPORTED) if form else (Verdict.VERBATIM,)
            fallen += [(article.ref, c.verdict.value, c.text) for c in every if c.verdict not in kept]
    assert fallen == []
