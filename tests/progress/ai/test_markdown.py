"""Markdown on pages: what authors and models write can neither run nor call home."""

import pytest

from authsvc.http.markdown import html_of


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("A *loop*.", "<p>A <em>loop</em>.</p>\n"),
        ("# Bends", "<h2>Bends</h2>\n"),
        ("###### Bends", "<h6>Bends</h6>\n"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
        ("`<b>`", "<p><code>&lt;b&gt;</code></p>\n"),
        ("[a](https://knots.example)", '<p><a href="https://knots.example">a</a></p>\n'),
        ("", ""),
    ],
)
def test_plain_markdown_is_rendered(text: str, html: str) -> None:
    assert html_of(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![status](https://attacker.example/collect)",
        "[a](javascript:alert(1))",
        "[a](data:text/html,<script>alert(1)</script>)",
        "[a](vbscript:x)",
        "![x][y]\n\n[y]: https://attacker.example/x.png",
        "<a href='https://x' onclick='alert(1)'>a</a>",
    ],
)
def test_nothing_runs_and_nothing_is_loaded(text: str) -> None:
    html = html_of(text)

    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert 'href="vbscript' not in html
    assert "<a href='" not in html
