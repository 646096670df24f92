"""The one background process: it counts what is committed, and runs the queue's jobs."""

import asyncio
import contextlib
import ctypes
import gc
import logging
import os
import signal
import threading
import traceback

from django.db import connections
from procrastinate.contrib.django import app

log = logging.getLogger(__name__)

BEAT = 0.5  # seconds between two looks at the outbox
PATIENCE = 10.0  # the longest wait for a database that does not answer
LAST_WORDS = 1.0  # seconds that a job has to end in
QUIET = ("psycopg.pool", "procrastinate")  # our own line says the same, once and without their words


def run() -> None:
    """Work until SIGTERM or SIGINT, then end the process. Outlives restarts of the database, with one line in the log.

    It does not wait for a long job or count: being cut short loses nothing, and both are taken up at the next start.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # gives memory back
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    report_failed_jobs()
    collect_rarely()
    counter = Counter()
    counter.start()
    messenger = Messenger()
    messenger.start()
    asyncio.run(_until_stopped(counter, messenger))


def collect_rarely() -> None:
    """Leave what is loaded at the start out of garbage collection, and look at what is new less often.

    A list that comes in makes millions of small things that are no garbage: looking for it cost a third of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class Rounds(threading.Thread):
    """Does its round twice a second, whatever a round meets."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(name=name, daemon=True)
        self._what, self._stopping = what, threading.Event()

    def stop(self) -> None:
        """Ask it to end after the present round."""
        self._stopping.set()

    def run(self) -> None:
        trouble = Trouble(self._what)
        while not self._stopping.is_set():
            try:
                self._round()
                trouble.over()
                pause = BEAT
            except Exception as error:  # the process must outlive whatever a round meets
                connections.close_all()
                pause = trouble.again(error)
            self._stopping.wait(pause)

    def _round(self) -> None:
        raise NotImplementedError


class Messenger(Rounds):
    """Writes the notices of what is new, and sends what goes outside."""

    def __init__(self) -> None:
        super().__init__("messenger", "notices")

    def _round(self) -> None:
        from gongjiang.kernel.notices import draining, sending

        draining.drain()
        sending.send()


class Counter(Rounds):
    """Looks at the outbox and counts what is new."""

    def __init__(self) -> None:
        super().__init__("counter", "counting")

    def _round(self) -> None:
        from .cells.standing import look

        seen = look()
        if not seen.behind and not seen.stale:
            return
        from .cells import counting
        from .lake.tables import Lake

        lake = Lake()
        try:
            done = counting.bring_up_to_date(lake)
        finally:
            lake.close()
        if done.rebuilt:
            log.warning(
                "counted from scratch: %s", ", ".join(f"{n} {rows}" for n, rows in done.changed.items())
            )
            _give_back()


class Trouble:
    """One line in the log when something starts to fail, and one when it is over; longer waits in between."""

    def __init__(self, what: str) -> None:
        self.what, self._times = what, 0

    def again(self, error: BaseException) -> float:
        """Note a failure; returns how many seconds to wait. Only its kind and place are written, never its words."""
        if self._times == 0:
            log.error("%s stands still: %s", self.what, kind_and_place(error))
        self._times += 1
        return min(PATIENCE, 0.25 * 2 ** min(self._times, 10))

    def over(self) -> None:
        """Note a success."""
        if self._times:
            log.warning("%s goes on after %s attempts", self.what, self._times)
        self._times = 0


def kind_and_place(error: BaseException) -> str:
    """What of an error may stand in a log: its class, and where it was raised. Its words may hold data."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {last.filename}:{last.lineno}"


class FailedJobs(logging.Handler):
    """One line for each job that failed, by number and name: never its arguments, never the words of its error."""

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "action", "") in ("job_error", "job_error_retry") and record.exc_info:
            job, error = record.job, record.exc_info[1]  # type: ignore[attr-defined]
            if error is not None:
                log.error("job %s (%s) failed: %s", job["id"], job["task_name"], kind_and_place(error))


def report_failed_jobs() -> None:
    """Put our own line in the place of the queue's, which quotes arguments and errors."""
    theirs = logging.getLogger("procrastinate.worker")
    theirs.setLevel(logging.INFO)
    theirs.propagate = False
    theirs.handlers = [FailedJobs()]


async def _until_stopped(*threads: Rounds) -> None:
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    jobs = asyncio.create_task(_jobs())
    await stopping.wait()
    for thread in threads:
        thread.stop()
    jobs.cancel()
    await asyncio.wait([jobs], timeout=LAST_WORDS)
    for thread in threads:
        thread.join(LAST_WORDS / 4)
    logging.shutdown()
    os._exit(0)


async def _jobs() -> None:
    trouble = Trouble("the queue")
    while True:
        started = asyncio.get_running_loop().time()
        try:
            with app.replace_connector(app.connector.get_worker_connector()) as queue:  # type: ignore[attr-defined]
                async with queue.open_async():
                    trouble.over()
                    await queue.run_worker_async(
                        install_signal_handlers=False, shutdown_graceful_timeout=LAST_WORDS, name="gongjiang"
                    )
        except asyncio.CancelledError:
            raise
        except Exception as error:
            if asyncio.get_running_loop().time() - started > PATIENCE:
                trouble.over()
            await asyncio.sleep(trouble.again(error))


def _give_back() -> None:
    """Return freed memory to the system, where its C library can."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
