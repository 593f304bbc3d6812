"""What a course of Open edX has that a course here cannot have."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmapped:
    """Something that was left out, where it stands, and why if that is not plain from its name.

    It is spelled in one line.
    """

    file: str
    line: int
    name: str
    reason: str = ""

    def __str__(self) -> str:
        said = f"{self.file}:{self.line}: <{self.name}> cannot be mapped"
        return " ".join((f"{said}: {self.reason}" if self.reason else said).split())
