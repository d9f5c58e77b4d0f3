"""A bell that threads wait for: the courier for work, the phone page for news."""

import threading


class Bell:
    """Rings are counted, so that one between looking and waiting is never missed."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rings = 0

    @property
    def rings(self) -> int:
        """How often it rang so far; read it before looking for what it announces."""
        return self._rings

    def ring(self) -> None:
        """Wake everyone who waits."""
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def wait(self, heard: int, timeout: float | None) -> None:
        """Wait until it rang more often than `heard`, or `timeout` seconds (None: for ever)."""
        with self._condition:
            self._condition.wait_for(lambda: self._rings != heard, timeout)
