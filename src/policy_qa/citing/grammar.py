"""The grammar of citations: how rules, questions and drafts write the number of a provision.

第七条之二第一款第（三）项, 第七、八条, 附件2第三条, 四、岗位管理 5., 2.1.1, Article 7 (2). Other modules that meet such
numbers take their patterns from here (`ordinal`, `PLACES`, `TITLE`); what a number leads to, `resolve` says.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from policy_qa.numerals import HAN_NUMERAL_CHARS, NUMERAL_CHARS

SPACE = r"[ \t\u3000\xa0]*+"
#: Longer ones name nothing (`parse_number`).
NUMBER = rf"[{NUMERAL_CHARS}](?:[{NUMERAL_CHARS} \t\u3000\xa0]{{0,60}}[{NUMERAL_CHARS}])?"
AND = r"(?:、|，|,|和|及|与|以及|或者?)"
TO = r"(?:至|到|[-—–～~－]{1,4})"
#: What an instrument may call itself; the last of them in a title says what it is.
INSTRUMENTS = (
    "实施细则|细则|办法|规定|制度|方案|章程|条例|规程|规则|守则|准则|规范|意见|通知|决定|解释|标准|计划|规划|预案|指南|"
    "批复|公告|法典|法|通则|纲要|要点|目录|答复|函"
)
#: A title in its marks; titles stand in titles. Bounded, so that a mark that is never closed costs no more.
TITLE = r"《(?P<title>[^《》\n]{0,120}(?:《[^《》\n]{0,80}》[^《》\n]{0,40}){0,4})》"
#: The levels at which provisions are numbered, outermost first; 部分 and 点 where a text has no 条.
LEVELS = ("附件", "编", "部分", "分编", "章", "节", "条", "点", "款", "项", "目", "行")
#: What stands below an article or a section.
INNER = ("款", "项", "目", "行")


def ordinal(units: str, number: str = NUMBER) -> str:
    """A pattern of 第N with one of these units (`条|款`), the number and the unit however they are spaced."""
    return rf"第{SPACE}[（(]?{SPACE}(?:{number}){SPACE}[)）]?{SPACE}(?:{units})"


class Register(Enum):
    """Whose words are read. What counts as a citation differs in nothing else."""

    QUESTION = auto()  # English too, 四、 and 2.1.1 wherever they stand, 附件 alone
    DRAFT = auto()  # 第二款 alone is of the article before it
    POLICY = auto()  # so is it of the article in which it stands; 前款, 本章, and whose number a number is


#: One number with its unit. Behind a unit must not stand what makes another word of it (第三节课, 第七条件).
STEP = re.compile(
    rf"第{SPACE}[（(]?{SPACE}(?P<n>{NUMBER}){SPACE}[)）]?"
    rf"(?P<more>(?:{SPACE}(?:{AND}|{TO}){SPACE}第?{SPACE}[（(]?{SPACE}{NUMBER}{SPACE}[)）]?){{0,30}}){SPACE}"
    r"(?P<unit>分编|编|章|节(?![课堂省约目])|条(?![件约])|款|大?项(?!目)|目(?![标前])|部分|[大小]?点|段|行(?![政为动业使])|个?附件)"
    rf"(?:(?<=条){SPACE}之{SPACE}(?P<sub>[{HAN_NUMERAL_CHARS}]{{1,3}}|[0-9０-９]{{1,2}}))?"
    rf"|(?:本[\u4e00-\u9fff]{{2,4}}的?|[见按如照依据])附{SPACE}(?P<all>[件表录])(?!{SPACE}[{NUMERAL_CHARS}、.．：:])"
    rf"|附{SPACE}(?P<app>[件表录]){SPACE}(?P<an>{NUMBER})(?P<am>(?:(?:、|和|及|至|-|—)(?:附{SPACE}[件表录])?{SPACE}{NUMBER}){{0,30}})"
    r"(?![个份页年月日\d])"
    rf"|(?:第{SPACE})?[（(]{SPACE}(?P<bn>{NUMBER}){SPACE}[)）](?:{SPACE}(?P<bu>项(?!目)|款|小?点|目(?![标前])))?"
    rf"|(?<=[至到—–～~－-])(?P<tn>{NUMBER}){SPACE}(?P<tu>条(?![件约])|款)|(?P<in>{NUMBER}){SPACE}项(?!目)"
    rf"|(?:(?<=本条)|(?<![以目之提此先当日年月超条]))(?<!条之.)前(?P<back>[一二两三四五六])?(?P<bw>款|条|项)(?![件约例文目物式费额])"
    r"|(?P<same>[该同本此]|上述|前述)(?P<su>条|款(?!项))(?![件约例])"
    r"|本(?P<here>编|章|节)(?![程节约省目]|第.{1,3}[章节])"
)
#: What may stand between a place and the one inside it: 附件2里的第三条, 前款规定的第一项, 附件1表格第2行.
JOIN = re.compile(rf"{SPACE}(?:里面|当中|规定|所列|[的里中内之])?{SPACE}的?{SPACE}")
#: A comma stands between a heading and what is in it: 「四、岗位管理，第5条」.
COMMA = re.compile(r"[，,：:][ \t]*+(?=第)")
JOIN_ROW = re.compile(rf"{SPACE}的?{SPACE}(?:表格?|名单|清单)?{SPACE}[里中的内上]{{0,3}}{SPACE}")
#: The later members of 第七、八条 and 第七至九条.
MORE = re.compile(rf"(?:(?P<to>{TO})|{AND}){SPACE}(?:第|附{SPACE}[件表录])?{SPACE}[（(]?{SPACE}(?P<n>{NUMBER})")
LINK = re.compile(rf"{SPACE}(?:(?P<to>{TO})|{AND}){SPACE}")
#: 第五条规定、第六条: one owner for both, two lists.
SAME_OWNER = re.compile(rf"(?:的?规定|所列(?:情形)?|之一)?(?:{SPACE}(?:{AND}|{TO}){SPACE})?")
#: What follows a 第二款 that names a provision; 「第二款产品」 does not.
AFTER_ALONE = re.compile(
    r"\s*+(?:[规第、和及或与至中除之，。；：,;:）)办执还也则均]|要求|明确|所[列称述指有]|情形|处|的(?:规定|情形|要求|内容)|$)"
)
#: How a document without 条 prints its sections: 四、岗位管理 5., 二、（二）, 五（三）.
PRINTED = re.compile(
    rf"{SPACE}(?P<n>[{HAN_NUMERAL_CHARS}]{{1,3}})(?:、(?P<title>[^，。；：、,;:（）()《》“”「」\n第？?]{{0,16}}?)[」”]?"
    rf"(?={SPACE}[（(]|{SPACE}\d{{1,3}}[.．]|[，。；：、,;:？?）)”」\n规里中的]|第|$)|(?={SPACE}[（(]))"
)
#: The point of a section behind it, where it is no 第2项: 5., （二）, and 5 alone at the end of a question.
POINT = re.compile(rf"{SPACE}(?P<n>\d{{1,3}})(?:[.．、](?!\d)|(?={SPACE}(?:[，。；：,;:）)”」?？呢是]|$)))")
#: Before 一、 in a question no Chinese character stands but those of a document's name: 研学方案五（四）.
OPENS = re.compile(
    rf"(?:^|[^\u4e00-\u9fff第{NUMERAL_CHARS}]|{INSTRUMENTS})(?=[{HAN_NUMERAL_CHARS}]{{1,3}}(?:、|{SPACE}[（(]))"
)
#: 2.1.1 right behind the name of a document.
DECIMAL = re.compile(rf"{SPACE}(?P<n>\d{{1,2}}(?:\.\d{{1,2}}){{1,4}})(?![\d.]|\s*+[%万亿元年月日度个])")
#: In a question, with one dot it may as well be a quantity: then something has to say what it is.
DECIMALS = re.compile(
    r"(?<![\d.a-z])(?:第\s*+)?(\d{1,2}(?:\.\d{1,2}){2,4})(?![\d.]|\s*+[%万亿元年月日度])"
    r"|第\s*+(\d{1,2}\.\d{1,2})\s*+(?:条|款|节|项|点|部分|章)"
    r"|(?<![\d.a-z])(\d{1,2}\.\d{1,2})(?:\s*+(?:小节|节|条|款|部分)|(?=\s*+(?:的(?:内容|规定|原文|全文|条文)|规定了?什么|写了?什么|说了?什么|讲了?什么|是什么)))"
    # Right behind what kind of text it is of: 「场馆办法4.2」, not 「办法2.0版」.
    rf"|(?:{INSTRUMENTS}|》)的?\s*+(?P<behind>\d{{1,2}}\.\d{{1,2}})"
    r"(?=[\s，,、的说讲写怎是和与？?。]|$)"
    r"|^\W*(\d{1,2}\.\d{1,2})\W*$"
)
ENGLISH = re.compile(
    r"\b(?P<word>article|art\.?|clause|chapter|section|part|item|paragraph|appendix|annex|attachment)\s*+(?:no\.?\s*+)?"
    r"(?P<n>\d{1,4}|[ivx]{1,5})\b(?!\.\d)(?:-(?P<sub>\d{1,2})\b)?"
    r"(?:\s*+[,(]?\s*+(?P<what>item|paragraph|point|\()\s*+(?P<inner>\d{1,3})\)?)?"
    r"|\b(?P<on>\d{1,3})(?:st|nd|rd|th)\s+(?P<ow>article|chapter|section|item)\b",
    re.IGNORECASE,
)
ENGLISH_UNITS = {"chapter": "章", "section": "部分", "part": "部分", "item": "项", "paragraph": "款"} | dict.fromkeys(
    ("appendix", "annex", "attachment"), "附件"
)
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
#: A question about the attachment, where no number is said.
BARE_APPENDIX = re.compile(
    r"(?:[\u4e00-\u9fff\s]{0,12}的)?[\s,，]*附\s*+件[里中的内上]*(?:是|有|写|说|了|讲|什么|哪些|内容|呢|啥|\s)*[?？。]?\s*+"
)
_PLACE = (
    rf"(?:{ordinal('分编|编|章|节|条|款|项|目|部分|点')}(?:(?<=条){SPACE}之{SPACE}[{NUMERAL_CHARS}]{{1,3}})?"
    rf"|附{SPACE}件{SPACE}[{NUMERAL_CHARS}]{{0,3}}|article\s*+\d+(?:\s*+\(\d+\))?|item\s*+\d+)"
)
#: Places one behind the other, as a frame around a quotation names them; without groups.
PLACES = rf"(?:{_PLACE}(?:\s*+(?:[、,，和及与至的]|以及|of\s++the)?\s*+{_PLACE}){{0,20}})"
