"""The regular expressions of OpenFOAM's dictionary grammar; no alternative back-tracks, so all are linear."""

from __future__ import annotations

import re

# Blanks, comments, a line continued by a backslash.
SKIP = r"(?:\s++|//[^\n]*+|/\*(?s:.*?)\*/|\\\r?\n)*+"

# A word may hold balanced brackets, `div((nuEff*dev2(T(grad(U)))))`; deeper ones than here are counted by the scanner.
_INSIDE = r"[^\s\"'/;{}()]"
_NEST = ""
for _ in range(5):
    _NEST = rf"\((?:{_INSIDE}++{'|' + _NEST if _NEST else ''})*+\)"
_REST = rf"{_INSIDE}*+(?:{_NEST}{_INSIDE}*+)*+"

STRING = r'"(?:[^"\\\n]|\\(?s:.))*+"'
VERBATIM = r"\#\{(?s:.*?)\#\}"
_BRACED = ""
for _ in range(4):
    _BRACED = rf"\{{(?:[^{{}}\n]++{'|' + _BRACED if _BRACED else ''})*+\}}"
_NAME = r"(?:[^\s\"'/;{}()]|/(?![/*]))"
MACRO = rf"\$(?:{_BRACED}|{_NAME}++(?:{_NEST}{_NAME}*+)*+)"
DIRECTIVE = r"\#\w++"
NUMBER = r"[-+]?(?:\d++\.?+\d*+|\.\d++)(?:[eE][-+]?\d++)?+(?=[\s;(){}\[\]\"/]|\Z)"

KEY = rf"(?:{STRING}|[^\s\"'/;{{}}()\[\]$\#\d.+*:,=\\-]{_REST})(?=[\s\"/;{{]|\Z)"
WORD = rf"[^\s\"'/;{{}}()\[\]$\#\\]{_REST}"

# A statement in one match where it is simple: key, value without brackets, what ends it. Else } or ; or any other.
STATEMENT = re.compile(rf"{SKIP}(?:({KEY}){SKIP}([^;{{}}\"'\#$/()]*+)([;{{(])|(\}})|(;)|(.)|\Z)", re.ASCII)

# What a list without blocks, texts, macros and comments may hold, to be searched for whole.
FLAT = re.compile(r"[^;{}\"'#$/]*+;", re.ASCII)
GLUED = re.compile(r"(?<![^\s()])[^\s()\d.+-][^\s()]*+\(", re.ASCII)  # a word that goes into a bracket
NUMBERS = re.compile(r"[-+.\deE\s()]*+", re.ASCII)

# Structure inside a value: 1 ; 2 ( 3 ) 4 { 5 } 6 opaque 7 directive 8 macro 9 numbers 10 word 11 other
STRUCTURE = re.compile(
    rf"{SKIP}(?:(;)|(\()|(\))|(\{{)|(\}})|({STRING}|{VERBATIM})|({DIRECTIVE})|({MACRO})"
    rf"|((?:{NUMBER}\s*+)++)|({WORD})|([^\"'#$])|(.)|\Z)",
    re.ASCII,
)
REPEATED = re.compile(r"\{[^;{}]*+\}", re.ASCII)  # the braces of `3{0}`
TRIVIA = re.compile(SKIP, re.ASCII)
BLANKS_END = re.compile(r"[ \t]*+;", re.ASCII)
KEY_START = re.compile(r"[^\s\"'/;{}()\[\]$#\d.+*:,=\\-]", re.ASCII)
WORD_PART = re.compile(r"[\s\"'/;{}()]|[^\s\"'/;{}()]++", re.ASCII)
KEY_HERE = re.compile(KEY, re.ASCII)
MACRO_HERE = re.compile(MACRO, re.ASCII)
DIRECTIVE_HERE = re.compile(r"\#([A-Za-z]\w*+)", re.ASCII)
ARGUMENT = re.compile(rf"{SKIP}((?:{STRING}|{VERBATIM}|{MACRO}|{WORD}|\([^()]*+\)))", re.ASCII)
CONDITION = re.compile(rf"(?:[^\n\"#/]++|{STRING}|{VERBATIM}|\#|/(?![/*]))*+", re.ASCII)
BRACES = re.compile(rf"(?:[^{{}}\"#/]++|{STRING}|{VERBATIM}|//[^\n]*+|/\*(?s:.*?)\*/|[\"#/])*+([{{}}])", re.ASCII)
BINARY_HEAD = re.compile(r"(?:List<(\w+)>\s*)?(\d+)\s*\Z", re.ASCII)
HEADER_WORD = re.compile(r"\b(format|class|arch)\s+(\"[^\"\n]*\"|[^\s;\"]+)", re.ASCII)

# Tokens of a value for its typed reading: 1 number 2 string 3 verbatim 4 directive 5 macro 6 bracket 7 word 8 other
_PATH = rf"(?:{_NAME}(?<!\\)|(?<=[^\s()]){_NEST})++"  # a word with the slashes that are no comment
TOKEN = re.compile(
    rf"{SKIP}(?:({NUMBER})|({STRING})|({VERBATIM})|({DIRECTIVE})|({MACRO})|([()\[\]{{}};])|({_PATH})|(.)|\Z)", re.ASCII
)
