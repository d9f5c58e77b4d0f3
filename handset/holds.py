"""Requests that the carrier holds in its hand until somebody who breaks things lets go of them."""

import threading

# Longer than any sender waits.
_LONGEST_S = 30.0


class Holds:
    """Every held request by the port that it came from, so that one can tell whose it is."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._ports: list[int] = []

    def hold(self, port: int) -> None:
        """Wait until it is released, half a minute at most."""
        with self._changed:
            self._ports.append(port)
            self._changed.notify_all()
            self._changed.wait_for(lambda: port not in self._ports, _LONGEST_S)

    def held(self, within: float) -> list[int]:
        """The ports, as soon as there is one; empty after `within` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._ports, within)
            return list(self._ports)

    def release(self) -> None:
        """Let go of all."""
        with self._changed:
            self._ports.clear()
            self._changed.notify_all()
