"""Packed exports of Open edX, which are not trusted."""

import gzip
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest

from courses.definitions.olx.files import MOST_BYTES, files_of, is_archive
from courses.definitions.olx.reading import read_olx
from courses.domain.errors import InvalidDefinition
from tests.support.olx import KNOTS

Packing = Callable[[tarfile.TarFile], None]


def packed(file: Path, packing: Packing, *, format_: int = tarfile.PAX_FORMAT) -> Path:
    with tarfile.open(file, "w:gz", format=format_) as archive:
        packing(archive)
    return file


def knots_in(folder: str) -> Packing:
    return lambda archive: archive.add(KNOTS, arcname=folder)


def a_member(name: str, *, type_: bytes = tarfile.REGTYPE, link: str = "") -> Packing:
    """Packs one member, which contains an empty course if it is a file."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = type_, link
    content = b"<course/>" if type_ == tarfile.REGTYPE else b""
    member.size = len(content)
    return lambda archive: archive.addfile(member, BytesIO(content))


def error_of(file: Path) -> str:
    with pytest.raises(InvalidDefinition) as error:
        files_of(file)
    (field_error,) = error.value.field_errors
    assert field_error.path == file.name
    return field_error.detail


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "knots.tar.gz"


@pytest.mark.parametrize("folder", ["", "course", "./", "./course"])
@pytest.mark.parametrize("format_", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_an_export_reads_like_the_folder_that_was_packed(
    file: Path, folder: str, format_: int
) -> None:
    packed(file, knots_in(folder), format_=format_)

    assert read_olx(file) == read_olx(KNOTS)


def test_what_is_not_read_is_not_kept(file: Path) -> None:
    files = files_of(packed(file, knots_in("course")))

    suffixes = {Path(name).suffix for name in files.names() if files.content(name)}

    assert suffixes == {".xml", ".html", ".json"}
    assert files.content("static/bowline.png") == b""


@pytest.mark.parametrize(
    ("packing", "detail"),
    [
        (
            a_member("/etc/course.xml"),
            "it contains a file outside of its folder, '/etc/course.xml'",
        ),
        (a_member("../course.xml"), "it contains a file outside of its folder, '../course.xml'"),
        (a_member("a/../../b.xml"), "it contains a file outside of its folder, 'a/../../b.xml'"),
        (a_member("a\\..\\b.xml"), "it contains a file outside of its folder, 'a\\\\..\\\\b.xml'"),
        (
            a_member("a.xml", type_=tarfile.SYMTYPE, link="/etc/passwd"),
            "it contains something that is not a file, 'a.xml'",
        ),
        (
            a_member("a.xml", type_=tarfile.LNKTYPE, link="b.xml"),
            "it contains something that is not a file, 'a.xml'",
        ),
        (
            a_member("a.xml", type_=tarfile.FIFOTYPE),
            "it contains something that is not a file, 'a.xml'",
        ),
        (
            a_member("dev", type_=tarfile.CHRTYPE),
            "it contains something that is not a file, 'dev'",
        ),
        (
            a_member(f"{'a' * 501}.xml"),
            f"it contains a file whose name is too long, '{'a' * 100}'",
        ),
    ],
)
def test_what_could_reach_out_of_the_archive_is_refused(
    file: Path, packing: Packing, detail: str
) -> None:
    assert error_of(packed(file, packing)) == detail


def test_a_file_that_is_longer_than_any_is_refused(file: Path) -> None:
    def too_long(archive: tarfile.TarFile) -> None:
        member = tarfile.TarInfo("a.html")
        member.size = 4_000_001
        archive.addfile(member, BytesIO(b" " * member.size))

    assert error_of(packed(file, too_long)) == (
        "it contains a file of more than 4,000,000 bytes, 'a.html'"
    )


def test_a_small_archive_of_very_much_is_given_up(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courses.definitions.olx.files.MOST_BYTES", 100_000)

    def much(archive: tarfile.TarFile) -> None:
        member = tarfile.TarInfo("film.mp4")
        member.size = 10_000_000
        archive.addfile(member, BytesIO(bytes(member.size)))

    assert error_of(packed(file, much)) == "it is larger than 100,000 bytes when unpacked"
    assert MOST_BYTES == 200_000_000


def test_a_header_that_claims_to_be_long_is_not_believed(file: Path) -> None:
    header = tarfile.TarInfo("././@PaxHeader")
    header.type, header.size = tarfile.XHDTYPE, 50_000_000
    file.write_bytes(gzip.compress(header.tobuf(tarfile.USTAR_FORMAT) + bytes(header.size)))

    assert error_of(file) == "it contains a header of more than 100,000 bytes"


def test_an_archive_of_very_many_files_is_given_up(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courses.definitions.olx.files.MOST_MEMBERS", 3)

    def many(archive: tarfile.TarFile) -> None:
        for number in range(4):
            archive.addfile(tarfile.TarInfo(f"{number}.png"))

    assert error_of(packed(file, many)) == "it contains more than 3 files"


@pytest.mark.parametrize(
    "content",
    [b"", b"not packed", gzip.compress(b"no tar"), gzip.compress(b"x" * 5000)],
    ids=["empty", "not packed", "packed text", "much packed text"],
)
def test_what_is_no_archive_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    assert error_of(file) == "it is not a complete archive"


def is_unpacked_or_refused(file: Path) -> bool:
    try:
        return bool(files_of(file).names())
    except InvalidDefinition as error:
        return bool(error.field_errors)


HEADER: Final = 10
"""Length in bytes of a gzip header without a file name (RFC 1952, section 2.3)."""
TRAILER: Final = 8
"""Length in bytes of a gzip trailer: checksum and length of the data."""
LEVELS: Final = {"stored": 0, "fast": 1, "small": 9}


@pytest.fixture
def plain(file: Path) -> bytes:
    """The sample course as a tar archive that is not compressed."""
    return gzip.decompress(packed(file, knots_in("course")).read_bytes())


@pytest.fixture(params=list(LEVELS.values()), ids=list(LEVELS))
def whole(request: pytest.FixtureRequest, plain: bytes) -> bytes:
    """The same archive, compressed: well, badly and not at all."""
    return gzip.compress(plain, request.param)


def test_an_archive_that_was_cut_short_is_no_whole_one(file: Path, whole: bytes) -> None:
    end_of_data = len(whole) - TRAILER
    lengths = [
        *range(HEADER + 2),
        *range(HEADER + 2, end_of_data, len(whole) // 50),
        *range(end_of_data - 2, len(whole)),
    ]

    for length in lengths:
        file.write_bytes(whole[:length])
        assert error_of(file) == "it is not a complete archive", length


def test_an_archive_that_differs_from_its_checksum_is_no_whole_one(
    file: Path, whole: bytes
) -> None:
    for at in range(len(whole) - TRAILER, len(whole)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert error_of(file) == "it is not a complete archive", at


def test_an_archive_in_several_gzip_members_is_whole_as_long_as_all_are(
    file: Path, plain: bytes
) -> None:
    half = len(plain) // 2
    first, second = gzip.compress(plain[:half]), gzip.compress(plain[half:])

    file.write_bytes(first + second)
    assert read_olx(file) == read_olx(KNOTS)

    for cut in (first, first + second[:-TRAILER], first + second[:-1]):
        file.write_bytes(cut)
        assert error_of(file) == "it is not a complete archive"


def test_zeros_after_an_archive_are_padding_and_all_else_is_refused(
    file: Path, whole: bytes, plain: bytes
) -> None:
    for padding in (bytes(1), bytes(512), gzip.compress(bytes(10_240))):
        file.write_bytes(whole + padding)
        assert read_olx(file) == read_olx(KNOTS)

    for rest in (
        b"x",
        whole,
        whole[:HEADER],
        gzip.compress(b"x"),
        gzip.compress(bytes(512) + b"x"),
    ):
        file.write_bytes(whole + rest)
        assert error_of(file) == "it is not a complete archive"


def test_an_archive_that_was_cut_short_before_it_was_compressed_is_no_whole_one(
    file: Path, plain: bytes
) -> None:
    with tarfile.open(fileobj=BytesIO(plain)) as archive:
        starts = [member.offset for member in archive]
        end = archive.offset

    for length in [0, *starts, *(start + 100 for start in starts), end, end + 512, end + 1023]:
        file.write_bytes(gzip.compress(plain[:length], 1))
        assert error_of(file) == "it is not a complete archive", length

    file.write_bytes(gzip.compress(plain[: end + 1024], 1))
    assert read_olx(file) == read_olx(KNOTS)


def test_a_damaged_header_in_the_middle_does_not_end_an_archive(file: Path, plain: bytes) -> None:
    with tarfile.open(fileobj=BytesIO(plain)) as archive:
        starts = [member.offset for member in archive]

    for start in starts:
        file.write_bytes(gzip.compress(plain[:start] + b"\xff" + plain[start + 1 :], 1))
        assert error_of(file) == "it is not a complete archive", start


def test_padding_is_bounded_as_all_else_in_an_archive(
    file: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courses.definitions.olx.files.MOST_BYTES", 1_000_000)

    file.write_bytes(whole + gzip.compress(bytes(2_000_000)))

    assert error_of(file) == "it is larger than 1,000,000 bytes when unpacked"


def test_an_archive_with_a_changed_header_never_ends_in_a_crash(file: Path, plain: bytes) -> None:
    for at in range(0, 512, 3):
        file.write_bytes(gzip.compress(plain[:at] + b"\xff" + plain[at + 1 :], 1))
        assert is_unpacked_or_refused(file)


def test_a_file_in_the_place_of_a_folder_does_no_harm(file: Path) -> None:
    def clash(archive: tarfile.TarFile) -> None:
        a_member("course.xml")(archive)
        a_member("course.xml/b.xml")(archive)

    assert files_of(packed(file, clash)).names() == ["course.xml", "course.xml/b.xml"]


def test_an_archive_of_very_many_compressed_parts_is_given_up(file: Path, plain: bytes) -> None:
    file.write_bytes(gzip.compress(plain[:512]) + gzip.compress(b"") * 100)

    assert error_of(file) == "it contains more than 100 compressed parts"


def test_an_archive_without_a_course_is_read_as_a_folder_without_one(file: Path) -> None:
    packed(file, a_member("readme.html"))

    with pytest.raises(InvalidDefinition) as error:
        read_olx(file)

    assert [field_error.detail for field_error in error.value.field_errors] == [
        "course.xml is missing"
    ]


KNOWN: Final = {"a.tar.gz": True, "A.TAR.GZ": True, "a.tgz": True, "a.gz": False, "a.yaml": False}


def test_an_archive_is_known_by_its_name() -> None:
    assert {name: is_archive(Path(name)) for name in KNOWN} == KNOWN
