"""The part of HTTP/1.1 that a server of small JSON calls needs.

http.server takes longer to import than all the rest of the runtime to start.
"""
import socket

# OpenWhisk lets an action's code be 48 MB; base64 and JSON add to that.
BODY_MAX = 256 * 1024 * 1024
HEAD_MAX = 64 * 1024
CHUNK_LINE_MAX = 4 * 1024
LINGER_SECONDS = 1

REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Payload Too Large",
    431: "Request Header Fields Too Large",
    501: "Not Implemented",
    502: "Bad Gateway",
}


class HttpError(Exception):
    """A request that cannot be understood. Nothing further on its connection can."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Request:
    def __init__(self, method, target, body, keep_alive):
        self.method = method
        self.target = target
        self.body = body
        self.keep_alive = keep_alive


class Connection:
    def __init__(self, sock):
        self._socket = sock
        self._received = bytearray()  # Not consumed yet.

    def close(self):
        # Closing with input unread resets the connection, and the client may lose the
        # answer: so what it still sends is let pass by, for as long as it does send.
        try:
            self._socket.shutdown(socket.SHUT_WR)
            self._socket.settimeout(LINGER_SECONDS)
            while self._socket.recv(65536):
                pass
        except OSError:
            pass
        self._socket.close()

    def read_request(self):
        """The next Request, or None if the client has closed the connection. Raises
        HttpError and OSError."""
        head = self._read_until(b"\r\n\r\n", HEAD_MAX, 431)
        if head is None:
            return None
        lines = head.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        if len(words) != 3 or words[2] not in ("HTTP/1.1", "HTTP/1.0"):
            raise HttpError(400, "The request line is not HTTP/1.1.")
        method, target, version = words
        headers = parse_headers(lines[1:])
        options = headers.get("connection", "").lower()
        keep_alive = "keep-alive" in options if version == "HTTP/1.0" else "close" not in options
        return Request(method, target, self._read_body(headers), keep_alive)

    def send(self, status, body, keep_alive):
        head = (f"HTTP/1.1 {status} {REASONS[status]}\r\n"
                "Content-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n"
                f"Connection: {'keep-alive' if keep_alive else 'close'}\r\n\r\n")
        self._socket.sendall(head.encode("ascii") + body)

    def _read_body(self, headers):
        coding = headers.get("transfer-encoding")
        length = headers.get("content-length")
        if coding is not None and coding.lower() != "chunked":
            raise HttpError(501, f'The transfer encoding "{coding}" is not known, only chunked.')
        if coding is not None and length is not None:
            raise HttpError(400, "Content-Length and Transfer-Encoding exclude each other.")
        if length is not None and not (length.isascii() and length.isdigit()):
            raise HttpError(400, f'Content-Length is "{length}", not a number.')
        if length is not None:
            check_length(int(length[:20]))
        if headers.get("expect", "").lower() == "100-continue":
            self._socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if coding is not None:
            return self._read_chunks()
        return self._read_exactly(int(length or 0))

    def _read_chunks(self):
        body = bytearray()
        while True:
            line = self._read_line()
            digits = line.split(b";", 1)[0].strip().lower()
            if not digits or digits.strip(b"0123456789abcdef") or len(digits) > 16:
                raise HttpError(400, "The size of a chunk is not a number.")
            size = int(digits, 16)
            check_length(len(body) + size)
            if size == 0:
                break
            body += self._read_exactly(size)
            if self._read_line():
                raise HttpError(400, "A chunk is longer than its size says.")
        trailers = 0
        while line := self._read_line():
            trailers += len(line)
            if trailers > HEAD_MAX:
                raise HttpError(431, "The trailers are too long.")
        return body

    def _read_line(self):
        line = self._read_until(b"\r\n", CHUNK_LINE_MAX, 400)
        if line is None:
            raise HttpError(400, "The connection ended in the middle of a request.")
        return line

    def _read_until(self, end, longest, status):
        """What comes before "end", which is consumed too. None if the connection ends
        before there is anything."""
        searched = 0
        while (at := self._received.find(end, searched)) < 0:
            if len(self._received) > longest:
                raise HttpError(status, f"A part of the request is longer than {longest} bytes.")
            searched = max(0, len(self._received) - len(end) + 1)
            more = self._socket.recv(65536)
            if not more:
                if self._received:
                    raise HttpError(400, "The connection ended in the middle of a request.")
                return None
            self._received += more
        found = bytes(self._received[:at])
        del self._received[:at + len(end)]
        return found

    def _read_exactly(self, length):
        body = bytearray(length)
        have = min(length, len(self._received))
        body[:have] = self._received[:have]
        del self._received[:have]
        with memoryview(body) as view:
            while have < length:
                count = self._socket.recv_into(view[have:])
                if count == 0:
                    raise HttpError(400, "The connection ended in the middle of a request.")
                have += count
        return body


def check_length(length):
    if length > BODY_MAX:
        raise HttpError(413, f"The request's body is larger than {BODY_MAX} bytes.")


def parse_headers(lines):
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise HttpError(400, "A header line is malformed.")
        name = name.lower()
        value = value.strip()
        if name == "content-length" and headers.get(name, value) != value:
            raise HttpError(400, "There are two different Content-Length.")
        headers[name] = value
    return headers
