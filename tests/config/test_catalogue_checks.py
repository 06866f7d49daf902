"""The checks of the catalogues and of the keys in code can fail."""

from __future__ import annotations

import pytest

from tests.config.catalogue_faults import faults
from tests.config.keys_in_code import Used, missing_keys, read_module, unused_keys
from tests.config.made_up import catalogue, counted, entry, source

FAULTY = [
    ({"ru": entry("")}, "ru card.title: is not translated"),
    ({"ru": ""}, "ru card.title: is missing"),
    ({"ru": "#, fuzzy\n" + entry("Да")}, "ru card.title: is marked fuzzy"),
    ({"ru": entry("Да") + "\n" + entry("Нет")}, "ru card.title: stands here twice"),
    ({"ru": entry("Взял {nam}")}, "all card.title: placeholders differ"),
    ({"ru": entry("Взял {name")}, "ru card.title: has a broken or nameless placeholder"),
    ({"ru": entry("Взял {}")}, "ru card.title: has a broken or nameless placeholder"),
    ({"ru": entry("Cделка")}, "ru card.title: mixes Latin and Cyrillic letters in a word"),
    ({"en": entry("Тake")}, "en card.title: has Cyrillic letters"),
    ({"es": counted("{n}", "{n}")}, "es card.title: is missing"),
]


@pytest.mark.parametrize(("changed", "fault"), FAULTY)
def test_a_fault_in_a_catalogue_is_found(changed: dict[str, str], fault: str) -> None:
    bodies = {"ru": entry("Да, Telegram"), "en": entry("Yes"), "es": entry("Sí")} | changed
    found = faults(
        {name: catalogue(name, body) for name, body in bodies.items()},
        {name: source(name, body) for name, body in bodies.items()},
    )
    assert fault in found


def test_too_few_plural_forms_are_found() -> None:
    body = counted("{n} лид", "{n} лида")
    found = faults({"ru": catalogue("ru", body)}, {"ru": source("ru", body)})
    assert any(fault.startswith("ru leads.count:") for fault in found)


def test_a_wrong_plural_header_is_found() -> None:
    made = catalogue("en", counted("{n} lead", "{n} leads"))
    found = faults({"ru": made}, {"ru": ""})
    assert "ru header: wrong number of plural forms" in found


def test_a_right_catalogue_has_no_faults() -> None:
    body = counted("{n} лид", "{n} лида", "{n} лидов") + "\n" + entry("VK-сообщество {name}")
    assert faults({"ru": catalogue("ru", body)}, {"ru": source("ru", body)}) == []


def used_by(code: str) -> Used:
    used = Used()
    read_module(code, "made_up.py", used)
    return used


ASKING = [
    'texts("a.one")',
    'self.texts("a.one", name=1)',
    'work.texts.plural("a.one", 2)',
    't("a.one" if x else "a.one")',
    'Finding(True, "a.one")',
    'Finding(ok=True, key="a.one")',
    'KEYS = ("a.one",)',
    'WORD_KEYS: dict[str, str] = {"x.y": "a.one"}',
]


@pytest.mark.parametrize("code", ASKING)
def test_a_key_in_code_that_no_catalogue_has_is_found(code: str) -> None:
    used = used_by(code)
    assert missing_keys(used, {"a.two"}) == ["a.one"]
    assert unused_keys(used, {"a.one", "a.two"}) == ["a.two"]


@pytest.mark.parametrize("code", ['texts(f"state.{x}")', 'texts.under("state.")'])
def test_a_prefix_uses_all_its_keys(code: str) -> None:
    used = used_by(code)
    assert missing_keys(used, {"a.one"}) == ["state.*"]
    assert unused_keys(used, {"state.new", "a.one"}) == ["a.one"]


def test_a_key_that_cannot_be_told_is_named_unless_a_table_declares_it() -> None:
    assert used_by("x = 1\ntexts(key)").unclear == ["made_up.py:2"]
    assert used_by('texts(f"{x}.y")').unclear == ["made_up.py:1"]
    assert used_by('KEYS = ("a.one",)\ntexts(KEYS[0])').unclear == []
    assert used_by("texts(finding.key)").unclear == []
