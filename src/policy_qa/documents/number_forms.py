"""Numbers in the formats that Word's automatic numbering knows (ST_NumberFormat, ECMA-376 part 1, 17.18.59)."""

from __future__ import annotations

from collections.abc import Callable

from policy_qa.numerals import to_han

_HAN_DIGITS = "〇一二三四五六七八九"
_LEGAL_SIMPLIFIED = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_LEGAL_TRADITIONAL = str.maketrans("一二三四五六七八九十百千万", "壹貳參肆伍陸柒捌玖拾佰仟萬")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
#: Beyond these, letters and Roman numerals are longer than any label.
_MAX_LETTERS = 26 * 30
_MAX_ROMAN = 4999


def number_text(number: int, form: str) -> str:
    """A number as the format `form` shows it; in digits where the format is unknown or has no such number.

    `form` may also be `custom:` with the pattern of Word 2010 (`custom:001, 002, 003, ...`).

    >>> [number_text(11, f) for f in ("decimal", "chineseCountingThousand", "lowerRoman", "decimalEnclosedCircle")]
    ['11', '十一', 'xi', '⑪']
    """
    if form == "none":
        return ""
    if form.startswith("custom:"):
        first = form.removeprefix("custom:").split(",")[0].strip()
        return str(number).zfill(len(first)) if first.isdigit() and len(first) < 10 else str(number)
    make = _FORMS.get(form)
    return (make(number) if make and number >= 0 else "") or str(number)


def _counting(number: int) -> str:
    """chineseCounting: 十-based below 100, digit by digit from there on."""
    return to_han(number) if 0 < number < 100 else _han_digits(number)


def _han_digits(number: int) -> str:
    return "".join(_HAN_DIGITS[int(digit)] for digit in str(number))


def _legal(number: int, table: dict[int, int]) -> str:
    text = to_han(number)
    # 十 alone is 壹拾 in the forms that can't be altered.
    return ("一" + text if text.startswith("十") else text).translate(table)


def _japanese(number: int) -> str:
    text = to_han(number).replace("零", "")
    for unit in "十百千":
        text = text.replace("一" + unit, unit)
    return text


def _roman(number: int) -> str:
    if not 0 < number <= _MAX_ROMAN:
        return ""
    out = ""
    for value, letters in _ROMAN:
        while number >= value:
            out, number = out + letters, number - value
    return out


def _letters(number: int) -> str:
    """a … z, aa, bb … zz, aaa: the letter is repeated, it is no count in base 26."""
    if not 0 < number <= _MAX_LETTERS:
        return ""
    times, letter = divmod(number - 1, 26)
    return chr(ord("a") + letter) * (times + 1)


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _from(first: str, last: int) -> Callable[[int], str]:
    """Characters in a row, from `first` for 1 up to `last`."""
    return lambda number: chr(ord(first) + number - 1) if 0 < number <= last else ""


def _cycle(*wheels: str) -> Callable[[int], str]:
    return lambda number: "".join(wheel[(number - 1) % len(wheel)] for wheel in wheels) if number else ""


def _once(row: str) -> Callable[[int], str]:
    return lambda number: row[number - 1] if 0 < number <= len(row) else ""


def _full_width(number: int) -> str:
    return str(number).translate({ord("0") + i: ord("０") + i for i in range(10)})


_FORMS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "numberInDash": lambda number: f"- {number} -",
    "hex": lambda number: f"{number:X}",
    "ordinal": _ordinal,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerLetter": _letters,
    "decimalEnclosedCircle": _from("①", 20),
    "decimalEnclosedCircleChinese": _from("①", 20),
    "decimalEnclosedParen": _from("⑴", 20),
    "decimalEnclosedFullstop": _from("⒈", 20),
    "ideographEnclosedCircle": _from("㊀", 10),
    "chineseCounting": _counting,
    "taiwaneseCounting": _counting,
    "chineseCountingThousand": to_han,
    "taiwaneseCountingThousand": to_han,
    "japaneseCounting": _japanese,
    "ideographDigital": _han_digits,
    "japaneseDigitalTenThousand": _han_digits,
    "taiwaneseDigital": _han_digits,
    "chineseLegalSimplified": lambda number: _legal(number, _LEGAL_SIMPLIFIED),
    "ideographLegalTraditional": lambda number: _legal(number, _LEGAL_TRADITIONAL),
    "ideographTraditional": _once(_STEMS),
    "ideographZodiac": _once(_BRANCHES),
    "ideographZodiacTraditional": _cycle(_STEMS, _BRANCHES),
}
