"""QR codes: their path draws the modules of the code, and a quiet zone of four around them."""

import re

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from credentials.pages.qr_codes import QrCode

LINK = "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fauth.example%2Fwallets%2Foffers%2Fx"


def dark_modules(code: QrCode) -> set[tuple[int, int]]:
    bars = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", code.path)
    assert all(width == back for _, _, width, back in bars)
    assert "".join(f"M{x} {y}h{width}v1h-{back}z" for x, y, width, back in bars) == code.path
    return {(int(x) + step, int(y)) for x, y, width, _ in bars for step in range(int(width))}


def test_the_path_draws_the_code() -> None:
    expected = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    expected.add_data(LINK)
    rows = expected.get_matrix()

    code = QrCode.of(LINK)

    assert code.size == len(rows) + 8
    assert dark_modules(code) == {
        (x + 4, y + 4) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark
    }
