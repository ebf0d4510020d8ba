"""Starts owpoold, creates the actions of examples/actions and invokes each cold, warm
and eight at once; prints what came of it. It talks to the daemon as any OpenWhisk
client does: HTTP, JSON, basic authentication. Standard library only.

Usage: demo.py OWPOOLD [OPTION OF OWPOOLD...]
"""

import base64
import concurrent.futures
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

ACTIONS = pathlib.Path(__file__).parent / "actions"

# Action, kind, parameters.
INVOCATIONS = [
    ("hello", "nodejs:20", "hello.js", {"name": "owpool"}),
    ("hash", "nodejs:20", "hash.js", {"text": "owpool"}),
    ("wordcount", "python:3", "wordcount.py", {"text": "to be or not to be"}),
    ("divide", "python:3", "divide.py", {"a": 1, "b": 0}),
    ("slow", "nodejs:20", "slow.js", {"ms": 300}),
]


class Daemon:
    """An owpoold of our own, on a free port, in a directory of its own."""

    def __init__(self, program, directory, options):
        self.process = subprocess.Popen(
            [program, "--listen", "127.0.0.1:0", "--state-dir", directory,
             "--user-memory", "2048m", *options],
            stdout=subprocess.PIPE, stderr=open(f"{directory}/owpoold.log", "w"), text=True)
        key = self.process.stdout.readline().rpartition(" ")[2].strip()
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            self.stop()
            log = pathlib.Path(directory, "owpoold.log").read_text()
            sys.exit(f"owpoold did not start: {line}{log}")
        self.url = f"http://{line.split()[-1]}/api/v1/namespaces/_"
        self.authorization = "Basic " + base64.b64encode(key.encode()).decode()

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": self.authorization, "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=90) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            answer = json.load(error)
            if "activationId" in answer:  # An activation that ended in an error.
                return answer
            sys.exit(f"{method} {path}: {error.code} {answer}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


def row(daemon, activation):
    record = daemon.call("GET", f"/activations/{activation['activationId']}")
    notes = {note["key"]: note["value"] for note in record["annotations"]}
    init = notes.get("initTime", 0)
    result = json.dumps(record["response"]["result"])
    lines = len(record["logs"])
    return (record["name"], notes.get("start", "?"), f"{notes['waitTime']} ms",
            f"{init} ms" if init else "-", f"{record['duration'] - init} ms",
            record["response"]["status"], result if len(result) <= 60 else result[:57] + "...",
            f"{lines} line" if lines == 1 else f"{lines} lines")


def show(title, rows):
    header = ("action", "start", "wait", "init", "run", "status", "result", "logs")
    widths = [max(len(line[i]) for line in [header, *rows]) for i in range(len(header))]
    print(f"\n{title}")
    for line in [header, *rows]:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def main():
    with tempfile.TemporaryDirectory(prefix="owpool-demo-") as directory:
        daemon = Daemon(sys.argv[1], directory, sys.argv[2:])
        try:
            for name, kind, file, _ in INVOCATIONS:
                code = (ACTIONS / file).read_text()
                daemon.call("PUT", f"/actions/{name}", {"exec": {"kind": kind, "code": code}})

            def invoke(name, parameters):
                return daemon.call("POST", f"/actions/{name}?blocking=true", parameters)

            each = [(name, parameters) for name, _, _, parameters in INVOCATIONS]
            show("Each action for the first time: a container is made, or a stem cell taken",
                 [row(daemon, invoke(*one)) for one in each])
            again = [row(daemon, invoke(*one)) for one in each]
            show("Each once more: its warm container serves it", again)
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                eight = list(pool.map(lambda one: invoke(*one), [each[-1]] * 8))
            show("Eight at once: as many containers as the memory allows",
                 [row(daemon, one) for one in eight])
        finally:
            status = daemon.stop()
    not_warm = [line[0] for line in again if line[1] != "warmed"]
    if not_warm:
        sys.exit(f"Not warm the second time: {not_warm}")
    if status != 0:
        sys.exit(f"owpoold ended with {status}")
    print("\nowpoold has ended; nothing of it is left running.")


if __name__ == "__main__":
    main()
