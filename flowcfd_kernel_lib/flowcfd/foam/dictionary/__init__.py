"""OpenFOAM's dictionaries as lossless trees: `tree = parse(text)`, values by path, edits that keep all other bytes."""

from flowcfd.foam.dictionary.directive import Directive
from flowcfd.foam.dictionary.tree import Tree, parse, read
from flowcfd.foam.dictionary.values import (
    Dimensioned,
    Dimensions,
    Named,
    Nonuniform,
    Quoted,
    Stream,
    Uniform,
    Verbatim,
    Word,
)
from flowcfd.foam.dictionary.write import dumps

__all__ = [
    "Dimensioned", "Dimensions", "Directive", "Named", "Nonuniform", "Quoted", "Stream", "Tree", "Uniform", "Verbatim",
    "Word", "dumps", "parse", "read",
]  # fmt: skip
