"""Courses of Open edX, in OLX (its Open Learning XML): a folder of XML and HTML, or a packed export of one."""

from courses.definitions.olx.archives import is_archive, unpacked
from courses.definitions.olx.reading import ROOT, read_olx
from courses.definitions.olx.unmapped import Unmapped

__all__ = ["ROOT", "Unmapped", "is_archive", "read_olx", "unpacked"]
