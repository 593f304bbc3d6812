"""QR codes as paths of SVG images."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class QrCode:
    """A QR code, drawn in units of its modules, with its quiet zone: `path` is the `d` of a path element."""

    size: int
    path: str

    @classmethod
    def of(cls, text: str) -> "QrCode":
        """The QR code of this text, with 15 % of redundancy (level M)."""
        from qrcode.constants import ERROR_CORRECT_M  # noqa: PLC0415  # few requests need it
        from qrcode.main import QRCode  # noqa: PLC0415  # few requests need it

        code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
        code.add_data(text)
        rows = code.get_matrix()
        modules = (
            f"M{x} {y}h1v1h-1z"
            for y, row in enumerate(rows)
            for x, is_dark in enumerate(row)
            if is_dark
        )
        return cls(size=len(rows), path="".join(modules))
