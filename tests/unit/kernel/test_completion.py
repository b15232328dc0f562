from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from flowcfd.foam.casefiles import CaseFiles
from flowcfd.kernel import completion, extension

CONTROL = (
    "FoamFile { class dictionary; }\nendTime 0.5;\nendless 1;\nfunctions { probes { type probes; fields (p U); } }\n"
)


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new_shell: Callable[[], InteractiveShell]
) -> InteractiveShell:
    monkeypatch.chdir(tmp_path)
    made = new_shell()
    extension.load_ipython_extension(made)
    made.user_ns["cav"] = CaseFiles({"system/controlDict": CONTROL, "0/U": "a 1;", "system/fvSchemes": "b 1;"})
    return made


def complete(shell: InteractiveShell, code: str) -> list[str]:
    """The whole words that would stand there after Tab at the end of `code`."""
    with provisionalcompleter():
        found = list(shell.Completer.completions(code, len(code)))
    return [code[item.start :][:0] + item.text for item in found]


def test_variables_that_hold_a_case_and_folders_come_first(shell: InteractiveShell, tmp_path: Path) -> None:
    (tmp_path / "cavity/system").mkdir(parents=True)
    assert complete(shell, "%%dict ca") == ["cav", "cavity/"]
    assert complete(shell, "%%dict cavity/s") == ["cavity/system/"]


def test_the_files_of_the_case(shell: InteractiveShell) -> None:
    assert complete(shell, "%%dict cav system/") == ["system/controlDict", "system/fvSchemes"]
    assert complete(shell, "%%dict cav ") == ["0/U", "system/controlDict", "system/fvSchemes"]


def test_the_entries_of_the_file_at_the_depth_of_the_cursor(shell: InteractiveShell) -> None:
    head = "%%dict cav system/controlDict\n"
    assert complete(shell, head + "end") == ["endless", "endTime"] or complete(shell, head + "end") == [
        "endTime",
        "endless",
    ]
    assert complete(shell, head + "endTime 1; fun") == ["functions"]
    assert complete(shell, head + "functions\n{\n    probes\n    {\n        fi") == ["fields"]
    assert complete(shell, head + "functions { probes { type x; } p") == ["probes"]


def test_a_value_is_not_completed_by_entries(shell: InteractiveShell) -> None:
    assert "endTime" not in complete(shell, "%%dict cav system/controlDict\nstopAt end")


def test_the_line_magic_completes_dotted_entries(shell: InteractiveShell) -> None:
    assert complete(shell, "%dict cav system/controlDict functions.probes.") == [
        "functions.probes.fields",
        "functions.probes.type",
    ]


def test_applications_begin_a_command_and_files_follow(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(completion, "_applications", lambda: ["blockMesh", "icoFoam"])
    (tmp_path / "blocks.txt").touch()
    assert complete(shell, "%%foam\nblo") == ["blockMesh"]
    assert complete(shell, "%%foam\nblockMesh && ico") == ["icoFoam"]
    assert complete(shell, "%%foam\ncat blo") == ["blocks.txt"]
    assert complete(shell, "%foam blo") == ["blockMesh"]


def test_other_cells_are_left_to_ipython(shell: InteractiveShell) -> None:
    shell.user_ns["endpoint"] = 1
    assert "endpoint" in complete(shell, "endp")


def test_a_case_that_is_not_there_offers_nothing_and_raises_nothing(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    complete(shell, "%%dict nowhere sys")
    complete(shell, "%%dict cav nofile\nend")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("a { b { c 1; } d", ("a",)),
        ("a { } ", ()),
        ('"(U|k)" { // }\n /* } */ x "}" ;', ("(U|k)",)),
        ("list ( { a 1; ", ("",)),
    ],
)
def test_the_open_dictionaries_before_the_cursor(body: str, names: tuple[str, ...]) -> None:
    assert completion.nesting(body) == names
