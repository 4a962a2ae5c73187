"""What docs/studies.md says of studies is what they say now, and its pictures are theirs."""

import re

import pytest
from tools.study_docs import EXCERPTS, PAGE, QUOTED, Excerpt, complaints, main, page, quoted
from tools.study_plots import DRAWN, drawn, pictures

from surety.studies import STUDIES, Study
from surety.studies.lines import Line, lines_figure


def few(figure=None, columns=("what", "share | part"), rows=(("all_of <it>", 0.25),)):
    return Study("few", "How many?", ("S0.0",), columns, rows, figure, "So [it] is*.")


def test_page__numbers_readings_and_pictures__are_what_the_studies_give_now():
    assert complaints() == [], "run python -m tools.study_docs --update"
    assert main([]) == 0


def test_page__a_number_that_was_changed_by_hand__is_noticed():
    text = PAGE.read_text()
    block = QUOTED.search(text)[0]
    number = re.search(r"\| (\d+\.\d+) \|", block)[1]
    wrong = text.replace(block, block.replace(number, "0.4711", 1), 1)
    assert page(wrong) == page(text) == text != wrong


def test_page__each_study_once__or_it_is_refused():
    text = PAGE.read_text()
    block = QUOTED.search(text)[0]
    for other in (text.replace(block, ""), text + block):
        with pytest.raises(ValueError, match="there are"):
            page(other)


def test_page__pictures__are_those_that_are_drawn():
    shown = re.findall(r"assets/study-(\w+)\.svg", PAGE.read_text())
    assert sorted(shown) == sorted(DRAWN)
    assert set(EXCERPTS) <= set(STUDIES)


def test_quoted__text__means_nothing_to_markdown():
    lines = quoted(few()).splitlines()
    assert "surety study run few --seed 1" in lines
    assert r"| what | share \| part |" in lines
    assert r"| all\_of \<it> | 0.25 |" in lines
    assert r"So \[it\] is\*." in lines


def test_quoted__a_column_left_out_that_is_not_there__is_an_error(monkeypatch):
    monkeypatch.setitem(EXCERPTS, "few", Excerpt(without=("share | part",)))
    assert "share" not in quoted(few())
    monkeypatch.setitem(EXCERPTS, "few", Excerpt(without=("nothing",)))
    with pytest.raises(ValueError, match="no column nothing"):
        quoted(few())


def test_drawn__a_line_from_zero__has_its_ends_at_the_corners():
    picture = drawn(few(lines_figure([Line("one <line>", (0, 5, 10), (0, 1, 2), dashed=True)], "x", "y")))
    left, *_, right = re.search(r'points="([^"]+)"', picture)[1].split()
    frame = [float(one) for one in re.search(r'd="M(\S+) (\S+)H(\S+)"', picture).groups()]
    assert left == f"{frame[0]:.1f},{frame[1]:.1f}"
    assert right.split(",")[0] == f"{frame[2]:.1f}"
    assert float(right.split(",")[1]) < frame[1]
    assert "one &lt;line&gt;" in picture
    assert 'class="blue dashed"' in picture


def test_drawn__logarithmic__a_decade_is_as_wide_as_the_next():
    picture = drawn(few(lines_figure([Line("one", (1, 10, 100), (0, 1, 2))], "x", "y", log_x=True)))
    places = [float(one.split(",")[0]) for one in re.search(r'points="([^"]+)"', picture)[1].split()]
    assert places[1] - places[0] == pytest.approx(places[2] - places[1], abs=0.11)


def test_drawn__points__are_circles_and_no_figure_is_an_error():
    picture = drawn(few(lines_figure([Line("one", (1, 2, 3), (0.5, 0.25, 1.0), points=True)], "x", "y")))
    assert picture.count("<circle") == 4  # the legend's too
    with pytest.raises(ValueError, match="no figure"):
        drawn(few())


def test_pictures__each__has_colours_for_the_light_and_for_the_dark():
    for name, content in pictures().items():
        used = set(re.findall(r'class="(\w+)', content)) - {"rule"}
        for theme in re.findall(r"svg \{ (--.*?) \}", content):
            assert all(f"--{colour}: #" in theme for colour in {*used, "soft", "rule"}), name
        assert content.count("svg { --") == 2
