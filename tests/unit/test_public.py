import ast
import subprocess
import sys
from pathlib import Path

import pytest

import flowcfd as fc


def test_a_type_checker_sees_the_names_that_are_loaded_on_first_use():
    stub = ast.parse(Path(fc.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    homes = {
        alias.asname: node.module
        for node in ast.walk(stub)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == alias.asname
    }
    assert homes.pop("__version__") == "flowcfd.version"
    assert homes == fc._HOME


@pytest.mark.parametrize("name", fc.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name):
    thing = getattr(fc, name)
    assert isinstance(thing, str) or thing.__doc__
    assert name in dir(fc)


def printed(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_a_verb_stays_a_verb_when_its_modules_are_imported_first():
    first = "import flowcfd.post.open, flowcfd.foam.render, flowcfd.foam.adopt, flowcfd as fc"
    verbs = "[fc.results, fc.render, fc.adopt, fc.run, fc.open]"
    assert printed(f"{first}; print(all(map(callable, {verbs})))") == "True\n"


def test_importing_flowcfd_loads_nothing_heavy():
    heavy = {"numpy", "pandas", "pydantic", "pint", "IPython", "pyvista", "vtk"}
    assert printed(f"import flowcfd, sys; print(sorted({heavy} & set(sys.modules)))") == "[]\n"


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Cavty'"):
        _ = fc.Cavty
