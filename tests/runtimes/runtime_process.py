"""Starts an action runtime as the manifest says and talks to it over its socket."""
import base64
import http.client
import io
import json
import os
import pathlib
import select
import socket
import subprocess
import sys
import tempfile
import zipfile

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]
MANIFEST = SOURCE_DIR / "runtimes" / "runtimes.json"
SENTINEL = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX"
ANSWER_SECONDS = 30
# The Python that runs the tests also runs the Python runtime.
PATH = os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ["PATH"]])


def commands():
    """The command of every kind of the manifest that has one."""
    manifest = json.loads(MANIFEST.read_text())
    return {
        kind["kind"]: [word.replace("${runtimes}", str(MANIFEST.parent))
                       for word in kind["process"]["command"]]
        for family in manifest["runtimes"].values() for kind in family if "process" in kind
    }


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=ANSWER_SECONDS)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Runtime:
    """A running runtime; a context manager. Its working directory is "directory"."""

    def __init__(self, kind, environment=None):
        self._temporary = tempfile.TemporaryDirectory()
        root = pathlib.Path(self._temporary.name)
        self.directory = root / "work"
        self.directory.mkdir()
        self.socket_path = str(root / "socket")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.socket_path)
            listener.listen(16)
            # As the kernel calls it in /proc/…/fd.
            self.listener = f"socket:[{os.fstat(listener.fileno()).st_ino}]"
            self.process = subprocess.Popen(
                commands()[kind], cwd=self.directory, pass_fds=[listener.fileno()],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env={"PATH": PATH, "HOME": str(self.directory),
                     "OWPOOL_LISTEN_FD": str(listener.fileno()), **(environment or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()
        self._temporary.cleanup()

    def connection(self):
        return UnixConnection(self.socket_path)

    def request(self, method, path, body=None, headers=None, connection=None):
        """(status, parsed body). On a connection of its own if none is given."""
        own = connection or self.connection()
        try:
            own.request(method, path, body=body, headers=headers or {"Connection": "close"})
            answer = own.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            if connection is None:
                own.close()

    def post(self, path, message):
        return self.request("POST", path, json.dumps(message).encode())

    def init(self, code, main="main", binary=False, **more):
        return self.post("/init", {"value": {"name": "test", "main": main, "code": code,
                                             "binary": binary, **more}})

    def run(self, value=None, **more):
        return self.post("/run", {"value": {} if value is None else value, **more})

    def logs(self):
        """What has been written to (stdout, stderr) and was not read yet. Does not wait:
        what a runtime owes before its answer is there when the answer is."""
        return read_available(self.process.stdout), read_available(self.process.stderr)

    def wait(self):
        return self.process.wait(ANSWER_SECONDS)


def start(test, kind, environment=None):
    """A Runtime that ends with the test."""
    runtime = Runtime(kind, environment).__enter__()
    test.addCleanup(runtime.__exit__)
    return runtime


def read_available(pipe):
    content = b""
    while select.select([pipe], [], [], 0)[0]:
        more = os.read(pipe.fileno(), 1 << 20)
        if not more:
            break
        content += more
    return content.decode()


def zip_of(files):
    """An archive in base64. A content is text, or a pair of it and of the file's mode."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            text, mode = text if isinstance(text, tuple) else (text, 0o100644)
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = mode << 16
            archive.writestr(entry, text)
    return base64.b64encode(content.getvalue()).decode()
