"""WeasyPrint as this house uses it: own files, no network. `paper` loads it when the first sheet is asked for."""

from pathlib import Path
from urllib.parse import unquote

from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

HOUSE = "https://house.invalid"  # an address that nobody can have (RFC 2606)
STATIC = Path(__file__).parents[2] / "static"
KINDS = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png"}


class OwnFiles(URLFetcher):
    """Give the files under /static/, and refuse every other address: a sheet never asks a network or the disk."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        path = (STATIC / unquote(url.removeprefix(f"{HOUSE}/static/").partition("?")[0])).resolve()
        is_own = url.startswith(f"{HOUSE}/static/") and path.is_relative_to(STATIC) and path.is_file()
        if not is_own or path.suffix not in KINDS:
            raise FatalURLFetchingError(f"a sheet asks for {url}, which is no file of this house")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": KINDS[path.suffix]})


def printed(html: str) -> bytes:
    """Return the page as a PDF that screen readers can read (PDF/UA-1), with its fonts in it."""
    page = HTML(string=html, base_url=f"{HOUSE}/", url_fetcher=OwnFiles())
    try:
        content: bytes = page.write_pdf(pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as refused:  # no Exception to Python: it would end the whole web process
        raise LookupError(str(refused)) from None
    return content
