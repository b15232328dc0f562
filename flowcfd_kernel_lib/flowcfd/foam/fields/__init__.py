"""Field and list files of OpenFOAM as numpy arrays: read, change, write; ascii, binary and .gz."""

from flowcfd.foam.fields.element import Arch, Element
from flowcfd.foam.fields.field import Field, read, write
from flowcfd.foam.fields.lists import Faces, read_list, write_list

__all__ = ["Arch", "Element", "Faces", "Field", "read", "read_list", "write", "write_list"]
