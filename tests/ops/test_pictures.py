"""What may be served under our own address."""

from __future__ import annotations

import pytest

from frontrunner.ops.pictures import media_type_of

HEAD = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'>"


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"GIF89a....", "image/gif"),
        (b"RIFF....WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x01\x00....", "image/x-icon"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- icon --><svg/>", "image/svg+xml"),
        (
            b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'http://www.w3.org/svg11.dtd'><svg/>",
            "image/svg+xml",
        ),
    ],
)
def test_pictures(body: bytes, media_type: str) -> None:
    assert media_type_of(body) == media_type


@pytest.mark.parametrize(
    "inner",
    [
        "<path fill='url(#a)' d='M0 0'/>",
        "<use xlink:href='#a'/>",
        "<style>.a{fill:url(#b);color:red}</style>",
        "<image href='data:image/png;base64,AAAA'/>",
        "<text>one on two &amp; click</text>",
    ],
)
def test_an_svg_that_stays_inside(inner: str) -> None:
    assert media_type_of(f"{HEAD}{inner}</svg>".encode()) == "image/svg+xml"


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        "<SCRIPT/>",
        "<svg:script xmlns:svg='http://www.w3.org/2000/svg'/>",
        "<g onload='alert(1)'/>",
        "<g ONCLICK='a'/>",
        "<a href='javascript:alert(1)'/>",
        "<a xlink:href=' https://example.org'/>",
        "<image href='http://example.org/track.png'/>",
        "<image href='data:image/svg+xml;base64,AAAA'/>",
        "<image href='data:text/html,x'/>",
        "<use href='other.svg#a'/>",
        "<foreignObject><p/></foreignObject>",
        "<iframe src='x'/>",
        "<style>@import 'http://example.org/a.css';</style>",
        "<style>.a{background:url(http://example.org/a)}</style>",
        "<style><![CDATA[.a{background:URL( 'http://a/')}]]></style>",
        "<g style='fill:url(&quot;//example.org/a&quot;)'/>",
        "<animate attributeName='href' to='javascript:alert(1)'/>",
        "<set attributeName='xlink:href' to='x'/>",
        "<?xml-stylesheet href='http://example.org/a.css'?>",
    ],
)
def test_an_svg_that_runs_or_loads_something_is_refused(inner: str) -> None:
    assert media_type_of(f"{HEAD}{inner}</svg>".encode()) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"<html><svg/></html>",
        b"<svg>",
        b"<svg/><svg/>",
        b"%PDF-1.7",
        b"\x00" * 100,
        b"<!DOCTYPE svg [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><svg>&b;</svg>",
        b"<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>",
        b"<svg a='1' a='2'/>",
        b"<svg>\xff</svg>",
        b"<?xml version='1.0' encoding='no-such'?><svg/>",
    ],
)
def test_what_is_no_picture(body: bytes) -> None:
    assert media_type_of(body) is None
