"""What a verdict makes of its judges, without a case behind them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from flowcfd.post import Results
from flowcfd.post.verdict import JUDGES, Judgement, Verdict, pronounce
from flowcfd.post.verdict.evidence import Apart, Evidence, Missing
from flowcfd.post.verdict.judge import Judge, amber, green, inapplicable, red, shade, unjudged
from flowcfd.registry import Registry


def of(*colours: str, names: tuple[str, ...] = ()) -> Verdict:
    named = names or tuple(f"criterion {k}" for k in range(len(colours)))
    pairs = zip(named, colours, strict=True)
    return Verdict(tuple(Judgement(name, colour, f"{name} is {colour}") for name, colour in pairs))  # type: ignore[arg-type]


@pytest.fixture
def anywhere(tmp_path: Path) -> Results:
    return Results(tmp_path)


@pytest.mark.parametrize(
    ("colours", "colour"),
    [
        (("green", "green"), "green"),
        (("green", "amber"), "amber"),
        (("amber", "red", "green"), "red"),
        (("green", "grey"), "green"),
        (("green", "grey", "grey"), "amber"),
    ],
)
def test_the_colour_is_the_gravest_and_not_green_when_little_was_judged(colours: tuple[str, ...], colour: str) -> None:
    assert of(*colours).colour == colour


def test_without_an_essential_criterion_it_is_amber_and_says_which() -> None:
    found = of("green", "green", "green", "grey", names=("a", "b", "c", "mass balance"))
    assert found.colour == "amber"
    assert found.reasons == ("not judged for want of evidence: mass balance",)


def test_a_criterion_that_does_not_apply_takes_nothing_from_green() -> None:
    apart = Judgement("residuals", "grey", "explicit", applies=False)
    found = Verdict((Judgement("mass balance", "green", "fits"), apart))
    assert found.colour == "green" and found.line == "green: judged 1 of 1 criteria (1 green)"


def test_reasons_come_with_the_gravest_first() -> None:
    found = of("amber", "green", "red", names=("a", "b", "c"))
    assert found.reasons == ("c is red", "a is amber")
    assert str(found).splitlines() == [
        "red: judged 3 of 3 criteria (1 red, 1 amber, 1 green)",
        "  red    c: c is red",
        "  amber  a: a is amber",
    ]


def test_a_judge_that_raises_is_an_amber_judgement_that_names_itself(anywhere: Results) -> None:
    def fails(seen: Evidence) -> Judgement:
        raise ZeroDivisionError("by nothing\nsecond line")

    found = pronounce(anywhere, judges=[("of a plug-in", fails)])
    assert found.judgements[0].name == "of a plug-in" and found.colour == "amber"
    assert found["of a plug-in"].sentence == "the judge failed: ZeroDivisionError: by nothing"


def test_what_a_judge_lacks_makes_it_grey_with_the_reason(anywhere: Results) -> None:
    def lacks(seen: Evidence) -> Judgement:
        raise Missing("no log")

    def elsewhere(seen: Evidence) -> Judgement:
        raise Apart("no velocity")

    found = pronounce(anywhere, judges=[("a", lacks), ("b", elsewhere), ("c", lambda seen: None)])
    assert [(each.colour, each.applies, each.sentence) for each in found.judgements] == [
        ("grey", True, "no log"),
        ("grey", False, "no velocity"),
        ("grey", False, "does not apply to this case"),
    ]


def test_an_empty_directory_is_no_traceback_and_never_green(anywhere: Results) -> None:
    found = anywhere.verdict
    assert found.colour == "amber" and not found.judged
    assert not any("failed" in each.sentence for each in found.judgements)


def test_every_judge_says_its_criterion_its_limits_and_has_a_plain_name() -> None:
    for name, judge in JUDGES.items():
        assert {"red", "amber"} & set((judge.__doc__ or "").lower().replace(",", " ").replace(":", " ").split()), name
        assert name == name.strip() and len(name) < 30


def test_all_of_it_is_json_nan_and_numbers_of_numpy_too() -> None:
    details = {"wall": {"mean": np.float64(3.5), "high": math.nan, "each": np.arange(2), "low": (1, -math.inf)}}
    found = Verdict((Judgement("y+", "amber", "too large", "99 %", "20 %", details=details),), "a case")
    read = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert read["colour"] == "amber"
    assert read["judgements"][0]["details"] == {"wall": {"mean": 3.5, "high": None, "each": [0, 1], "low": [1, None]}}
    assert read["reasons"] == ["too large"] and read["judged"] == 1


def test_the_table_has_every_criterion() -> None:
    table = of("green", "red", names=("a", "b")).table
    assert list(table.index) == ["a", "b"] and list(table.columns) == ["colour", "value", "limit", "sentence"]


def test_the_page_shows_reasons_folds_the_rest_and_escapes() -> None:
    page = Verdict(
        (Judgement("a", "red", "1 < 2", "1", "> 2"), Judgement("b", "green", "fine")), "<case>"
    )._repr_html_()
    assert "1 &lt; 2" in page and "&lt;case&gt;" in page and "<case>" not in page
    before = page.split("<details>")[0]
    assert "limit &gt; 2" in before and "fine" not in before and "1 criterion without a finding" in before


def test_a_name_that_nobody_judged_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        of("green")["nothing"]


def test_shades_begin_at_their_limits() -> None:
    assert [shade(value, 1, 10) for value in (0.99, 1, 9.99, 10)] == ["green", "amber", "amber", "red"]
    made = (green("a"), amber("a"), red("a"), unjudged("a"), inapplicable("a"))
    assert [each.colour for each in made] == ["green", "amber", "red", "grey", "grey"]
    assert [each.judged for each in made] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("line", "criterion"), [("odd = oddities:judge", "odd"), ("odd = nowhere:judge", "judges of plug-ins")]
)
def test_a_plug_in_judges_too_and_one_that_cannot_be_loaded_is_said(
    tmp_path: Path, anywhere: Results, monkeypatch: pytest.MonkeyPatch, line: str, criterion: str
) -> None:
    (tmp_path / "oddities.py").write_text(
        "from flowcfd.post.verdict.judge import red\ndef judge(seen):\n    return red('odd')\n"
    )
    info = tmp_path / "oddities-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: oddities\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[flowcfd.judges]\n{line}\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry: Registry[Judge] = Registry("judge", "flowcfd.judges")
    registry.register("own", lambda seen: green("fine"))
    monkeypatch.setattr("flowcfd.post.verdict.verdict.JUDGES", registry)
    found = pronounce(anywhere)
    assert [each.name for each in found.judgements] == [criterion, "own"]
    assert found[criterion].colour == ("red" if criterion == "odd" else "amber")
    assert "nowhere" in found[criterion].sentence or criterion == "odd"
