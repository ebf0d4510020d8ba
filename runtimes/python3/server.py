"""The action runtime for Python: an HTTP server that speaks OpenWhisk's action protocol.

../README.md says what that is. Needs Python 3.9 or later and nothing else.

The action runs on the main thread, one activation at a time, as it would in a script
of its own: signal handlers work, and sys.exit() ends the process. If the environment
has __OW_ALLOW_CONCURRENT=true, those that find the main thread taken run beside it.
Connections are read and written by threads of their own. Modules are chosen with the
start-up time in mind: _thread for threading, and no http.server.
"""
import _thread
import os
import socket
import sys
from _queue import SimpleQueue

from owpool_http import Connection, HttpError
from owpool_service import Service, error_answer


class MainThread:
    """Runs functions that other threads hand over, one after the other."""

    def __init__(self):
        self._calls = SimpleQueue()
        self._taken = _thread.allocate_lock()

    def call(self, function, argument):
        """Returns what function(argument) returned on the main thread."""
        answer = SimpleQueue()
        self._calls.put((function, argument, answer))
        return answer.get()

    def call_here_or_there(self, function, argument):
        """The same, but on this thread if the main thread is taken."""
        if not self._taken.acquire(blocking=False):
            return call_here(function, argument)
        try:
            return self.call(function, argument)
        finally:
            self._taken.release()

    def run(self):
        """Never returns. What a function raises ends the process, as sys.exit() is to do."""
        while True:
            function, argument, answer = self._calls.get()
            answer.put(function(argument))


def call_here(function, argument):
    """Returns what function(argument) returns. What it raises ends the process here too,
    though Python would only end the thread."""
    try:
        return function(argument)
    except SystemExit as error:
        if error.code is not None and not isinstance(error.code, int):
            print(error.code, file=sys.stderr)
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        import traceback
        traceback.print_exc()
        status = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass  # The action has put something else in its place, or has closed it.
    os._exit(status & 0xff)


def answer_to(request, service, main_thread, allow_concurrent):
    calls = {"/init": service.init, "/run": service.run}
    path = request.target.split("?", 1)[0]
    if path not in calls:
        return error_answer(404, f"There is no {path} here, only /init and /run.")
    if request.method != "POST":
        return error_answer(405, f"{path} takes POST, not {request.method}.")
    if allow_concurrent and path == "/run":
        return main_thread.call_here_or_there(service.run, request.body)
    return main_thread.call(calls[path], request.body)


def serve_connection(sock, *server):
    connection = Connection(sock)
    try:
        while True:
            request = connection.read_request()
            if request is None:
                break
            status, body = answer_to(request, *server)
            connection.send(status, body, request.keep_alive)
            if not request.keep_alive:
                break
    except HttpError as error:
        try:
            connection.send(*error_answer(error.status, str(error)), keep_alive=False)
        except OSError:
            pass
    except OSError:
        pass  # The client is gone, and with it whoever would read an answer.
    finally:
        connection.close()


def accept_connections(listener, *server):
    while True:
        sock, _ = listener.accept()
        _thread.start_new_thread(serve_connection, (sock, *server))


def listening_socket():
    inherited = os.environ.pop("OWPOOL_LISTEN_FD", None)
    if inherited is None:
        return socket.create_server(("0.0.0.0", 8080), backlog=128)
    if not (inherited.isascii() and inherited.isdigit()):
        sys.exit(f'OWPOOL_LISTEN_FD is "{inherited}", not the number of a descriptor')
    try:
        listener = socket.socket(fileno=int(inherited))
    except OSError as error:
        sys.exit(f"Cannot listen on descriptor {inherited}: {error.strerror}")
    listener.set_inheritable(False)
    listener.setblocking(True)
    return listener


def main():
    # What an action prints is seen line by line, also of one that is stopped half-way.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    listener = listening_socket()
    # From here on modules are looked for where the action is, not where we are.
    sys.path[0] = os.getcwd()
    main_thread = MainThread()
    allow_concurrent = os.environ.get("__OW_ALLOW_CONCURRENT", "").lower() == "true"
    _thread.start_new_thread(accept_connections,
                             (listener, Service(), main_thread, allow_concurrent))
    if allow_concurrent:
        import threading  # It takes the thread that first imports it for the main thread.
    main_thread.run()


if __name__ == "__main__":
    main()
