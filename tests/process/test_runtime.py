"""The least that serves OpenWhisk's action protocol: runs Python source whose function
is called with the parameters. It writes the end marks after its answer, which is the
harder order for whoever collects logs."""

import json
import os
import socket
import sys

END_MARK = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX"


def read_request(connection):
    head = b""
    while b"\r\n\r\n" not in head:
        chunk = connection.recv(65536)
        if not chunk:
            return None, None
        head += chunk
    head, _, body = head.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    length = 0
    for line in lines[1:]:
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-length":
            length = int(value)
    while len(body) < length:
        chunk = connection.recv(65536)
        if not chunk:
            return None, None
        body += chunk
    return lines[0].split(" ")[1], json.loads(body)


def answer(connection, status, value):
    body = json.dumps(value).encode()
    head = "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % (
        status,
        len(body),
    )
    connection.sendall(head.encode() + b"Connection: close\r\n\r\n" + body)


def main():
    listener = socket.socket(fileno=int(os.environ["OWPOOL_LISTEN_FD"]))
    function = None
    while True:
        connection, _ = listener.accept()
        path, body = read_request(connection)
        if path == "/init":
            scope = {}
            try:
                exec(body["value"]["code"], scope)
                function = scope[body["value"].get("main") or "main"]
                answer(connection, 200, {"ok": True})
            except Exception as error:
                answer(connection, 502, {"error": repr(error)})
        elif path == "/run":
            try:
                result = function(body["value"])
                sys.stdout.flush()
                sys.stderr.flush()
                answer(connection, 200, result)
            except Exception as error:
                answer(connection, 502, {"error": repr(error)})
            for stream in (sys.stdout, sys.stderr):
                stream.write(END_MARK + "\n")
                stream.flush()
        connection.close()


main()
