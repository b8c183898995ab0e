"""The page's Gradio theme: fonts that the reader's system has, and the page's own colours."""

from __future__ import annotations

import gradio as gr

#: Plain names only: a `GoogleFont` would be fetched from outside.
FONTS = ("Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "sans-serif")
MONO = ("Consolas", "Menlo", "monospace")


def page_theme() -> gr.themes.Base:
    """Gradio's base theme in dark teal on warm grey, with system fonts."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.slate,
        radius_size=gr.themes.sizes.radius_sm,
        font=list(FONTS),
        font_mono=list(MONO),
    )
