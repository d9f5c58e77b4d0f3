"""Requests that the carrier holds in its hand until somebody who breaks things lets go of them."""

import threading

# Longer than any sender waits.
_LONGEST_S = 30.0


class Holds:
    """Every held request by the port that it came from, so that one can tell whose it is, with the
    name of the fault that holds it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._faults: dict[int, str] = {}

    def hold(self, port: int, fault: str) -> None:
        """Wait until it is released, half a minute at most."""
        with self._changed:
            self._faults[port] = fault
            self._changed.notify_all()
            self._changed.wait_for(lambda: port not in self._faults, _LONGEST_S)

    def held(self, within: float, fault: str | None = None) -> list[int]:
        """The ports, or those that one fault holds, as soon as there is one; empty after `within`
        seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._of(fault), within)
            return self._of(fault)

    def release(self, fault: str | None = None) -> None:
        """Let go of all, or of what one fault holds."""
        with self._changed:
            for port in self._of(fault):
                del self._faults[port]
            self._changed.notify_all()

    def _of(self, fault: str | None) -> list[int]:
        return [port for port, holds in self._faults.items() if fault in {None, holds}]
