"""Writes the small static web shop that the victim serves: make/shop.py DIRECTORY."""

import pathlib
import sys

PAGES = ["index", "product", "search", "login", "about", "contact", "delivery", "returns", "news"]
FILES = {
    "static/site.css": "body { font: 16px sans-serif }\n" * 40,
    "static/site.js": "document.title += ' - shop';\n" * 60,
    "static/logo.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>\n",
    "robots.txt": "User-agent: *\nDisallow: /account\n",
}


def main() -> None:
    """Writes pages of different lengths, so that the log's byte counts differ too."""
    root = pathlib.Path(sys.argv[1])
    (root / "static").mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(PAGES):
        body = f"<p>{page} of a shop that sells field glasses.</p>\n" * (20 + 7 * number)
        (root / f"{page}.html").write_text(f"<!doctype html><title>{page}</title>\n{body}")
    for number in range(1, 9):
        (root / f"static/glass-{number}.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(2000 + 731 * number))
    for name, text in FILES.items():
        (root / name).write_text(text)


if __name__ == "__main__":
    main()
