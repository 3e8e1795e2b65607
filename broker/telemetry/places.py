"""Where an exception comes from: file, line, function. Never its message: it may hold values."""

import traceback


def place_of(error: BaseException) -> str:
    """The innermost frame, or nothing for an exception that was never raised."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    last = frames[-1]
    return f"{short(last.filename)}:{last.lineno} {last.name}"


def short(filename: str) -> str:
    """The last two parts of a path: enough to find it, nothing about the machine."""
    return "/".join(filename.split("/")[-2:])
