"""Images that contain a credential, and images that contain something else."""

import json
import zlib
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.openbadges.baking import baked, is_image, taken_out
from credentials.openbadges.errors import InvalidImage
from credentials.openbadges.integrity import with_proof
from credentials.openbadges.png_images import LARGEST_PNG
from credentials.openbadges.svg_images import LARGEST_SVG
from credentials.openbadges.tokens import as_jwt
from tests.credentials.openbadges.awards import ISSUED, document, ed25519, rsa
from tests.credentials.openbadges.images import NAMESPACE, chunk, png, svg, text_chunk

CREDENTIAL = json.dumps(with_proof(document(), ed25519(), ISSUED))
TOKEN = as_jwt(document(), rsa())
OPEN_BADGES = "{https://purl.imsglobal.org/ob/v3p0}credential"


@pytest.mark.parametrize("image", [png(), svg()], ids=["PNG", "SVG"])
def test_a_credential_is_taken_out_as_it_was_baked(image: bytes) -> None:
    assert is_image(image)
    assert json.loads(taken_out(baked(image, CREDENTIAL))) == json.loads(CREDENTIAL)
    assert taken_out(baked(image, TOKEN)) == TOKEN


def test_a_png_has_the_credential_uncompressed_after_the_header() -> None:
    image = baked(png(), CREDENTIAL)

    assert image[33 + 4 : 33 + 8] == b"iTXt"
    assert image[33 + 8 :].startswith(b'openbadgecredential\0\0\0\0\0{"@context":[')
    assert image.count(b"openbadgecredential") == 1


def test_an_svg_has_the_credential_as_first_element() -> None:
    with_json, with_token = (ET.fromstring(baked(svg(), text)) for text in (CREDENTIAL, TOKEN))  # noqa: S314  # our own

    assert (with_json[0].tag, with_token[0].tag) == (OPEN_BADGES, OPEN_BADGES)
    assert with_json[0].text == taken_out(baked(svg(), CREDENTIAL))
    assert with_token[0].attrib == {"verify": TOKEN}
    assert with_json[1].tag == "{http://www.w3.org/2000/svg}title"


def test_the_end_of_cdata_in_a_credential_ends_nothing() -> None:
    text = json.dumps({"name": "]]><script xmlns='http://www.w3.org/2000/svg'/>]]>"})

    assert json.loads(taken_out(baked(svg(), text))) == json.loads(text)


def test_prefixes_and_quotes_in_the_root_do_not_confuse() -> None:
    image = (
        b"\xef\xbb\xbf<!-- <svg> --><s:svg xmlns:s='http://www.w3.org/2000/svg' id='a>b'\n"
        b' class="c>"><s:g/></s:svg>'
    )

    assert taken_out(baked(image, TOKEN)) == TOKEN


@pytest.mark.parametrize("image", [png(), svg()], ids=["PNG", "SVG"])
def test_an_image_is_baked_once(image: bytes) -> None:
    with pytest.raises(InvalidImage, match="already"):
        baked(baked(image, CREDENTIAL), CREDENTIAL)


@pytest.mark.parametrize("image", [png(), svg()], ids=["PNG", "SVG"])
def test_an_image_without_a_credential_is_refused(image: bytes) -> None:
    with pytest.raises(InvalidImage, match="no credential"):
        taken_out(image)


@pytest.mark.parametrize(
    "image",
    [
        png(text_chunk(b"{}"), text_chunk(b"{}")),
        png(text_chunk(b"{}"), text_chunk(b"{}", b"openbadges")),
        svg("<openbadges:credential>{}</openbadges:credential>" * 2, NAMESPACE),
    ],
)
def test_two_credentials_in_an_image_are_refused(image: bytes) -> None:
    with pytest.raises(InvalidImage, match="more than one"):
        taken_out(image)


@pytest.mark.parametrize("text", ["", "hello", "[1]", "{", '{"a":1,"a":2}', "a.b.c"])
@pytest.mark.parametrize("image", [png(), svg()], ids=["PNG", "SVG"])
def test_only_credentials_are_baked(image: bytes, text: str) -> None:
    with pytest.raises(InvalidImage):
        baked(image, text)


def test_badges_of_open_badges_2_give_the_address_of_their_assertion() -> None:
    url = "https://old.example/assertions/1"
    in_png = png(text_chunk(url.encode(), b"openbadges"))
    in_text = png(chunk(b"tEXt", b"openbadges\0" + url.encode()))
    in_svg = svg(f'<o:assertion xmlns:o="http://openbadges.org" verify="{url}"/>')

    assert [taken_out(image) for image in (in_png, in_text, in_svg)] == [url] * 3


HEADER_OF_12_BYTES = chunk(b"IHDR", bytes(12))
DAMAGED_AND_HOSTILE = {
    "nothing": b"",
    "GIF": b"GIF89a",
    "one byte less": png()[:-1],
    "no end": png()[:-12],
    "one byte more": png() + b"x",
    "two ends": png() + chunk(b"IEND", b""),
    "signature alone": png()[:8],
    "no header": png()[:8] + chunk(b"IDAT", b"") + chunk(b"IEND", b""),
    "no data": png()[:33] + chunk(b"IEND", b""),
    "wrong checksum": png().replace(b"IDAT", b"IDAx"),
    "no width": png(width=0),
    "huge width": png(width=10**6),
    "huge chunk": png(b"\xff\xff\xff\xffIDAT"),
    "short header": png(HEADER_OF_12_BYTES)[:8] + png(HEADER_OF_12_BYTES)[33:],
    "too large": png(chunk(b"teXt", bytes(LARGEST_PNG))),
    "bomb": png(chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0" + zlib.compress(bytes(10**6)))),
    "zTXt": png(chunk(b"zTXt", b"openbadgecredential\0\0" + zlib.compress(b"{}"))),
    "tEXt": png(chunk(b"tEXt", b"openbadgecredential\0{}")),
    "no UTF-8": png(text_chunk(b"\xff")),
    "no text": png(chunk(b"iTXt", b"openbadgecredential\0")),
}


@pytest.mark.parametrize("image", list(DAMAGED_AND_HOSTILE.values()), ids=list(DAMAGED_AND_HOSTILE))
def test_damaged_and_hostile_png_images_are_refused(image: bytes) -> None:
    with pytest.raises(InvalidImage):
        taken_out(image)


@given(st.data())
def test_one_changed_byte_in_a_png_is_noticed(data: st.DataObject) -> None:
    image = bytearray(baked(png(), TOKEN))
    position = data.draw(st.integers(0, len(image) - 1))
    image[position] ^= data.draw(st.integers(1, 255))

    with pytest.raises(InvalidImage):
        taken_out(bytes(image))


BOMB = (
    '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<svg xmlns="http://www.w3.org/2000/svg"><title>&b;</title></svg>'
)
ENTITY = (
    '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    '<svg xmlns="http://www.w3.org/2000/svg"><title>&x;</title></svg>'
)


@pytest.mark.parametrize(
    "image",
    [
        BOMB.encode(),
        ENTITY.encode(),
        b'<!DOCTYPE svg SYSTEM "https://evil.example/x.dtd"><svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<?xml-stylesheet href="https://evil.example/x.css"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        svg("<script>alert(1)</script>"),
        svg('<script href="https://evil.example/x.js"/>'),
        svg('<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>'),
        svg('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>'),
        svg('<image href="https://evil.example/x.png"/>'),
        svg('<a href="javascript:alert(1)"><text>x</text></a>'),
        svg('<animate attributeName="href" to="javascript:alert(1)"/>'),
        svg('<set attributeName="onload" to="alert(1)"/>'),
        svg('<handler type="text/ecmascript">alert(1)</handler>'),
        svg('<use href="https://evil.example/x.svg#a"/>'),
        svg('<use xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="data:image/svg+xml,x"/>'),
        svg('<rect fill="url(https://evil.example/x)"/>'),
        svg("<rect fill=\"url( 'https://evil.example/x')\"/>"),
        svg('<rect style="background: URL(//evil.example)"/>'),
        svg('<rect style="mask-image: image-set(&quot;x.png&quot; 1x)"/>'),
        svg('<rect style="fill: u\\72l(x)"/>'),
        svg("<style>@import 'https://evil.example/x.css';</style>"),
        svg("<style>rect { fill: u<!-- -->rl(https://evil.example) }</style>"),
        svg("<style>a</style><style><![CDATA[@font-face {}]]></style>"),
        svg("", 'onload="alert(1)"'),
        svg("", 'ONLOAD="alert(1)"'),
        svg("", 'xmlns:x="http://x.example" x:onload="alert(1)"'),
        svg("<g>" * 100 + "</g>" * 100),
        svg("<g/>" * 60_000),
        svg("<!--" + "x" * LARGEST_SVG + "-->"),
        svg("<openbadges:credential><g/></openbadges:credential>", NAMESPACE),
        svg("<unknown/>"),
        svg("</g>"),
        b"<svg/>",
        b'<html xmlns="http://www.w3.org/1999/xhtml"/>',
        b"<\xff",
        svg().decode().encode("utf-16"),
        svg().replace(b"UTF-8", b"UTF-7"),
        svg("&undeclared;"),
    ],
)
def test_hostile_svg_images_are_refused(image: bytes) -> None:
    for attempt in (lambda: taken_out(image), lambda: baked(image, TOKEN)):
        with pytest.raises(InvalidImage) as raised:
            attempt()
        assert "no credential" not in str(raised.value)


@pytest.mark.parametrize(
    "image",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        svg("", 'xmlns:openbadges="https://other.example"'),
    ],
)
def test_an_svg_without_a_place_for_the_credential_is_not_baked(image: bytes) -> None:
    with pytest.raises(InvalidImage):
        baked(image, TOKEN)


@pytest.mark.parametrize(
    "inner",
    [
        '<use href="#a"/>',
        '<rect fill="url(#a)" style="filter: url(\'#b\'); clip-path: url( #c )"/>',
        "<style>.a { fill: red } /* plain */</style>",
        '<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata>',
        '<g xml:space="preserve" data-name="a" aria-label="b"><text font-size="3">Knot</text></g>',
        "<filter id='f'><feGaussianBlur stdDeviation='2'/></filter>",
    ],
)
def test_what_editors_draw_is_accepted(inner: str) -> None:
    assert taken_out(baked(svg(inner), TOKEN)) == TOKEN
