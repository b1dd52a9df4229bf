"""The report as one HTML file, without script and without any outside reference."""

from vigilia.report.html.page import render_html

__all__ = ["render_html"]
