"""Courses of Open edX in OLX (Open Learning XML): a folder of XML and HTML, or a packed export of one."""

from courses.definitions.olx.files import ROOT, Unmapped, is_archive, unpacked
from courses.definitions.olx.reading import read_olx

__all__ = ["ROOT", "Unmapped", "is_archive", "read_olx", "unpacked"]
