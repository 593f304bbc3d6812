"""Events as statements of xAPI 1.0.3, which other systems read."""

from progress.statements.statements import VERSION, Statement, spelled, statement_of

__all__ = ["VERSION", "Statement", "spelled", "statement_of"]
