"""How gunicorn serves Accord: as many processes as cores, and one background worker that lives and dies with them."""

import os
import shutil
import subprocess
import sys
import threading

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES") or os.cpu_count() or 1)
threads = 4
timeout = 60
loglevel = os.environ.get("LOG_LEVEL", "warning")
control_socket_disable = True

LOOK_EVERY_SECONDS = 0.5
STOP_WITHIN_SECONDS = 10


class BackgroundWorker:
    """The `flask worker` process: started again whenever it ends, until the master stops it."""

    def __init__(self, log):
        self.log = log
        self.stopping = threading.Event()
        self.process = None

    def start(self):
        self.process = subprocess.Popen(_command(), start_new_session=True)

    def keep_running(self):
        # Asks instead of waiting: the master collects every child that ends, and a thread that waits may sleep on.
        while not self.stopping.wait(LOOK_EVERY_SECONDS):
            if self.process.poll() is not None:
                self.log.warning("The background worker ended and is started again.")
                self.start()

    def restart(self):
        if self.process:
            self.process.terminate()

    def stop(self):
        self.stopping.set()
        if not self.process:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()


def _command():
    worker = [sys.executable, "-m", "flask", "worker"]
    # A master that is killed cannot stop its worker: on Linux the kernel does it.
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", *worker] if setpriv else worker


def when_ready(server):
    server.background = BackgroundWorker(server.log)
    server.background.start()  # before there is a thread and before the master forks: neither meets the other half-way
    threading.Thread(target=server.background.keep_running, name="background-worker", daemon=True).start()


def on_reload(server):
    server.background.restart()


def on_exit(server):
    if hasattr(server, "background"):
        server.background.stop()
