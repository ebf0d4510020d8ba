#!/usr/bin/env python3
"""Starts the installed owpoold, invokes an action on the runtimes beside it, asks owpoolctl."""

import base64
import json
import os
import re
import subprocess
import tempfile
import urllib.request

PREFIX = os.environ["PREFIX"]
CODE = "const main = () => ({ server: process.argv[1] || require.main.filename })"


def call(url, key, method, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), method=method, headers={
        "Authorization": "Basic " + base64.b64encode(key.encode()).decode(),
        "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


with tempfile.TemporaryDirectory(prefix="owpool-install-") as state:
    daemon = subprocess.Popen(
        [f"{PREFIX}/bin/owpoold", "--listen", "127.0.0.1:0", "--state-dir", state],
        stdout=subprocess.PIPE, text=True)
    try:
        key = re.fullmatch(r"key of namespace guest, shown only now: (\S+)\n",
                           daemon.stdout.readline()).group(1)
        address = re.fullmatch(r"listening on (\S+)\n", daemon.stdout.readline()).group(1)
        url = f"http://{address}/api/v1/namespaces/_/actions/where"
        call(url, key, "PUT", {"exec": {"kind": "nodejs:20", "code": CODE}})
        answer = call(f"{url}?blocking=true&result=true", key, "POST", {})
        containers = subprocess.run([f"{PREFIX}/bin/owpoolctl", "--state-dir", state, "ps"],
                                    check=True, stdout=subprocess.PIPE, text=True).stdout
    finally:
        daemon.terminate()
        status = daemon.wait(timeout=30)

expected = os.path.realpath(f"{PREFIX}/share/owpool/runtimes/nodejs20/server.js")
assert os.path.realpath(answer["server"]) == expected, (answer, expected)
assert "guest/where" in containers, containers
assert status == 0, status
