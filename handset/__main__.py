"""`python -m handset`: serve until SIGTERM or SIGINT; a wrong setting is one line on stderr."""

import os
import signal
import sys

from handset.server import serving
from handset.settings import SettingError, Settings, read

_STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM}


def main() -> int:
    """Exit status 0 after a signal, 1 when the handset cannot start."""
    # Blocked before any thread begins, so that a signal only ever ends the wait below.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)
    try:
        _serve(read(os.environ))
    except SettingError as error:
        print(f"handset: {error}", file=sys.stderr)
        return 1
    return 0


def _serve(settings: Settings) -> None:
    try:
        with serving(settings) as url:
            print(f"Handset: {url}/", flush=True)
            signal.sigwait(_STOP_SIGNALS)
    except OSError as error:
        raise SettingError(f"HANDSET_PORT {settings.port} cannot be used: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
