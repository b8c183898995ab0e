"""Three policies as schools write them: in 章 节 条 款 项 目, in 一、（一）1., and one inside its notice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial

from formats import Grid, Para, Policy


def _numbered(style: str) -> Callable[..., Para]:
    def make(label: str, text: str = "", **more: bool) -> Para:
        return Para(style=style, label=label, text=text, **more)

    return make


def _plain(style: str, text: str) -> Para:
    return Para(style=style, text=text)


chapter, section, article = _numbered("chapter"), _numbered("section"), _numbered("article")
comma, bracket, item, subitem = _numbered("comma"), _numbered("bracket"), _numbered("item"), _numbered("subitem")
title, text, caption = partial(_plain, "title"), partial(_plain, "text"), partial(_plain, "caption")
letterhead, number, addressee = partial(_plain, "letterhead"), partial(_plain, "number"), partial(_plain, "addressee")
signature, date, appendix = partial(_plain, "signature"), partial(_plain, "date"), partial(_plain, "appendix")

FORM = Grid(
    rows=(
        ("姓名", "", "性别", "", "照片"),
        ("所在部门", "", "职务", "", ""),
        ("申请事由", "", "", "", ""),
        ("部门意见", "负责人签字（盖章） 年 月 日", "", "", ""),
    ),
    merged=((0, 4, 2, 1), (2, 1, 1, 4), (3, 1, 1, 4)),
)

ARTICLES: Policy = (
    title("宁江职业技术学院数据资源管理办法（试行）"),
    number("宁职院发〔2024〕18号"),
    chapter("第一章 ", "总则"),
    article(
        "第一条 ",
        "为规范学校数据资源的采集、存储、共享和使用，保障数据安全，提升治理能力，根据《中华人民共和国数据安全法》"
        "《教育部等九部门关于加快推进教育数字化的意见》等法律法规和文件，结合学校实际，制定本办法。",
    ),
    article("第二条 ", "本办法所称数据资源，是指学校各单位在教学、科研、管理和服务过程中产生、获取的各类数据。"),
    text("涉及国家秘密的数据，依照国家有关保密规定管理，不适用本办法。"),
    article("第三条 ", "数据资源管理遵循下列原则："),
    item("（一）", "统筹规划，分级负责；"),
    item("（二）", "一数一源，共享为常态、不共享为例外；"),
    item("（三）", "谁主管谁负责，谁使用谁负责。"),
    chapter("第二章 ", "组织机构与职责"),
    article("第四条 ", "学校设首席信息官（CIO）1名，由分管信息化工作的副校长担任，任期3年，可以连任，连任不超过两届。"),
    text("首席信息官因工作变动不再分管信息化工作的，其职务自然免除；学校应当在30日内另行任命。"),
    text("首席信息官对校长负责，每学年向校长办公会报告一次工作。"),
    article("第五条 ", "首席信息官履行下列职责："),
    item("（一）", "组织编制学校数据资源规划和年度计划，并监督实施；"),
    item("（二）", "审定数据标准，包括："),
    subitem("1.", "数据元标准；"),
    subitem("2.", "代码标准；"),
    subitem("3.", "接口标准；"),
    item("（三）", "协调解决跨部门数据共享中的争议，争议不能解决的，提请网络安全和信息化领导小组决定；"),
    item("（四）", "学校规定的其他职责。"),
    article(
        "第六条 ",
        "信息中心是数据资源管理的职能部门，负责建设和运行数据中台，制定数据目录，受理数据使用申请，组织数据质量检查，"
        "开展数据安全监测、预警和应急处置，为各单位提供技术支持和培训。",
    ),
    article("第七条 ", "各单位应当明确1名数据管理员，按照下表规定的时限报送数据："),
    Grid(
        rows=(
            ("数据类别", "责任部门", "报送时限"),
            ("学生基本数据", "学生工作部", "每学期开学后10个工作日内"),
            ("教师基本数据", "人事处", "每月5日前"),
            ("资产数据", "国有资产管理处", "每季度末月25日前"),
        )
    ),
    chapter("第三章 ", "数据的采集与使用"),
    section("第一节 ", "采集"),
    article("第八条 ", "采集数据应当有明确、合理的目的，不得超出履行职责所必需的范围。"),
    article("第九条 ", "采集个人信息应当告知本人并取得同意，法律、行政法规另有规定的除外。"),
    text("采集人脸、指纹等生物识别信息的，应当进行个人信息保护影响评估，并提供不使用该类信息的替代方式。"),
    section("第二节 ", "使用"),
    article("第十条 ", "使用数据应当提出申请。申请按照下列程序办理："),
    item("（一）", "申请单位填写数据使用申请表（附件2），由单位负责人签字；"),
    item("（二）", "信息中心在5个工作日内提出审核意见；"),
    item("（三）", "使用敏感数据的，报首席信息官批准。"),
    text("审核不通过的，信息中心应当书面说明理由。"),
    article("第十一条 ", "有下列情形之一的，暂停数据使用权限："),
    item("（一）", "超出批准的范围、用途使用数据；"),
    item("（二）", "未经批准向第三方提供数据；"),
    item("（三）", "发生数据泄露未按规定报告。"),
    chapter("第四章 ", "监督与责任"),
    article("第十二条 ", "信息中心每学期对各单位数据质量进行一次检查，检查结果纳入部门年度考核，考核办法另行制定。"),
    article(
        "第十三条 ",
        "违反本办法第十条、第十一条规定，造成严重后果的，依规依纪追究有关人员责任；构成犯罪的，移送司法机关。",
    ),
    chapter("第五章 ", "附则"),
    article("第十四条 ", "本办法由信息中心负责解释。"),
    article("第十五条 ", "本办法自2024年6月1日起施行。2019年印发的《宁江职业技术学院信息数据管理暂行规定》同时废止。"),
    signature("宁江职业技术学院"),
    date("2024年5月20日"),
    appendix("附件1"),
    caption("数据资源管理工作组名单"),
    Grid(
        rows=(
            ("组别", "姓名", "单位及职务"),
            ("组长", "周文涛", "副校长、首席信息官"),
            ("成员", "李晓燕", "信息中心主任"),
            ("", "王建国", "教务处处长"),
        ),
        merged=((2, 0, 2, 1),),
    ),
    appendix("附件2"),
    caption("数据使用申请表"),
    FORM,
)

SECTIONS: Policy = (
    title("临川县中小学首席信息官工作实施方案"),
    text(
        "为深入实施国家教育数字化战略行动，提升全县中小学信息化领导力，根据《自治区教育厅办公室关于全面推行中小学校首席信息官制度的通知》"
        "精神，结合我县实际，制定本方案。"
    ),
    comma("一、", "总体目标"),
    text(
        "到2026年，全县中小学校全部设立首席信息官，首席信息官培训合格率达到100%，建成与教育发展水平相适应的信息化工作队伍。"
    ),
    comma("二、", "任职条件"),
    bracket("（一）", "热爱教育信息化工作，责任心强，有良好的职业道德和敬业精神。"),
    bracket("（二）", "具有中级以上专业技术职务，从事学校管理工作3年以上，熟悉教育信息化和网络安全方面的政策法规。"),
    bracket("（三）", "具备下列条件之一的，可以优先聘任："),
    subitem("1.", "主持过县级以上信息化课题；"),
    subitem("2.", "在县级以上信息化竞赛中获奖；"),
    subitem("3.", "取得自治区首席信息官培训合格证书。"),
    comma("三、", "岗位设置和聘任"),
    bracket(
        "（一）",
        "每校设首席信息官1名，由校长或者分管信息化工作的副校长担任。教学点由所属中心学校的首席信息官统筹负责。",
    ),
    bracket("（二）", "首席信息官由学校提名，报县教育体育局审核后聘任，每届任期3年，可以连任。"),
    comma("四、", "主要职责"),
    bracket("（一）", "规划与制度。"),
    text("组织编制学校信息化发展规划和年度计划，建立健全信息化管理制度，推动学校数据共享和业务协同。"),
    bracket("（二）", "应用与培训。"),
    text("推进信息技术与教育教学深度融合，组织教师参加数字素养培训，每名教师每学年不少于10学时。"),
    bracket("（三）", "安全保障。"),
    text("落实网络安全责任制，每学期组织一次网络安全检查和一次应急演练，发现重大隐患应当在24小时内报告。"),
    comma("五、", "考核评价"),
    bracket("（一）", "县教育体育局每年对首席信息官进行考核，考核结果分为优秀、合格、不合格三个等次。"),
    bracket("（二）", "考核不合格的，限期3个月整改；整改后仍不合格的，由学校另行提名。"),
    comma("六、", "保障措施"),
    bracket("（一）", "加强组织领导。各学校要成立由校长任组长的信息化工作领导小组。"),
    bracket("（二）", "落实经费保障。各学校每年安排不低于公用经费10%的资金用于信息化建设和运行维护。"),
    signature("临川县教育体育局"),
    date("2024年3月15日"),
)

NOTICE: Policy = (
    letterhead("青河市教育局文件"),
    number("青教发〔2023〕42号"),
    title("青河市教育局关于印发《青河市中小学校园网络管理细则》的通知"),
    addressee("各县（市、区）教育局，市直各学校："),
    text("现将《青河市中小学校园网络管理细则》印发给你们，请结合实际认真贯彻执行。"),
    text("附件：1.校园网络管理人员登记表"),
    text("2.校园网络安全检查要点"),
    signature("青河市教育局"),
    date("2023年9月28日"),
    title("青河市中小学校园网络管理细则"),
    chapter("第一章 ", "总则", restart=True),
    article("第一条 ", "为加强中小学校园网络管理，保障网络安全、畅通，制定本细则。"),
    article("第二条 ", "本细则适用于全市中小学校、幼儿园和中等职业学校。"),
    chapter("第二章 ", "管理职责"),
    article("第三条 ", "校长是校园网络安全第一责任人。学校首席信息官负责校园网络的规划、建设和日常管理，具体职责是："),
    item("（一）", "制定校园网络管理制度和应急预案；"),
    item("（二）", "审核校园网站、公众号发布的信息；"),
    item("（三）", "组织师生开展网络安全教育，每学期不少于2次。"),
    article(
        "第四条 ", "学校应当配备专职或者兼职网络管理员。学生人数在1000人以上的学校，应当配备专职网络管理员不少于2名。"
    ),
    text("网络管理员应当每日检查设备运行情况，并保存网络日志不少于6个月。"),
    chapter("第三章 ", "附则"),
    article("第五条 ", "本细则由青河市教育局负责解释。"),
    article("第六条 ", "本细则自2023年11月1日起施行，有效期5年。"),
    appendix("附件1"),
    caption("校园网络管理人员登记表"),
    Grid(
        rows=(
            ("学校", "首席信息官", "网络管理员", "联系电话"),
            ("青河市第一中学", "刘志强", "陈静", "0533-2100011"),
            ("青河市实验小学", "赵敏", "孙涛", "0533-2100022"),
        )
    ),
    appendix("附件2"),
    caption("校园网络安全检查要点"),
    comma("一、", "制度建设。是否建立网络安全责任制、信息发布审核制度和应急预案。", typed=True),
    comma("二、", "技术措施。是否安装防火墙，是否及时更新补丁，是否留存网络日志不少于6个月。", typed=True),
    comma("三、", "教育培训。是否按规定组织师生开展网络安全教育。", typed=True),
)

POLICIES: dict[str, Policy] = {"章节条款项目": ARTICLES, "一、（一）1.": SECTIONS, "通知、细则和附件": NOTICE}

_STYLES = (
    ("chapter", re.compile(r"第[一二三四五六七八九十]+章\s*")),
    ("article", re.compile(r"第[一二三四五六七八九十]+条\s*")),
    ("comma", re.compile(r"[一二三四五六七八九十]+、")),
    ("bracket", re.compile(r"[（(][一二三四五六七八九十]+[）)]\s*")),
    ("subitem", re.compile(r"\d{1,2}\.\s*")),
)
_RULE = re.compile(r"-{3,}|\|(?:\s*-+\s*\|)+|(?:\|\s*)+")


def from_text(lines: Iterable[str]) -> Policy:
    """A policy from the lines of a text file: Markdown's marks taken off, rows of pipes or tabs made into tables."""
    out: list[Para | Grid] = []
    rows: list[list[str]] = []
    for raw in [*lines, ""]:
        line = re.sub(r"^(?:#+|-) |</?p[^>]*>", "", raw.strip(" \n")).strip(" ")
        cells = line.strip("|").split("|" if line.startswith("|") else "\t")
        if _RULE.fullmatch(line) or not line.strip():
            continue
        if len(cells) > 1:
            rows.append([" ".join(cell.split()) for cell in cells])
            continue
        if rows:
            out.append(_grid(rows))
            rows = []
        style = next((s for s, pattern in _STYLES if pattern.match(line)), "text")
        label = next((m.group() for _, pattern in _STYLES if (m := pattern.match(line))), "")
        out.append(Para(style="title" if not out else style, label=label, text=line[len(label) :], typed=True))
    return (*out, _grid(rows)) if rows else tuple(out)


def _grid(rows: list[list[str]]) -> Grid:
    width = max(map(len, rows))
    return Grid(rows=tuple(tuple(row + [""] * (width - len(row))) for row in rows))
