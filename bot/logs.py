"""How the product reports on itself: one line an entry, for people or for machines."""

from __future__ import annotations

import logging
import sys

import structlog


def start_logs(level: str, form: str) -> None:
    """Log to standard error from `level` on; `form` is json, pretty, or auto for by terminal."""
    pretty = form == "pretty" or (form == "auto" and sys.stderr.isatty())
    last = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # Libraries speak through the standard logging; their messages may hold what people wrote.
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s")
