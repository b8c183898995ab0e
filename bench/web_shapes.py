"""Pages as the content systems of schools and ministries write them, around a given regulation.

Each shape is a function from a `Regulation` to markup. The markup follows what the systems are known by: 博达's
`vsb_content`, 苏迪's `wp_articlecontent`, TRS's `TRS_Editor`, gov.cn's `UCAP-CONTENT`, WordPress's `entry-content`,
ASP pages of nested tables, Word's `MsoNormal`, WeChat's nested sections. Around the text stands what stands there:
menus, side lists, metadata, buttons, teasers, comments, imprints.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Regulation:
    """A title and the lines below it; `form` are rows of a form that belongs to it, below its last line."""

    title: str
    lines: tuple[str, ...]
    form: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How a page is made: its markup, its encoding, whether the regulation brings a form."""

    markup: Callable[[Regulation], str]
    encoding: str = "utf-8"
    form: bool = False


#: What a page may hold or leave out: the names of files to download aside, and what an index says of the regulation.
NEUTRAL = (
    "附件【信息公开申请表.docx】已下载32次",
    "附件：信息公开申请表.docx",
    "附件1.信息公开申请表.docx",
    "附件2.登记簿样式.xlsx",
    "索引号：360A02-06-2024-0017-1信息类别：规章制度发布机构：江州市教育局生成日期：2024-09-05主题词：教育管理办法有效性：有效",
    "发文机关：江州市人民政府来源：江州市人民政府网站主题分类：科技、教育\\教育公文种类：办法",
    "发布日期2024-09-05",
    "公开方式主动公开",
)
FORM = (
    ("信息公开申请表",),
    ("申请人姓名", "", "联系电话", ""),
    ("工作单位", "", "证件号码", ""),
    ("申请事项", "□查阅　□复制　□更正", "申请日期", "年　月　日"),
    ("所在部门意见", "负责人签字：", "分管领导意见", "签字（盖章）："),
)
_NAMES = ("学校首页", "学校概况", "机构设置", "教育教学", "科学研究", "招生就业", "信息公开", "校园文化")
_NEWS = (
    "我校召开新学期工作部署会",
    "关于做好中秋国庆假期值班工作的通知",
    "学校举行校园网络安全应急演练",
    "省教育厅专家组来校调研实验室建设",
    "关于公布年度优秀教师名单的公告",
    "第十二届校园读书节圆满落幕",
    "关于开展资产清查工作的通知",
    "信息中心关于暑期机房停电检修的公告",
)
_TEASERS = (
    ("我校召开新学期工作部署会", "9月2日下午，我校在大礼堂召开新学期工作部署会，全体中层干部参加会议，校长作了讲话。"),
    ("校园网络安全应急演练举行", "为检验应急预案，提高处置能力，信息中心组织了为期两天的演练，共有三十余人参加。"),
)


def _text(line: str) -> str:
    return html.escape(line, quote=False)


def _menu(names: Sequence[str] = _NAMES, tag: str = "li") -> str:
    return "".join(f'<{tag}><a href="/c{n}/list.htm">{name}</a></{tag}>' for n, name in enumerate(names))


def _news(dates: bool = True) -> str:
    date = '<span class="date">2024-09-{:02}</span>' if dates else ""
    return "".join(
        f'<li><a href="/info/1035/{8800 + n}.htm" title="{title}">{title}</a>{date.format(n + 1)}</li>'
        for n, title in enumerate(_NEWS)
    )


def _page(inside: str, title: str, charset: str = "utf-8", head: str = "") -> str:
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">'
        f"<title>{_text(title)}</title>{head}<script>var _hmt=_hmt||[];</script></head><body>{inside}</body></html>"
    )


def _paragraphs(lines: Sequence[str], before: str = "<p>", after: str = "</p>") -> str:
    return "\n".join(f"{before}{_text(line)}{after}" for line in lines)


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    width = max(map(len, rows))
    out = [f'<tr><td colspan="{width}" align="center"><b>{_text(head[0])}</b></td></tr>']
    out += ["<tr>" + "".join(f"<td><p>{_text(cell) or '&nbsp;'}</p></td>" for cell in row) + "</tr>" for row in body]
    return f'<table border="1" cellspacing="0" width="600"><tbody>{"".join(out)}</tbody></table>'


def vsb(rule: Regulation) -> str:
    """博达, as most schools have it."""
    indent = '<p style="text-indent: 2em; line-height: 2em;"><span style="font-family: 宋体; font-size: 16px;">'
    return _page(
        f'<div class="top"><div class="logo"><a href="../../index.htm"><img src="../../images/logo.png"></a></div>'
        f'<div class="search"><form action="/ssjgy.jsp"><input name="lucenenewssearchkey"></form></div></div>'
        f'<div class="nav"><ul>{_menu()}</ul></div><div class="ny_left"><h2>规章制度</h2><ul>{_menu(_NAMES[:5])}</ul></div>'
        '<div class="ny_right"><div class="dqwz">当前位置: <a href="../../index.htm">网站首页</a> &gt;&gt; '
        '<a href="../../gzzd.htm">规章制度</a> &gt;&gt; 正文</div><form name="_newscontent_fromname">'
        f'<h1 align="center">{_text(rule.title)}</h1><div align="center">发布日期：2024-09-05&nbsp;&nbsp;&nbsp;作者：办公室'
        "&nbsp;&nbsp;&nbsp;点击：<span id='dynclicks_wbnews_8812_1035'>128</span></div><hr>"
        f'<div id="vsb_content"><div class="v_news_content">{_paragraphs(rule.lines, indent, "</span></p>")}</div></div>'
        '<p>附件【<a href="/system/_content/download.jsp?urltype=news.DownloadAttachUrl&wbfileid=4" target="_blank">'
        '信息公开申请表.docx</a>】已下载<span id="nattach4">32</span>次</p><div id="div_vote_id"></div>'
        '<p>上一条：<a href="8811.htm">关于做好中秋国庆假期值班工作的通知</a></p>'
        '<p>下一条：<a href="8813.htm">学校举行校园网络安全应急演练</a></p>'
        "<p align=right>【<a href='javascript:window.close();'>关闭</a>】</p></form></div>"
        '<div class="foot"><p>地址：江州市学府大道88号&nbsp;&nbsp;邮编：335000</p><p>版权所有 © 江州职业技术学院 '
        "赣ICP备12345678号-1</p></div>",
        f"{rule.title}-江州职业技术学院",
        head='<META Name="keywords" Content="江州职业技术学院" /><META Name="pageType" Content="3">',
    )


def webplus(rule: Regulation) -> str:
    """苏迪 WebPlus: each line broken over spans."""
    lines = []
    for line in rule.lines:
        cut = min(len(line), 9)
        lines.append(
            f'<p class="p_text_indent_2" style="line-height:1.75em;"><span style="font-size:16px;">{_text(line[:cut])}'
            f'</span><span style="font-size:16px;font-family:仿宋;"><span lang="EN-US">{_text(line[cut:])}</span></span></p>'
        )
    return _page(
        '<div class="wrapper header" id="header"><div class="inner"><div class="mod"><a href="/main.htm" class="site-url">'
        f'</a></div></div></div><div class="wrapper nav wp-navi"><ul class="wp_nav">{_menu()}</ul></div>'
        f'<div class="wrapper" id="container"><div class="inner"><div class="infobox"><div class="article">'
        f'<h1 class="arti_title">{_text(rule.title)}</h1><p class="arti_metas"><span class="arti_publisher">发布者：校办'
        '</span><span class="arti_update">发布时间：2024-09-05</span><span class="arti_views">浏览次数：'
        '<span class="WP_VisitCount" url="/_visitcountdisplay?siteId=3">10</span></span></p><div class="entry">'
        f'<div class="read"><div class="wp_articlecontent">{"".join(lines)}</div></div></div></div></div></div></div>'
        f'<div class="wrapper footer" id="footer"><div class="inner"><p><span>版权所有 江州大学 Copyright 2024</span></p>'
        f'<div class="botlinks"><div class="links-wrap"><div class="link-title">友情链接</div><ul>{_menu()}</ul></div></div>'
        "</div></div>",
        rule.title,
    )


def trs(rule: Regulation) -> str:
    """TRS, as ministries have it: a table of metadata above, share and related links below."""
    facts = (("索 引 号：", "360A02-06-2024-0017-1"), ("信息类别：", "规章制度"), ("发布机构：", "江州市教育局"),
             ("生成日期：", "2024-09-05"), ("主 题 词：", "教育 管理 办法"), ("有效性：", "有效"))  # fmt: skip
    rows = "".join(
        f"<tr><td class='t1'>{facts[n][0]}</td><td>{facts[n][1]}</td><td class='t1'>{facts[n + 1][0]}</td>"
        f"<td>{facts[n + 1][1]}</td></tr>"
        for n in range(0, len(facts), 2)
    )
    return _page(
        '<div class="header"><div class="top-bar"><a href="/">江州市人民政府</a> | <a href="/wza">无障碍浏览</a> | '
        f'<a href="/login">登录</a></div><ul class="menu">{_menu(("首页", "政务公开", "政务服务", "互动交流", "教育数据"))}</ul></div>'
        '<div class="position">当前位置：<a href="../../">首页</a>&gt;<a href="../">政务公开</a>&gt;<a href="./">规范性文件</a></div>'
        f'<div class="xl_main"><table class="xxgk_head" width="100%">{rows}</table><h2 class="xl_tit">{_text(rule.title)}</h2>'
        '<div class="xl_info"><span>时间：2024-09-05 16:20</span><span>来源：市教育局</span><span>字体：[ <a href="#">大</a> <a href="#">中</a> '
        '<a href="#">小</a> ]</span></div><div class="TRS_Editor"><style type="text/css">.TRS_Editor P{line-height:1.5;}</style>'
        f'<div class="Custom_UnionStyle">{_paragraphs(rule.lines, "<p align=justify>　　")}</div></div>'
        '<div class="fj"><a href="./W020240905.docx">附件：信息公开申请表.docx</a></div>'
        '<div class="bdsharebuttonbox"><span>分享到：</span><a href="#" class="bds_weixin">微信</a><a href="#" class="bds_tsina">新浪微博</a>'
        '<a href="#" class="bds_qzone">QQ空间</a></div><div class="ewm"><img src="q.png"><p>扫一扫在手机打开当前页</p></div>'
        '<div class="btns"><a href="javascript:window.print()">【打印本页】</a><a href="javascript:window.close()">【关闭窗口】</a>'
        f'</div><div class="xgwd"><h3>相关文档</h3><ul>{_news()}</ul></div></div><div class="footer"><p>主办：江州市教育局　承办：'
        "江州市教育信息中心</p><p>网站标识码：3600000001　赣公网安备 36010202000001号　联系电话：0790-1234567</p></div>",
        f"{rule.title}_江州市教育局",
        head=f'<meta name="ArticleTitle" content="{html.escape(rule.title)}"><meta name="PubDate" content="2024-09-05">',
    )


def ucap(rule: Regulation) -> str:
    """gov.cn."""
    return _page(
        '<div class="header_search"><input type="text" placeholder="请输入"><a href="/x.html">搜索</a></div><div class="bread">首页 &gt; '
        '政策 &gt; 国务院政策文件库</div><div class="content"><div class="policyLibraryOverview_header"><table class="bd1"><tr>'
        "<td>标　　题：</td><td colspan=3>"
        + _text(rule.title)
        + "</td></tr><tr><td>发文机关：</td><td>江州市人民政府</td>"
        "<td>来　　源：</td><td>江州市人民政府网站</td></tr><tr><td>主题分类：</td><td>科技、教育\\教育</td><td>公文种类：</td>"
        f'<td>办法</td></tr></table></div><div class="pages-title">{_text(rule.title)}</div>'
        f'<div class="pages_content" id="UCAP-CONTENT"><div class="trs_editor_view">'
        f"{_paragraphs(rule.lines, '<p style=&quot;text-indent:2em&quot;>'.replace('&quot;', chr(34)))}</div></div>"
        '<div class="pages_print"><div class="editor">【我要纠错】 责任编辑：<span>王晓</span></div></div>'
        '<div class="related"><div class="related-title">相关稿件</div><ul class="list01">'
        + _news(False)
        + "</ul></div></div>"
        '<div class="footer"><ul><li><a href="/x.html">网站声明</a></li><li><a href="/x.html">网站地图</a></li></ul><p>版权所有：江州市人民政府办公室</p>'
        "<p>中文域名：江州市人民政府.政务　京ICP备05070218号</p></div>",
        f"{rule.title}_政策文件_江州市人民政府网",
    )


def tables(rule: Regulation) -> str:
    """An ASP page of 2004: tables in tables, lines parted by <br>, GB18030."""
    menu = "".join(f"<td align=center><a href=list.asp?id={n}>{name}</a></td>" for n, name in enumerate(_NAMES))
    return (
        f"<html><head><meta http-equiv=Content-Type content='text/html; charset=gb2312'><title>江州师范学校--规章制度</title>"
        "<style>td{font-size:9pt}</style></head><body bgcolor=#ffffff topmargin=0><table width=778 align=center border=0>"
        f"<tr><td><img src=images/top.jpg width=778></td></tr><tr><td><table width=100% bgcolor=#006699><tr>{menu}</tr></table>"
        "</td></tr></table><table width=778 align=center border=0 cellspacing=0><tr><td width=180 valign=top bgcolor=#eeeeee>"
        f"<table width=100%><tr><td>最新动态</td></tr>{''.join(f'<tr><td>· <a href=show.asp?id={n}>{t}</a></td></tr>' for n, t in enumerate(_NEWS))}"
        "<tr><td>站内搜索</td></tr><tr><td><input name=key size=12><input type=submit value=搜索></td></tr></table></td>"
        "<td width=598 valign=top><table width=98% align=center><tr><td height=25>您的位置：<a href=index.asp>首页</a> → "
        f"<a href=list.asp?id=3>规章制度</a> → 浏览文章</td></tr><tr><td align=center><font size=4 color=#cc0000><b>{_text(rule.title)}"
        "</b></font></td></tr><tr><td align=center>作者：教务处　来源：本站原创　更新时间：2004-9-5　点击数：1024</td></tr><tr><td>"
        f"<font face=宋体 size=3>{'<br>'.join('&nbsp;&nbsp;&nbsp;&nbsp;' + _text(line) for line in rule.lines)}</font></td></tr>"
        "<tr><td align=right>【<a href=#>字体：小</a> <a href=#>大</a>】【<a href=javascript:print()>打印此文</a>】【<a href=#>关闭窗口</a>】"
        "</td></tr><tr><td>上一篇文章：<a href=show.asp?id=3>关于公布年度优秀教师名单的公告</a><br>下一篇文章：没有了</td></tr>"
        "</table></td></tr></table><table width=778 align=center><tr><td align=center>江州师范学校 版权所有　校办电话：0790-7654321"
        "<br>建议使用IE6.0浏览器，1024*768分辨率　网站维护：现代教育技术中心</td></tr></table></body></html>"
    )


def wordpress(rule: Regulation) -> str:
    """WordPress with a theme's sidebar, sharing, related posts and comments."""
    return _page(
        '<a class="skip-link screen-reader-text" href="#content">跳至内容</a><header id="masthead" class="site-header">'
        '<p class="site-title"><a href="/">江州附中校务公开</a></p><p class="site-description">又一个WordPress站点</p>'
        f'<nav id="site-navigation" class="main-navigation"><ul class="menu">{_menu()}</ul></nav></header>'
        '<div id="content" class="site-content"><main id="main" class="site-main"><article id="post-318" class="post hentry">'
        f'<header class="entry-header"><h1 class="entry-title">{_text(rule.title)}</h1><div class="entry-meta">'
        '<span class="posted-on">发布于 <time datetime="2024-09-05">2024年9月5日</time></span><span class="byline"> 由 '
        '<a href="/author/admin">admin</a></span></div></header><div class="entry-content">'
        f'{_paragraphs(rule.lines)}<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">共享此文章：</h3><ul>'
        '<li><a href="/x.html">点击以在微博上共享</a></li><li><a href="/x.html">点击以打印</a></li></ul></div><div id="jp-relatedposts" class="jp-relatedposts">'
        '<h3>相关</h3><p>关于开展资产清查工作的通知</p></div></div><footer class="entry-footer"><span>分类：<a href="/x.html">规章制度</a></span>'
        '<span>标签：<a href="/x.html">管理</a>、<a href="/x.html">制度</a></span></footer></article><nav class="navigation post-navigation"><h2>文章导航</h2>'
        '<a rel="prev">上一篇文章：学校举行校园网络安全应急演练</a></nav><div id="comments" class="comments-area"><h2>2条评论</h2>'
        '<ol class="comment-list"><li><article class="comment-body"><footer><b>李老师</b>说道：</footer><div class="comment-content">'
        "<p>请问这个办法对外聘教师适用吗？期待学校给出解释，谢谢。</p></div></article></li><li><article class='comment-body'><footer>"
        "<b>张同学</b>说道：</footer><div class='comment-content'><p>希望附上申请表的下载地址，现在找不到。</p></div></article></li></ol>"
        '<div id="respond"><h3>发表评论</h3><p>您的邮箱地址不会被公开。必填项已用 * 标注</p></div></div></main>'
        f'<aside id="secondary" class="widget-area"><section class="widget"><h2>近期文章</h2><ul>{_news(False)}</ul></section>'
        '<section class="widget"><h2>归档</h2><ul><li><a href="/x.html">2024年九月</a></li><li><a href="/x.html">2024年八月</a></li></ul></section></aside></div>'
        '<footer id="colophon" class="site-footer"><div class="site-info">自豪地采用WordPress</div></footer>',
        f"{rule.title} &#8211; 江州附中校务公开",
    )


def soup(rule: Regulation) -> str:
    """Divisions alone, with names that a bundler made, and cards with prose beside the text."""
    cards = "".join(
        f'<div class="a9f"><div class="k2"><a href="/n">{t}</a></div><div class="k3">{s}</div></div>'
        for t, s in _TEASERS
    )
    lines = "".join(f'<div class="_3xk1"><span class="_9pq">{_text(line)}</span></div>' for line in rule.lines)
    tabs = "".join(f'<div class="h4"><a href="/s{n}">{name}</a></div>' for n, name in enumerate(_NAMES))
    return _page(
        f'<div id="app"><div class="h1"><div class="h2">江州学院</div><div class="h3">{tabs}</div></div><div class="b1"><div class="b2">'
        f'<div class="_1t">{_text(rule.title)}</div><div class="_1m"><span>2024-09-05</span><span>校长办公室</span><span>356次浏览'
        f'</span></div><div class="_2c">{lines}</div></div><div class="b3"><div class="k1">热点推荐</div>{cards}</div></div>'
        '<div class="f1"><div>我们使用Cookie改善您的浏览体验，继续浏览即表示您同意我们的隐私政策。</div><div>© 2024 江州学院 保留所有权利</div>'
        "</div></div>",
        "江州学院",
        head='<meta property="og:title" content="' + html.escape(rule.title) + '">',
    )


def word(rule: Regulation) -> str:
    """Pasted from Word: numbers and Latin letters in runs of their own."""

    def runs(line: str) -> str:
        out, latin = [], False
        for char in line:
            if (char.isascii() and char.isalnum()) != latin:
                latin = not latin
                out.append(
                    '</span><span lang="EN-US" style="font-size:16.0pt;">'
                    if latin
                    else '</span><span style="font-family:仿宋_GB2312;mso-hansi-font-family:宋体">'
                )
            out.append(_text(char))
        return f'<span style="font-size:16.0pt;font-family:仿宋_GB2312">{"".join(out)}<o:p></o:p></span>'

    lines = "\n".join(
        f'<p class="MsoNormal" style="text-indent:32.0pt;mso-char-indent-count:2.0">\n{runs(line)}</p>'
        for line in rule.lines
    )
    return _page(
        f'<div class="header"><ul class="nav">{_menu()}</ul></div><div class="weizhi">您现在所在的位置：<a href="/">首页</a>&gt;正文</div>'
        f'<div class="nr"><h3>{_text(rule.title)}</h3><div class="fbsj">[ 发布日期：2024-09-05 ] [ 阅读：77次 ]</div><div class="nr_con">'
        f'<!--[if gte mso 9]><xml><w:WordDocument></w:WordDocument></xml><![endif]--><div class="Section0">{lines}</div></div></div>'
        '<div class="yqlj">友情链接：<a href="/x.html">教育部</a> <a href="/x.html">省教育厅</a> <a href="/x.html">市教育局</a></div><div class="banquan">Copyright©江州职业学院 '
        "All Rights Reserved</div>",
        f"{rule.title}-江州职业学院",
    )


def printed(rule: Regulation) -> str:
    """The page that 打印本页 opens."""
    return _page(
        '<div class="noprint"><button onclick="window.print()">打印</button> <a href="javascript:history.back()">返回</a></div>'
        f"<h1>{_text(rule.title)}</h1><p>发布时间：2024-09-05</p><p>来源：江州市教育局</p><hr>{_paragraphs(rule.lines)}<hr>"
        "<p>本文网址：https://edu.jiangzhou.example/zwgk/202409/t20240905_1.html</p><p>打印时间：2024-10-08 09:30:12</p>",
        f"打印预览 - {rule.title}",
    )


def shares(rule: Regulation) -> str:
    """Buttons and a notice amid the text, GB18030."""
    half = len(rule.lines) // 2
    amid = '<div class="share-inline"><span>分享</span><a href="#">微信</a><a href="#">微博</a><a href="#">QQ空间</a><a href="#">复制链接</a></div>'
    return _page(
        f'<div class="hd"><ul>{_menu()}</ul></div><div class="crumb"><a href="/">首页</a> / <a href="/zd">制度汇编</a> / 正文</div>'
        f'<div class="detail"><h1>{_text(rule.title)}</h1><div class="info"><span>日期：2024-09-05</span><span>编辑：王敏</span></div>{amid}'
        f'<div class="detail-con">{_paragraphs(rule.lines[:half])}{amid}{_paragraphs(rule.lines[half:])}{amid}</div>'
        '<div class="zan"><a href="#">点赞(15)</a><a href="#">收藏</a></div></div><div class="ft">江州一中 版权所有</div>',
        f"{rule.title} - 江州一中",
        charset="gb2312",
    )


def weixin(rule: Regulation) -> str:
    """An article of a WeChat account: sections in sections, teasers at both ends."""
    lines = "".join(
        f'<section style="margin:0"><section><p style="text-indent:2em"><span><span leaf="">{_text(line)}</span></span></p></section></section>'
        for line in rule.lines
    )
    more = "".join(
        f'<p style="text-align:center"><a href="https://mp.example/s/{n}">{t}</a></p>' for n, t in enumerate(_NEWS[:4])
    )
    return _page(
        f'<div id="js_article" class="rich_media"><div class="rich_media_area_primary"><h1 class="rich_media_title" id="activity-name">{_text(rule.title)}</h1>'
        '<div class="rich_media_meta_list" id="meta_content"><span>原创</span><span>校长办公室</span><a href="javascript:void(0);">江州学院</a>'
        '<em id="publish_time">2024年09月05日 17:30</em></div><div class="rich_media_content" id="js_content"><section><p '
        f'style="text-align:center">点击上方蓝字关注我们</p></section>{lines}<section><p>来源 | 校长办公室</p><p>编辑 | 李明</p><p>审核 | 王芳</p>'
        f'</section><section><p>往期推荐</p>{more}</section></div><div class="rich_media_tool"><span>阅读 1024</span><span>分享</span>'
        "<span>收藏</span><span>点赞</span><span>在看</span></div></div></div>",
        rule.title,
    )


def attached(rule: Regulation) -> str:
    """With a form below the text and a list of attachments."""
    return _page(
        f'<div id="header"><div id="nav"><ul>{_menu()}</ul></div></div><div id="path">首页 &gt; 规章制度</div><div id="left"><h3>'
        f'栏目列表</h3><ul>{_menu(_NAMES[:4])}</ul></div><div id="right"><h2>{_text(rule.title)}</h2><p class="xx">发布人：管理员　发布日期：'
        f'2024/9/5 10:00:00　访问量：[<span>66</span>]</p><div id="nrr">{_paragraphs(rule.lines)}<p>附件</p>{_table(rule.form)}</div>'
        '<div class="fujian"><ul><li><a href="/u/1.docx">附件1.信息公开申请表.docx</a></li><li><a href="/u/2.xlsx">附件2.登记簿样式.xlsx</a>'
        '</li></ul></div></div><div id="footer">江州技师学院　地址：江州市东湖路1号　电话：0790-1111111</div>',
        f"{rule.title}_规章制度_江州技师学院",
    )


def aspnet(rule: Regulation) -> str:
    """ASP.NET: one cell holds the text, a tree of menus beside it."""
    tree = "".join(
        f'<table cellpadding="0"><tr><td><a href="javascript:__doPostBack({n})">{name}</a></td></tr></table>'
        for n, name in enumerate(_NAMES)
    )
    return _page(
        '<form method="post" action="./ShowInfo.aspx?id=77" id="aspnetForm"><input type="hidden" name="__VIEWSTATE" value="'
        + "/wEPDwUKLTk2" * 800
        + f'"/><table id="ctl00_main" width="980"><tr><td class="left" valign="top"><div id="ctl00_TreeView1">{tree}</div></td><td valign="top">'
        f'<table id="ctl00_FormView1" style="width:100%"><tr><td class="bt"><span id="ctl00_lblTitle">{_text(rule.title)}</span></td></tr><tr><td '
        'class="sj">发布时间：<span id="ctl00_lblDate">2024-09-05</span>　阅读次数：<span>91</span></td></tr><tr><td class="nr"><span '
        f'id="ctl00_lblContent">{"<br /><br />".join("　　" + _text(line) for line in rule.lines)}</span></td></tr></table></td></tr></table>'
        '<div class="bottom">江州电大 | 技术支持：江州软件公司 | 今日访问：12 总访问：99821</div></form>',
        "江州电大 - 信息浏览",
    )


def disclosure(rule: Regulation) -> str:
    """A platform of 政府信息公开: an index beside the text, what else one may ask for below it."""
    tree = _menu(("公开指南", "公开制度", "法定主动公开内容", "公开年报", "依申请公开"))
    return _page(
        f'<div class="xxgk_top"><a href="/">江州市教育局</a></div><div class="xxgk_left"><ul class="tree">{tree}</ul><div class="lx"><p>办公地址：江州市'
        '人民路2号</p><p>办公时间：工作日9:00至17:00</p></div></div><div class="xxgk_right"><div class="xxgk_wzk"><p><b>标　　题</b>'
        f"<span>{_text(rule.title)}</span></p><p><b>发布日期</b><span>2024-09-05</span></p><p><b>公开方式</b><span>主动公开</span></p></div>"
        f'<div class="xxgk_content" id="zoom"><p style="text-align:center"><strong>{_text(rule.title)}</strong></p>'
        f"{_paragraphs(rule.lines)}</div><div class='jd'><h4>政策解读</h4><ul><li><a href='/jd/1.html'>一图读懂新办法</a></li><li><a href='/jd/2.html'>"
        "市教育局负责人就新办法答记者问</a></li></ul></div><div class='tip'><p>如需纸质文本，请向本局办公室提出申请，工作人员将在十五个工作日内答复。</p></div>"
        "</div><div class='xxgk_foot'><p>江州市教育局办公室主办</p></div>",
        f"江州市教育局政府信息公开 {rule.title}",
    )


def mobile(rule: Regulation) -> str:
    """A page for phones."""
    cards = "".join(f"<li><a href='/m/{n}'><h4>{t}</h4><p>{s}</p></a></li>" for n, (t, s) in enumerate(_TEASERS))
    return _page(
        "<div class='app-banner'>打开APP，阅读体验更佳<a href='/app'>立即打开</a></div><section class='m-head'><a href='/m'>江州教育</a></section>"
        f"<section class='m-article'><h1>{_text(rule.title)}</h1><div class='m-info'><span>江州教育发布</span> <span>09-05 16:00</span></div>"
        f"<div class='m-body'>{_paragraphs(rule.lines)}</div><div class='m-more'>展开全文</div></section><section class='m-guess'><h3>猜你喜欢</h3>"
        f"<ul>{cards}</ul></section><section class='m-foot'><p>网上有害信息举报电话：12377</p><p>客户端下载</p></section>",
        rule.title,
    )


SHAPES = {
    "博达 vsb_content": Shape(markup=vsb),
    "苏迪 wp_articlecontent, spans": Shape(markup=webplus),
    "TRS_Editor, table of metadata": Shape(markup=trs),
    "gov.cn UCAP-CONTENT": Shape(markup=ucap),
    "tables in tables, GB18030": Shape(markup=tables, encoding="gb18030"),
    "WordPress with comments": Shape(markup=wordpress),
    "divisions without names": Shape(markup=soup),
    "pasted from Word": Shape(markup=word),
    "print page": Shape(markup=printed),
    "share buttons inside, GB18030": Shape(markup=shares, encoding="gb18030"),
    "WeChat sections": Shape(markup=weixin),
    "form and list of attachments": Shape(markup=attached, form=True),
    "ASP.NET, one cell": Shape(markup=aspnet),
    "platform of 信息公开": Shape(markup=disclosure),
    "page for phones": Shape(markup=mobile),
}
