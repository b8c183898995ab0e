"""Pages as school and government sites make them, around the same policy."""

from __future__ import annotations

TITLE = "宁江学院校园网络管理办法"
#: The lines that every page must give, and nothing else.
POLICY = (
    "宁院发〔2023〕15号",
    "为加强校园网络管理，根据有关规定，制定本办法。",
    "第一章 总则",
    "第一条 本办法适用于全校各单位和全体师生员工。",
    "第二条 校园网络管理遵循下列原则：",
    "（一）统一规划；",
    "（二）分级负责。",
    "第二章 附则",
    "第三条 首席信息官由分管副校长担任，任期3年。",
    "信息中心承担日常工作。",
    "第四条 本办法自2023年9月1日起施行。",
    "宁江学院",
    "2023年8月20日",
)
PARAGRAPHS = "\n".join(f"<p>&nbsp;&nbsp;&nbsp;&nbsp;{line}</p>" for line in POLICY)
_MENU = "".join(
    f'<li><a href="/{n}">{name}</a></li>' for n, name in enumerate(("首页", "学校概况", "机构设置", "招生就业"))
)
_NEWS = "".join(
    f'<li><a href="/news/{n}.htm">关于开展第{n}届网络安全宣传周活动、做好值班工作的通知</a><i>08-{n:02}</i></li>'
    for n in range(11, 17)
)


def page(inside: str, *, head: str = f"<title>{TITLE}-宁江学院</title>", attributes: str = "") -> str:
    return f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}</head><body {attributes}>{inside}</body></html>'


#: Name of the layout -> its markup.
LAYOUTS = {
    "TRS": page(
        f'<div id="header"><h1 class="logo"><a href="/">宁江学院信息公开网</a></h1><ul class="nav">{_MENU}</ul></div>'
        '<div class="dqwz">您现在的位置：<a href="/">首页</a> &gt;&gt; <a href="/gz">规章制度</a> &gt;&gt; 正文</div>'
        f'<div class="article"><h2>{TITLE}</h2>'
        '<div class="sub">发布时间：2023-08-21 10:20　来源：办公室　点击数：88　字号：'
        "【<a href='#'>大</a> <a href='#'>中</a> <a href='#'>小</a>】</div>"
        f'<div class="TRS_Editor"><div class="Custom_UnionStyle">{PARAGRAPHS}</div></div>'
        '<div class="fx"><span>分享到：</span><a href="#">微信</a><a href="#">微博</a></div>'
        '<div class="btn">【<a href="javascript:print()">打印本页</a>】'
        '【<a href="javascript:close()">关闭窗口</a>】</div></div>'
        '<div class="bottom"><p>主办单位：宁江学院　承办单位：信息中心</p><p>地址：宁江市学府路1号　邮编：330000</p>'
        "<p>版权所有：宁江学院　赣ICP备05001234号-1</p></div>"
    ),
    "tables": page(
        f"<table width=1000><tr><td colspan=2><img src=a.gif></td></tr><tr><td colspan=2><table><tr>"
        "<td><a href=/>首页</a></td><td><a href=/a>学校概况</a></td>"
        "<td><a href=/b>机构设置</a></td></tr></table></td></tr>"
        f"<tr><td width=200 valign=top><table><tr><td>最新文件</td></tr><tr><td><ul>{_NEWS}</ul></td></tr></table></td>"
        f"<td><table width=100%><tr><td align=center><font size=5><b>{TITLE}</b></font></td></tr>"
        "<tr><td align=center>作者：办公室 发布日期：2023-8-21 阅读次数：<script>document.write(12)</script></td></tr>"
        f"<tr><td><font face=宋体>{'<br>　　'.join(POLICY)}</font></td></tr>"
        "<tr><td align=right>【<a href=#>关闭窗口</a>】</td></tr></table></td></tr>"
        "<tr><td colspan=2 align=center>Copyright 2012 宁江学院信息中心 All Rights Reserved</td></tr></table>"
    ),
    "HTML5": page(
        f'<header><a href="/">宁江学院</a><nav><ul>{_MENU}</ul></nav></header><nav aria-label="breadcrumb"><ol>'
        '<li><a href="/">首页</a></li><li><a href="/gz">规章制度</a></li><li>正文</li></ol></nav>'
        f"<main><article><header><h1>{TITLE}</h1><p>发布时间：<time>2023-08-21</time></p></header>{PARAGRAPHS}</article>"
        f"<aside><h3>相关阅读</h3><ul>{_NEWS}</ul></aside></main>"
        "<footer><p>宁江学院信息中心负责维护本网站，欢迎提出宝贵意见。</p><p>© 2023 宁江学院</p></footer>"
    ),
    "ASP.NET": page(
        '<form method="post" action="./Show.aspx" id="form1"><input type="hidden" name="__VIEWSTATE" value="'
        + "dDwtMTI3" * 5000
        + f'" /><div class="topbar">今天是<span id="today">2024年5月1日</span>　<a href="/">设为首页</a></div>'
        f'<div class="menu"><ul>{_MENU}</ul></div><div class="con">'
        f'<div class="left"><h3>栏目导航</h3><ul>{_MENU}</ul></div><div class="right"><div class="bt">{TITLE}</div>'
        f'<div id="vsb_content_2"><div class="v_news_content">{PARAGRAPHS}'
        '</div></div><p>上一条：<a href="1.htm">关于放假的通知</a></p><p>下一条：没有了</p>'
        "<select><option>友情链接</option><option>教育部</option></select></div></div></form>"
    ),
    "title in the head alone": page(
        f'<ul>{_MENU}</ul><div id="zoom">{PARAGRAPHS}</div><div>上一篇：无</div><div>技术支持：某某科技有限公司</div>',
        head=f'<meta name="ArticleTitle" content="{TITLE}"><title>信息公开</title>',
    ),
    "a teaser beside it": page(
        f'<div class="l"><h2>{TITLE}</h2><div>{PARAGRAPHS}</div></div><div class="r"><h3>推荐阅读</h3>'
        "<div><a href=/1>宁江学院举行开学典礼</a>"
        "<p>9月1日，宁江学院在体育馆举行开学典礼，校长在讲话中勉励新生努力学习。</p></div>"
        "<div><a href=/2>宁江学院召开工作会议</a><p>会议传达了上级文件精神，部署了下一阶段的重点工作。</p></div></div>"
    ),
    "no wrapper": f"<h1>{TITLE}</h1>" + PARAGRAPHS,
    "no element but paragraphs": f"<p>{TITLE}" + "".join(f"<P>{line}" for line in POLICY),
}
