"""Logs as JSON lines (or as text for people), each with the current request, job and trace id.

A record is one printable line, whatever a message quotes from elsewhere: a provider's error can
neither forge another line nor steer the terminal that shows it. Nor can it fill the disk: long
messages are cut.
"""

import json
import logging
import sys
from datetime import UTC, datetime

from services.common import context
from services.common.log_stream import BatchingHandler
from services.common.text import printable, shortened

_STANDARD = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}

_MESSAGE_CHARACTERS = 2_000
_FIELD_CHARACTERS = 500
_EXCEPTION_CHARACTERS = 8_000

_JSON = json.JSONEncoder(default=str, ensure_ascii=False)

_GRPC_LOGGER = "grpc._cython.cygrpc"


def set_up_logs(service: str, level: str, style: str) -> None:
    """Send every log line of this process to stdout. `style` is "json" or "text"."""
    # Neither formatter shows them, and finding them out takes a while for each line.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = BatchingHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(service) if style == "json" else TextFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    logging.getLogger(_GRPC_LOGGER).addFilter(without_metadata)


def without_metadata(record: logging.LogRecord) -> bool:
    """Remove the value and the traceback from gRPC's log line about metadata that is not text.

    The value may be a secret with one odd byte in it, and as long as the caller likes. This is a
    logging filter that drops no record.
    """
    if record.exc_info and isinstance(record.exc_info[1], UnicodeDecodeError):
        record.msg, record.args = "A call carries metadata that is not UTF-8", ()
        record.exc_info = record.exc_text = None
    return True


class JsonFormatter(logging.Formatter):
    """One JSON object per line; whatever is passed as `extra` becomes its fields."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for `record`."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self._service,
            "message": shortened(record.getMessage(), _MESSAGE_CHARACTERS),
            **_fields(record),
        }
        if record.exc_info:
            line["exception"] = _exception(self, record)
        text = _JSON.encode(line)
        return text if text.isprintable() else "".join(map(_in_json, text))


class TextFormatter(logging.Formatter):
    """Time, level, message and fields on one readable line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for `record`."""
        time = datetime.fromtimestamp(record.created, UTC).astimezone().strftime("%H:%M:%S")
        fields = " ".join(f"{key}={value}" for key, value in _fields(record).items())
        message = shortened(record.getMessage(), _MESSAGE_CHARACTERS)
        lines = [printable(f"{time} {record.levelname:<7} {message} {fields}".rstrip())]
        if record.exc_info:
            # Indented, so that no line of an exception's own text looks like a record.
            told = _exception(self, record).split("\n")
            lines += [f"  {printable(line)}" for line in told]
        return "\n".join(lines)


def _exception(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    told = formatter.formatException(record.exc_info) if record.exc_info else ""
    return shortened(told, _EXCEPTION_CHARACTERS)


def _in_json(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]


def _fields(record: logging.LogRecord) -> dict[str, object]:
    known = {
        "request_id": context.request_id.get(),
        "job_id": context.job_id.get(),
        "trace_id": context.trace_id(),
    }
    given = {key: value for key, value in record.__dict__.items() if key not in _STANDARD}
    return {
        key: shortened(value, _FIELD_CHARACTERS) if isinstance(value, str) else value
        for key, value in {**known, **given}.items()
        if value not in ("", None)
    }
