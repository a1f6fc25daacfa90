"""QR codes as drawings that a template of Typst takes: one path, in the colour of ink."""

from functools import lru_cache

import qrcode

from common.tones import INK


@lru_cache(maxsize=256)
def drawing(address: str) -> str:
    """An SVG with a white edge of two modules; what stands round it gives the other two. Posters get dirty: level M."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=2)
    code.add_data(address)
    rows = code.get_matrix()
    path = "".join(_row(number, row) for number, row in enumerate(rows))
    size = len(rows)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path fill="{INK}" d="{path}"/></svg>'


def _row(number: int, row: list[bool]) -> str:
    """Dark modules that touch are drawn at once: no hair of light between them."""
    drawn, start = "", None
    for place, is_dark in enumerate([*row, False]):
        if is_dark and start is None:
            start = place
        elif not is_dark and start is not None:
            drawn += f"M{start} {number}h{place - start}v1h-{place - start}z"
            start = None
    return drawn
