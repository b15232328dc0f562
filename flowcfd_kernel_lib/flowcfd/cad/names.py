"""Names of patches as OpenFOAM takes them."""

from __future__ import annotations

import unicodedata

_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ø": "o"})


def clean(name: str) -> str:
    """A name as OpenFOAM takes it for a patch."""
    name = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    name = "".join(letter for letter in name if not unicodedata.combining(letter))
    letters = "".join(letter if letter.isascii() and (letter.isalnum() or letter == "_") else "_" for letter in name)
    while "__" in letters:
        letters = letters.replace("__", "_")
    letters = letters.strip("_")
    return f"p{letters}" if letters[:1].isdigit() else letters
