"""How the product reports on itself: one line an entry, for people or for machines."""

from __future__ import annotations

import logging
import sys

import structlog

from bot.delivery.describing import describe
from bot.sparing import Sparing


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
    logging.basicConfig(level=logging.ERROR, handlers=[Foreign()], force=True)


class Foreign(logging.Handler):
    """What libraries say through the standard logging: who and how grave, never the words.

    Their messages and tracebacks may hold tokens and what people wrote. Whoever finds the port
    brings one about with each request that is none.
    """

    def __init__(self) -> None:
        super().__init__()
        self._sparing = Sparing()

    def emit(self, record: logging.LogRecord) -> None:
        """Tell the entry's logger and the place of its error."""
        told = {"logger": record.name}
        if record.exc_info and record.exc_info[1] is not None:
            told["error"] = describe(record.exc_info[1])
        more = self._sparing.more(tuple(told.values()))
        if more is not None:
            structlog.get_logger().log(record.levelno, "library", **told, **more)
