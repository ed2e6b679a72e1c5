# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
"""The report on paper: the same page, laid out by WeasyPrint."""

import re
from pathlib import Path
from typing import Final

from procmine.errors import UnavailableError

_HALO: Final = re.compile(
    r'<text ([^>]*?) paint-order="stroke" stroke="[^"]*" stroke-width="[^"]*"'
    r' stroke-linejoin="round">([^<]*)</text>'
)
"""A word of a map with a halo around it, as `procmine.draw.svg` writes it."""


def write_pdf(page: str, target: Path) -> None:
    """Lay a page out as PDF; nothing is fetched from anywhere.

    Args:
        page: The HTML.
        target: The file.

    Raises:
        UnavailableError: WeasyPrint, or Pango, which it draws text with, isn't installed.
    """
    check_pdf()
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols=["data"], fail_on_errors=True)
    HTML(string=for_paper(page), url_fetcher=fetcher).write_pdf(target)


def check_pdf() -> None:
    """See that a PDF can be made, before the work begins.

    Raises:
        UnavailableError: WeasyPrint or Pango isn't installed.
    """
    try:
        import weasyprint  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError:
        raise UnavailableError(
            "A PDF needs WeasyPrint, and it isn't installed.", "Install procmine[report]."
        ) from None
    except OSError:
        raise UnavailableError(
            "WeasyPrint needs the library Pango, and it isn't installed.",
            "Install it (on Debian: apt-get install libpangoft2-1.0-0), or leave outputs.pdf out.",
        ) from None


def for_paper(page: str) -> str:
    """Draw the words of maps once more over their halos, which WeasyPrint paints last.

    Example:
        >>> halo = 'paint-order="stroke" stroke="#fff" stroke-width="2" stroke-linejoin="round"'
        >>> for_paper(f'<text x="1" {halo}>wait</text>').endswith('<text x="1">wait</text>')
        True
    """
    return _HALO.sub(lambda found: f"{found[0]}<text {found[1]}>{found[2]}</text>", page)
