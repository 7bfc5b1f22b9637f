"""Restricted Markdown (paragraphs, lists, bold, emphasis, links) as safe HTML."""

import html
import re
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_SAFE_LINK = re.compile(r"^(?:https?://|tel:|mailto:)", re.IGNORECASE)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True}).enable(
        ["list", "emphasis", "link", "escape", "newline"]
    )
    parser.validateLink = lambda url: bool(_SAFE_LINK.match(url))  # type: ignore[method-assign]
    return parser


_MARKDOWN = _parser()


@lru_cache(maxsize=2048)
def to_html(text: str) -> str:
    """HTML for the web chat and the desk. Nothing that is not listed above gets through."""
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        for child in token.children or []:
            if child.type == "link_open" and str(child.attrGet("href")).startswith("http"):
                child.attrSet("target", "_blank")
                child.attrSet("rel", "noopener noreferrer")
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def to_telegram(text: str) -> str:
    """The small HTML that Telegram accepts: b, i, a; lists become lines."""
    return _Telegram().render(_MARKDOWN.parse(text)).strip()


def to_plain(text: str) -> str:
    """Text without marks, links written out."""
    rendered = to_telegram(text)
    rendered = re.sub(
        r'<a href="(?:tel:|mailto:)?([^"]*)">(.*?)</a>',
        lambda link: link[2] if "://" not in link[1] else f"{link[2]} {link[1]}",
        rendered,
    )
    return html.unescape(re.sub(r"</?[bi]>", "", rendered))


class _Telegram:
    def __init__(self) -> None:
        self._parts: list[str] = []
        self._counters: list[int | None] = []

    def render(self, tokens: list[Token]) -> str:
        for token in tokens:
            self._block(token)
        return re.sub(r"\n{3,}", "\n\n", "".join(self._parts))

    def _block(self, token: Token) -> None:
        if token.type == "ordered_list_open":
            self._counters.append(int(token.attrGet("start") or 1))
        elif token.type == "bullet_list_open":
            self._counters.append(None)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            self._counters.pop()
            self._parts.append("\n")
        elif token.type == "list_item_open":
            self._parts.append(self._marker())
        elif token.type == "paragraph_close":
            self._parts.append("\n" if self._counters else "\n\n")
        elif token.type == "inline":
            self._parts.extend(_inline(child) for child in token.children or [])

    def _marker(self) -> str:
        number = self._counters[-1]
        if number is None:
            return "• "
        self._counters[-1] = number + 1
        return f"{number}. "


def _inline(token: Token) -> str:
    if token.type == "link_open":
        return f'<a href="{html.escape(str(token.attrGet("href")))}">'
    return {
        "strong_open": "<b>",
        "strong_close": "</b>",
        "em_open": "<i>",
        "em_close": "</i>",
        "link_close": "</a>",
        "softbreak": "\n",
        "hardbreak": "\n",
    }.get(token.type, html.escape(token.content, quote=False))
