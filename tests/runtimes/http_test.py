"""The runtimes as HTTP servers: what is well-formed is served, what is not is refused."""
import http.client
import json
import socket
import subprocess
import unittest

from runtime_process import ANSWER_SECONDS, PATH, commands, start

RUN = b'{"value":{"n":1}}'


class HttpRules:
    kind = code = ""

    def setUp(self):
        self.runtime = start(self, self.kind)
        self.assertEqual(200, self.runtime.init(self.code)[0])

    def raw(self, *parts):
        """What the runtime answers to these bytes until it closes the connection."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(ANSWER_SECONDS)
            sock.connect(self.runtime.socket_path)
            for part in parts:
                sock.sendall(part)
            answer = b""
            while more := sock.recv(65536):
                answer += more
            return answer

    def test_other_paths_and_methods_are_refused_with_an_error(self):
        for method, path, body, status in [
            ("POST", "/", RUN, 404), ("GET", "/", None, 404), ("POST", "/runs", RUN, 404),
            ("POST", "/__proto__", RUN, 404), ("GET", "/run", None, 405),
            ("PUT", "/init", RUN, 405),
            ("POST", "/run?x=1", RUN, 200),
        ]:
            with self.subTest(method=method, path=path):
                answered, answer = self.runtime.request(method, path, body)
                self.assertEqual((status, status != 200), (answered, "error" in answer))

    def test_a_body_that_is_no_json_object_is_refused_and_the_runtime_goes_on(self):
        for body in (b"", b"{", b"nonsense", b'{"value":{}} x', b'{"value":{"a":NaN}}', b"[1]",
                     b"null", b"5", b'{"value":"\xff\xfe"}', b'{"value":Infinity}'):
            with self.subTest(body=body):
                status, answer = self.runtime.request("POST", "/run", body)
                self.assertEqual(400, status)
                self.assertIn("not ", answer["error"])
                self.assertIn("JSON", answer["error"])
        self.assertEqual((200, {"n": 1}), self.runtime.request("POST", "/run", RUN))

    def test_deep_nesting_does_not_end_the_runtime(self):
        body = b'{"value":{"n":' + b"[" * 200000 + b"]" * 200000 + b"}}"
        status, answer = self.runtime.request("POST", "/run", body)
        self.assertIn(status, (200, 400, 502))
        self.assertEqual((200, {"n": 1}), self.runtime.request("POST", "/run", RUN))

    def test_a_connection_serves_several_requests_unless_told_to_close(self):
        connection = self.runtime.connection()
        self.addCleanup(connection.close)
        keep = {"Connection": "keep-alive"}
        post = lambda path, body: self.runtime.request("POST", path, body, keep, connection)
        self.assertEqual((200, {"n": 1}), post("/run", RUN))
        first = connection.sock
        self.assertEqual(404, post("/x", RUN)[0])
        self.assertEqual(400, post("/run", b"{")[0])
        self.assertEqual((200, {"n": 1}), post("/run", RUN))
        self.assertIs(first, connection.sock)
        self.runtime.request("POST", "/run", RUN, {"Connection": "close"}, connection)
        self.assertEqual(b"", first.recv(1) if first.fileno() >= 0 else b"")

    def test_requests_are_served_that_come_at_once_or_in_pieces(self):
        request = (b"POST /run HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(RUN)) + RUN
        last = request.replace(b"Host: x", b"Connection: close")
        both = self.raw(request.replace(b"/run", b"/where") + last)
        self.assertEqual((1, 1), (both.count(b" 404 "), both.count(b'{"n":')))
        pieces = [last[at:at + 1] for at in range(len(last))]
        self.assertEqual(1, self.raw(*pieces).count(b'{"n":'))

    def test_an_old_client_is_answered_and_closed(self):
        answer = self.raw(b"POST /run HTTP/1.0\r\nContent-Length: %d\r\n\r\n" % len(RUN) + RUN)
        self.assertIn(b" 200 OK\r\n", answer)

    def test_chunked_bodies_are_read(self):
        head = b"POST /run HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" \
               b"Transfer-Encoding: chunked\r\n\r\n"
        answer = self.raw(head, b"A\r\n" + RUN[:10] + b"\r\n", b"7\r\n" + RUN[10:17],
                          b"\r\n0\r\n\r\n")
        self.assertIn(b" 200 OK\r\n", answer)
        self.assertIn(b'{"n":', answer)

    def test_a_client_may_ask_whether_to_go_on(self):
        head = b"POST /run HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n" \
               b"Content-Length: %d\r\n\r\n" % len(RUN)
        answer = self.raw(head, RUN)
        self.assertTrue(answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"), answer)

    def test_malformed_requests_are_refused_and_the_runtime_goes_on(self):
        host = b"Host: x\r\n"
        post = b"POST /run HTTP/1.1\r\n" + host
        chunked = post + b"Transfer-Encoding: chunked\r\n\r\n"
        for name, request, status in [
            ("no HTTP", b"hello there, runtime\r\n\r\n", 400),
            ("no colon", post + b"Content-Length 5\r\n\r\nhello", 400),
            ("negative length", post + b"Content-Length: -5\r\n\r\nhello", 400),
            ("length is a word", post + b"Content-Length: five\r\n\r\nhello", 400),
            ("two lengths", post + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
            ("length and chunks",
             post + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
            ("bad chunk", chunked + b"xyz\r\n{}\r\n0\r\n\r\n", 400),
            ("negative chunk", chunked + b"-2\r\n{}\r\n0\r\n\r\n", 400),
            ("endless header", post + b"X: " + b"y" * 200000 + b"\r\n\r\n", 431),
        ]:
            with self.subTest(name):
                try:
                    answer = self.raw(request)
                except (BrokenPipeError, ConnectionResetError):
                    continue  # Refused before it was all sent.
                self.assertEqual(str(status), answer.decode("latin-1").split(" ")[1], answer)
        self.assertEqual((200, {"n": 1}), self.runtime.request("POST", "/run", RUN))

    def test_a_body_beyond_the_limit_is_refused_without_being_kept(self):
        head = b"POST /run HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunk = b"4000000\r\n" + b" " * 0x4000000 + b"\r\n"
        answer = self.raw(head, chunk, chunk, chunk, chunk, b"1\r\n{\r\n", b"0\r\n\r\n")
        self.assertIn(b" 413 ", answer)
        self.assertIn(b'"error"', answer)

    def test_a_client_that_leaves_early_harms_nobody(self):
        for request in (b"POST /run HTT", b"POST /run HTTP/1.1\r\nContent-Length: 100\r\n\r\n{",
                        b"POST /run HTTP/1.1\r\nHost: x\r\nContent-Length: 17\r\n\r\n" + RUN):
            with socket.socket(socket.AF_UNIX) as sock:
                sock.connect(self.runtime.socket_path)
                sock.sendall(request)
        self.assertEqual((200, {"n": 1}), self.runtime.request("POST", "/run", RUN))


class NodeHttp(HttpRules, unittest.TestCase):
    kind, code = "nodejs:20", "function main(args) { return args }"


class PythonHttp(HttpRules, unittest.TestCase):
    kind, code = "python:3", "def main(args): return args"


class ListeningTest(unittest.TestCase):
    def test_an_inherited_tcp_socket_is_served_too(self):
        for kind, command in commands().items():
            with self.subTest(kind), socket.create_server(("127.0.0.1", 0)) as listener:
                process = subprocess.Popen(
                    command, pass_fds=[listener.fileno()], stdin=subprocess.DEVNULL,
                    env={"PATH": PATH, "OWPOOL_LISTEN_FD": str(listener.fileno())})
                try:
                    connection = http.client.HTTPConnection(*listener.getsockname(),
                                                            timeout=ANSWER_SECONDS)
                    connection.request("POST", "/run", RUN)
                    answer = connection.getresponse()
                    self.assertEqual(403, answer.status)
                    self.assertIn("error", json.loads(answer.read()))
                    connection.close()
                finally:
                    process.kill()
                    process.wait()

    def test_a_descriptor_that_is_none_is_told_and_ends_the_runtime(self):
        for kind, command in commands().items():
            for descriptor in ("x", "", "-1", "77"):
                with self.subTest(kind=kind, descriptor=descriptor):
                    ended = subprocess.run(
                        command, capture_output=True, timeout=ANSWER_SECONDS, text=True,
                        env={"PATH": PATH, "OWPOOL_LISTEN_FD": descriptor})
                    self.assertNotEqual(0, ended.returncode)
                    self.assertRegex(ended.stderr, "OWPOOL_LISTEN_FD|Cannot listen")


if __name__ == "__main__":
    unittest.main()
