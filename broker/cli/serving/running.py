"""From settings to a running broker: the port, the log, then one process or several."""

import signal
import sys
from contextlib import ExitStack
from socket import socket

import uvloop

from broker.cli.serving.ending import tell_end_in_log
from broker.cli.serving.reading import Reading
from broker.cli.serving.sockets import listening, port_of
from broker.cli.speaking import CommandFailed, say
from broker.settings.problem import SettingsInvalid
from broker.settings.schema import Settings
from broker.telemetry.instruments import only_a_log
from broker.telemetry.lines import write_json_lines
from broker.telemetry.process import Starting


def run(reading: Reading, *, share_port: bool) -> bool:
    """Serve until told to stop; False when it could not begin and has said why.

    Raises CommandFailed or SettingsInvalid for what is found here, which the log says too.
    """
    try:
        return _run(reading, share_port=share_port)
    except (CommandFailed, SettingsInvalid) as failed:
        write_json_lines()
        tell_end_in_log(failed)
        raise


def _run(reading: Reading, *, share_port: bool) -> bool:
    # Whoever asks for a reload before there is anything to reload must not end us by it.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    settings = reading.read()
    server = settings.server
    with listening(server.host, server.port, share_port=share_port) as sockets:
        write_json_lines()
        port = port_of(sockets)
        if sys.stdout.isatty():
            say(f"Starting {settings.issuer} on {server.host}, port {port}. Ctrl-C stops.")
        only_a_log().log.write(Starting(settings.issuer, server.host, port, server.workers))
        if server.workers == 1:
            _alone(settings, reading, sockets)
            return True
        # Imported here: whoever runs alone needs no supervisor, and the supervisor no broker.
        from broker.cli.serving.together import serve_together  # noqa: PLC0415

        return serve_together(settings, reading, sockets)


def _alone(settings: Settings, reading: Reading, sockets: list[socket]) -> None:
    from broker.cli.serving.alone import serve_alone  # noqa: PLC0415 - as above
    from broker.cli.serving.metrics import metrics_port, of_one  # noqa: PLC0415
    from broker.cli.serving.starting import telling_what_fails  # noqa: PLC0415
    from broker.cli.serving.watched import counting, watched  # noqa: PLC0415

    counters = counting(settings.telemetry)
    with ExitStack() as stack:
        stack.enter_context(telling_what_fails(settings))
        if counters is not None:
            stack.enter_context(metrics_port(settings.telemetry, of_one(counters)))
        instruments = stack.enter_context(watched(settings.telemetry, counters))
        uvloop.run(serve_alone(settings, reading, sockets, instruments))
