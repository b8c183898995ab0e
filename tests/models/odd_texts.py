"""Texts that the tests of all encoders share."""

#: Texts that tokenizers and engines stumble over.
ODD_TEXTS = (
    "",
    " ",
    "\n\n",
    "a",
    "谁可以担任CIO？",
    "全角ＡＢＣ１２３，范围１～３，～",
    "emoji 😀😀😀 ok 😀 😀👩‍👩‍👧‍👦❤️",
    "e\u0301le\u0300ve naïve",
    "a  b\n\nc\t d\r\ne\u2028f\u00a0g\u3000h",
    "第十二条之一 The CIO shall, at least 2 times/year, report 100% of it.",
    "  lead and trail  ",
    "<s>x</s> <pad><mask> <unk> ＜ｓ＞",
    "ﷺ" * 40,
    "nul\x00in\x00the middle",
    "lone \ud800 surrogate \udfff",
    "龘𬭎𠮷𠮷吉 ꙮ߷߷߷",
    "㈱①②ⅣⅩ㎡½",
    "noncharacters \ufdd0\ufdd0 \uffff\ufffe",
    "1234567890" * 12,
    "。" * 60,
    "▁▁ metaspace ▁",
    "नमस्ते สวัสดี שלום مرحبا Привет こんにちは 안녕하세요",
)
