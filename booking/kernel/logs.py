"""Logs: one event a line, past tense, ids not names; what looks like a document or phone number is blotted out."""

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PERSONAL = re.compile(rf"\d{{17}}[\dXx]|(?<!\d)1[3-9]\d{{9}}(?!\d)|[{PROVINCES}][A-Z][A-Z0-9]{{5,6}}")


def blot(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace identity numbers, mobile numbers and plates in every value."""
    return {key: PERSONAL.sub("***", value) if isinstance(value, str) else value for key, value in event.items()}


def start_logging(*, as_json: bool) -> None:
    """Write events to standard error, as JSON for machines or as plain lines for people."""
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.processors.LogfmtRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            blot,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
