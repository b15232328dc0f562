"""What a report refuses, and what its figures and templates make of their data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import flowcfd as fc
from flowcfd.errors import CaseError, ResultError, UnknownName
from flowcfd.reports import SECTIONS, Section, Subject, report
from flowcfd.reports.blocks import Figure, Figures, Marks, Rows, Words
from flowcfd.reports.described import _rows
from flowcfd.reports.figures import _thinned, curves
from flowcfd.reports.report import _html, _pdf, _template
from flowcfd.reports.sections import ORDER, ordered

SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'><rect width='20' height='10'/></svg>"
ODD = 'a <b> & "c" # $x$ *y* _z_ @w \\'


def described(*blocks: object, **words: object) -> tuple[dict[str, object], dict[str, bytes]]:
    figures = Figures()
    section = Section(ODD, blocks).to_json(figures)  # type: ignore[arg-type]
    known = {"title": ODD, "author": "", "note": ODD, "kicker": "k", "date": "d", "version": "1", "badge": [],
             "sections": [section], **words}  # fmt: skip
    return known, figures.files


def test_the_sections_read_in_their_order_and_each_says_what_it_shows() -> None:
    names = [name for name, _ in ordered()]
    assert names[: len(ORDER)] == list(ORDER)
    assert set(names) == set(SECTIONS.names())
    assert all(make.__doc__ for _, make in ordered())


@pytest.mark.parametrize(
    ("path", "said"),
    [("report.docx", "must end with .pdf or .html"), ("no/such/folder/report.pdf", "there is no folder")],
)
def test_a_path_that_cannot_be_written_is_refused_first(tmp_path: Path, path: str, said: str) -> None:
    with pytest.raises(CaseError, match=said):
        report(tmp_path, tmp_path / path)


def test_a_path_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"path: must be the name of a file .* \(got NoneType\)"):
        report(tmp_path, None)  # type: ignore[arg-type]


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="holds no run, no study and no OpenFOAM case"):
        report(tmp_path, tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()


def test_what_is_no_run_is_refused() -> None:
    with pytest.raises(CaseError, match=r"give Results, a Run, a Study, mesh independence or a folder \(got int\)"):
        Subject.of(3)


def test_a_section_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    (tmp_path / "system").mkdir()
    (tmp_path / "system" / "controlDict").write_text("application icoFoam;")
    with pytest.raises(UnknownName, match=r"provenance.*verdict"):
        report(tmp_path, tmp_path / "report.html", sections=["provenence"])


def test_a_template_has_to_be_there_and_of_the_reports_kind(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="template: there is no file"):
        _template(tmp_path / "own.typ", ".pdf")
    (tmp_path / "own.html").write_text("{{ title }}")
    with pytest.raises(CaseError, match=r"a report as \.pdf needs a template \.typ \(got 'own.html'\)"):
        _template(tmp_path / "own.html", ".pdf")


def test_every_block_is_typeset_whatever_letters_it_holds() -> None:
    blocks = (
        Words(ODD), Words(ODD, soft=True),
        Rows([(ODD, ODD), ("one",)], head=("a", "b", "c"), numbers=(1,), caption=ODD),
        Rows([("    name", ODD)]), Marks([("red", ODD, ODD)]), Figure(SVG, ODD, 0.5),
    )  # fmt: skip
    words, files = described(*blocks, badge=["amber", "use with care"], author=ODD)
    assert _pdf(words, files, _template(None, ".pdf")).startswith(b"%PDF")


def test_a_page_escapes_what_it_is_given_and_needs_no_other_file() -> None:
    words, files = described(Words("<script>alert(1)</script>"), Figure(SVG, "a figure"))
    page = _html(words, files, _template(None, ".html")).decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "data:image/svg+xml;base64," in page
    assert "http" not in page.replace("http-equiv", "")


def test_a_template_of_your_own_gets_the_same_data(tmp_path: Path) -> None:
    words, files = described(Words("hello"))
    assert _html(words, files, "{{ sections[0].blocks[0].text }} {{ version }}") == b"hello 1"
    assert _pdf(words, files, '#let data = json("report.json")\n#data.title').startswith(b"%PDF")


def test_a_template_that_is_wrong_is_an_error_in_one_line() -> None:
    words, files = described(Words("hello"))
    with pytest.raises(CaseError, match=r"template: .*'nothing' is undefined"):
        _html(words, files, "{{ nothing }}")
    with pytest.raises(CaseError, match=r"template: typst says: .*unknown variable: nothing"):
        _pdf(words, files, "#nothing")


def test_long_curves_keep_their_peaks() -> None:
    x = np.arange(100_000.0)
    y = np.zeros(100_000)
    y[777] = 5.0
    y[88_888] = -3.0
    few_x, few_y = _thinned(x, y)
    assert len(few_x) < 3000
    assert few_y.max() == 5.0
    assert few_y.min() == -3.0
    assert few_x[few_y.argmax()] == 777
    assert few_x[-1] == x[-1]
    assert (np.diff(few_x) > 0).all()


def test_equal_curves_give_equal_bytes() -> None:
    x = np.linspace(0, 1, 50)
    assert curves([("a", x, x**2)], over="t", what="y") == curves([("a", x, x**2)], over="t", what="y")


def test_a_section_of_ones_own_may_be_a_function(tmp_path: Path) -> None:
    (tmp_path / "system").mkdir()
    (tmp_path / "system" / "controlDict").write_text("application icoFoam;")

    def hello(subject: Subject) -> Section:
        """Say hello."""
        return Section("Hello", [Words(f"from {subject.title}")])

    made = report(tmp_path, tmp_path / "report.html", sections=[hello], title="Mine")
    assert f"from {tmp_path.name}"[:5] in made.read_text()
    assert "<h2>1 Hello</h2>" in made.read_text()


def test_a_section_that_was_asked_for_and_has_nothing_says_so(tmp_path: Path) -> None:
    (tmp_path / "system").mkdir()
    (tmp_path / "system" / "controlDict").write_text("application icoFoam;")
    made = report(tmp_path, tmp_path / "report.html", sections=["geometry", "flow"])
    assert made.read_text().count("Not shown: ") == 2


def test_the_data_of_a_template_are_json(tmp_path: Path) -> None:
    words, _ = described(Rows([(1, 2.5)]), Marks([("green", "a", "b")]))  # type: ignore[list-item]
    assert json.loads(json.dumps(words)) == words


def bare(folder: Path) -> Path:
    """The smallest case that a report may be on."""
    (folder / "system").mkdir()
    (folder / "system" / "controlDict").write_text("application icoFoam;")
    return folder


def test_a_section_of_ones_own_that_fails_or_gives_something_else_says_so_in_its_place(tmp_path: Path) -> None:
    def fails(subject: Subject) -> Section:
        raise KeyError("nothing")

    made = report(bare(tmp_path), tmp_path / "report.html", sections=[fails, lambda _: "words"])  # type: ignore[list-item]
    assert "Not shown: KeyError: &#39;nothing&#39;" in made.read_text()
    assert "Not shown: it gives no Section (got str)" in made.read_text()


@pytest.mark.parametrize(
    ("sections", "said"),
    [("verdict", r"sections: give a list of names or functions, such as \['verdict'\]"), ([3], r"\(got int\)")],
)
def test_sections_that_are_none_are_refused(tmp_path: Path, sections: object, said: str) -> None:
    with pytest.raises(CaseError, match=said):
        report(bare(tmp_path), tmp_path / "report.html", sections=sections)  # type: ignore[arg-type]


def test_a_folder_in_the_place_of_the_report_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(CaseError, match=r"path: .*report.html is a folder"):
        report(bare(tmp_path), tmp_path / "report.html", sections=[])
    long = tmp_path / f"{'n' * 245}.html"  # the name of its draft is longer than a file system takes
    with pytest.raises(CaseError, match=r"path: .* cannot be written: File name too long"):
        report(tmp_path, long, sections=[])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "system"]


def test_a_template_that_is_no_text_or_fails_in_any_way_is_an_error_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "own.html").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CaseError, match=r"own\.html cannot be read: it is no text"):
        _template(tmp_path / "own.html", ".html")
    for template in ("{{ 1 / 0 }}", "{{ data('logo.png') }}", "{{ title.nothing() }}", "{% for %}", "{{ [1][5] + 1 }}"):
        with pytest.raises(CaseError, match=r"^template: .+") as told:
            _html(described(Words("hello"))[0], {}, template, tmp_path)
        assert "\n" not in str(told.value)


def test_pictures_beside_a_template_of_ones_own_are_found(tmp_path: Path) -> None:
    words, files = described(Words("hello"))
    (tmp_path / "logo.svg").write_bytes(SVG)
    assert b"data:image/svg+xml;base64," in _html(words, files, "<img src='{{ data('logo.svg') }}'>", tmp_path)
    assert _pdf(words, files, '#image("logo.svg")', tmp_path).startswith(b"%PDF")


def test_a_title_keeps_the_letters_of_the_name(tmp_path: Path) -> None:
    (tmp_path / "pitzDaily_NACA0012").mkdir()
    assert Subject.of(bare(tmp_path / "pitzDaily_NACA0012")).title == "PitzDaily NACA0012"


def test_the_set_up_has_units_inside_of_its_parts_too() -> None:
    physics = fc.Incompressible(fluid=fc.Fluid(name="glycerine", nu=1.2e-3))
    assert ("    fluid", "glycerine (nu 0.0012 m^2/s)") in list(_rows(physics, "physics"))
    layers = fc.Layers(count=3, ratio=1.3, first="0.5 mm", patches=["wall"])
    assert "first 0.0005 m" in dict(_rows(fc.Snappy(cell="8 cm", layers=layers), "mesh"))["    layers"]
    assert dict(_rows(fc.Steady(iterations=7, residual=None), "solve"))["    residual"] == "none"
    printed = Rows([("nu", "1e-05 m^2/s^2"), ("x", "a^b 2^3")], head=("", "p [m^-1]")).to_json(Figures())
    assert printed["rows"] == [["nu", "1e-05 m²/s²"], ["x", "a^b 2^3"]]
    assert printed["head"] == ["", "p [m⁻¹]"]
