"""Bodies, posts and people: where their names begin and end. The wordings are tested in patterns/*.yaml."""

from __future__ import annotations

import hashlib

import pytest

from extractor.finding.actors import Actor, find_actors
from extractor.finding.masks import find_masks
from extractor.finding.scene import Scene
from extractor.model import Document, Hit, Reading, Source
from extractor.patterns import load
from extractor.text.layout import open_words, read_layout
from extractor.text.view import build_view


def _scene(text: str) -> Scene:
    patterns = load()
    source = Source("t.txt", "txt", hashlib.sha256(text.encode()).hexdigest(), Reading(text))
    view = build_view(text, open_words=open_words(patterns))
    layout = read_layout(view, patterns)
    hits, masks = find_masks(view, layout, patterns)
    return Scene(
        source, view, layout, patterns, Document(source.doc_id, "t.txt", source.sha256, "txt", "ok"), masks, hits
    )


def _actors(text: str, places: list[Hit] | None = None) -> list[tuple[str, Actor]]:
    scene = _scene(text)
    found = find_actors(scene, places or [])
    return [(scene.view.text[h.start : h.end], h.value) for h in found if not h.value.attached]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("- Sở Văn hóa, Thể thao và Du lịch, Sở Y tế họp.", ["Sở Văn hóa, Thể thao và Du lịch", "Sở Y tế"]),
        (
            "- Các Sở: Nội vụ, Lao động - Thương binh và Xã hội, Tư pháp họp.",
            ["Nội vụ", "Lao động - Thương binh và Xã hội", "Tư pháp"],
        ),
        ("- UBND các huyện Tân Mẫu, Phú Mẫu và Công an tỉnh họp.", ["UBND các huyện Tân Mẫu, Phú Mẫu", "Công an tỉnh"]),
        ("- Văn phòng HĐND và UBND huyện, Tỉnh đoàn họp.", ["Văn phòng HĐND và UBND huyện", "Tỉnh đoàn"]),
        ("- Bộ Nội vụ Bộ Tài chính", ["Bộ Nội vụ", "Bộ Tài chính"]),
        ("- Công tác phòng, chống dịch; tăng trưởng các ngành.", ["các ngành"]),
    ],
)
def test_bodies_are_cut_by_grammar(text: str, quotes: list[str]) -> None:
    assert [quote for quote, _ in _actors(text)] == quotes


def test_a_person_has_the_posts_that_follow() -> None:
    [(quote, actor)] = _actors("- Phân công Đ/c Rơ Châm Mẫu – Phó Bí thư Đảng ủy, Chủ tịch UBND xã phụ trách.")
    assert (quote, actor.kind, actor.honorific) == ("Rơ Châm Mẫu", "person", "Đ/c")
    assert actor.position is not None
    assert len(actor.position) == len("Phó Bí thư Đảng ủy, Chủ tịch UBND xã")


def test_a_post_may_stand_before_the_name() -> None:
    [(quote, actor)] = _actors("- Chủ tịch UBND huyện Trần Văn Mẫu chỉ đạo.")
    assert (quote, actor.kind) == ("Trần Văn Mẫu", "person")


def test_a_post_cut_by_a_line_break() -> None:
    [(_, actor)] = _actors("- Phân công đ/c Lê Văn Mẫu – Trưởng\n\nBQLDA phụ trách.")
    assert actor.position is not None


def test_groups_are_generic_and_single_bodies_are_not() -> None:
    found = dict(_actors("- Các sở, ban, ngành tỉnh; UBND cấp huyện; Sở Y tế; UBND xã Tân Mẫu."))
    assert {quote: actor.generic for quote, actor in found.items()} == {
        "Các sở, ban, ngành tỉnh": True,
        "UBND cấp huyện": True,
        "Sở Y tế": False,
        "UBND xã Tân Mẫu": False,
    }


def test_a_known_place_ends_the_name_of_a_body() -> None:
    text = "- UBND huyện Trần Văn Thời họp."
    start = text.index("Trần")
    assert _actors(text, [Hit("place", start, start + len("Trần Văn Thời"), "t")])[0][0] == "UBND huyện Trần Văn Thời"


def test_a_list_of_units_may_change_its_common_noun() -> None:
    text = "- UBND các xã Gio Linh, Cam Lộ, phường Đông Hà hoàn thành."
    assert _actors(text)[0][0] == "UBND các xã Gio Linh, Cam Lộ, phường Đông Hà"


def test_people_do_not_take_the_posts_of_others() -> None:
    found = _actors("- Đ/c Bùi Mẫu - Trưởng Công an huyện và thủ trưởng các ngành liên quan chịu trách nhiệm.")
    assert [quote for quote, _ in found] == ["Bùi Mẫu", "thủ trưởng các ngành liên quan"]


def test_syllables_that_are_verbs_too_stay_in_names() -> None:
    assert _actors("- Đồng chí Nguyễn Đăng Trình, Phó Chủ tịch UBND tỉnh chỉ đạo.")[0][0] == "Nguyễn Đăng Trình"


def test_a_run_of_head_nouns_does_not_exhaust_the_stack() -> None:
    assert _actors("Công ty Mẫu Xanh " * 3000)
