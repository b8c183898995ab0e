"""Whose rule stands above whose: bodies of the state, a province, a city, a county, and the schools below them."""

from __future__ import annotations

import re
from enum import IntEnum

from policy_qa.datamodels import Document
from policy_qa.facts.same import issuer_of, place_of


class Level(IntEnum):
    """The level of who issued a text, the highest first."""

    STATE = 0
    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    SCHOOL = 4
    UNKNOWN = 5


# The levels of the constitution's Article 30 by the words that end their names; grammar of names, no list of places.
_LEVELS = (
    (Level.SCHOOL, re.compile(r"大学|学院|学校|中学|小学|幼儿园|医院")),
    (Level.STATE, re.compile(r"^(?:中华人民共和国|中共中央|全国|国务院|国家)|^[\u4e00-\u9fff]{2,8}部(?:办公厅)?$")),
    (Level.PROVINCE, re.compile(r"^[\u4e00-\u9fff]{2,8}?(?:省|自治区)|^(?:北京|上海|天津|重庆)市|厅$")),
    (Level.COUNTY, re.compile(r"^[\u4e00-\u9fff]{2,8}?[县旗区]")),
    (Level.CITY, re.compile(r"^[\u4e00-\u9fff]{2,8}?[市州盟]")),
)


def level_of(document: Document) -> Level:
    """The level of the body that issued a text."""
    issuer = issuer_of(document)
    return next((level for level, pattern in _LEVELS if pattern.search(issuer)), Level.UNKNOWN)


def is_above(high: Document, low: Document) -> bool:
    """Whether a text is a higher rule to another: of the state, or of the place that the other speaks of."""
    levels = level_of(high), level_of(low)
    if Level.UNKNOWN in levels or levels[0] >= levels[1]:
        return False
    place = re.sub(r"(?:省|市|县|区|自治区)$", "", place_of(issuer_of(high)))
    return levels[0] is Level.STATE or (len(place) >= 2 and place in issuer_of(low) + low.text)
