from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event

import pytest

from flowcfd.errors import SiteError, UnknownName
from flowcfd.registry import Registry


def plug_in(folder: Path, line: str) -> None:
    """An installed package that declares one entry point."""
    info = folder / "windmill-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: windmill\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[flowcfd.mills]\n{line}\n")


def mills() -> Registry[object]:
    registry: Registry[object] = Registry("mill", "flowcfd.mills")
    registry.register("water", "our own")
    return registry


def test_a_part_is_found_by_its_name() -> None:
    assert mills().get("water") == "our own"
    assert mills().names() == ["water"]


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(UnknownName) as caught:
        mills().get("watr", where="country.mill")
    assert str(caught.value) == "country.mill: unknown mill 'watr'; did you mean 'water'? there are: water"


def test_a_second_part_of_a_name_is_an_error_of_the_programmer() -> None:
    registry = mills()
    assert registry.register("water", registry.get("water")) == "our own"
    with pytest.raises(ValueError, match="mill 'water' is registered twice"):
        registry.register("water", "another")


def test_our_own_parts_are_loaded_on_the_first_look() -> None:
    calls = []

    def load() -> None:
        calls.append("load")
        registry.register("wind", "loaded")

    registry: Registry[str] = Registry("mill", "flowcfd.mills", load)
    assert calls == []
    assert registry.get("wind") == registry.get("wind") == "loaded"
    assert calls == ["load"]


def test_a_thread_that_asks_while_the_parts_are_loaded_waits_for_all_of_them() -> None:
    """Monitor and wizard once gave two verdicts on one run: one of them by half of the judges."""
    begun, go_on = Event(), Event()

    def load() -> None:
        registry.register("wind", "loaded")
        begun.set()
        assert go_on.wait(60)
        registry.register("steam", "loaded")

    registry: Registry[str] = Registry("mill", "flowcfd.mills", load)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(registry.names)
        assert begun.wait(60)
        second = pool.submit(registry.names)
        wait([second], timeout=0.05)  # it would be done by now if it did not wait
        go_on.set()
        assert first.result(60) == second.result(60) == ["steam", "wind"]


def test_a_part_that_is_being_loaded_may_ask_for_others() -> None:
    def load() -> None:
        registry.register("wind", "loaded")
        registry.register("steam", registry.get("wind"))

    registry: Registry[str] = Registry("mill", "flowcfd.mills", load)
    assert registry.names() == ["steam", "wind"]


def test_a_plug_in_comes_in_by_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(tmp_path, "wind = fractions:Fraction")
    monkeypatch.syspath_prepend(tmp_path)
    registry = mills()
    assert registry.names() == ["water", "wind"]
    assert registry.get("wind").__name__ == "Fraction"
    assert [name for name, _ in registry.items()] == ["water", "wind"]


def test_a_plug_in_does_not_replace_our_own_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(tmp_path, "water = fractions:Fraction")
    monkeypatch.syspath_prepend(tmp_path)
    assert dict(mills().items()) == {"water": "our own"}


@pytest.mark.parametrize("target", ["no_such_module_anywhere:Part", "fractions:NoSuchPart"])
def test_a_broken_plug_in_is_a_defect_of_the_site_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    plug_in(tmp_path, f"wind = {target}")
    monkeypatch.syspath_prepend(tmp_path)
    registry = mills()
    assert registry.get("water") == "our own"
    with pytest.raises(SiteError, match=f"plug-in '{target}' of group flowcfd.mills cannot be loaded: "):
        registry.get("wind")
