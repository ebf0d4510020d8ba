"""The rules of OpenWhisk's action protocol that every runtime keeps."""
import json
import unittest
from concurrent.futures import ThreadPoolExecutor

from runtime_process import SENTINEL, start

# One action for many rules: what it does is its parameter "do".
NODE = r"""
const early = process.env.EARLY;
function main(args) {
  switch (args.do) {
    case 'echo': return args;
    case 'much': for (let i = 0; i < 20000; ++i) console.log('line ' + i); return {};
    case 'log': console.log('to stdout\nline 2'); console.error('to stderr ü'); return {};
    case 'application error': return { error: 'no such thing' };
    case 'array': return [1, 'two'];
    case 'string': return 'text';
    case 'number': return 7;
    case 'null': return null;
    case 'environment': return { early, ...process.env };
    case 'circular': { const a = {}; a.a = a; return a; }
    case 'exit': console.log('leaving'); process.exit(3);
    case 'descriptors': return { open: require('child_process').execFileSync(
        '/bin/sh', ['-c', 'readlink /proc/self/fd/*; true']).toString() };
  }
}
"""
PYTHON = r"""
import os, subprocess, sys
early = os.environ.get("EARLY")
def main(args):
    do = args.get("do")
    if do == "echo": return args
    if do == "log":
        print("to stdout\nline 2"); print("to stderr ü", file=sys.stderr); return {}
    if do == "much":
        for i in range(20000): print("line", i)
        return {}
    if do == "application error": return {"error": "no such thing"}
    if do == "array": return [1, "two"]
    if do == "string": return "text"
    if do == "number": return 7
    if do == "null": return None
    if do == "environment": return {"early": early, **os.environ}
    if do == "circular":
        a = {}; a["a"] = a; return a
    if do == "exit":
        print("leaving"); sys.exit(3)
    if do == "descriptors": return {"open": subprocess.run(
        ["/bin/sh", "-c", "readlink /proc/self/fd/*; true"], close_fds=False,
        stdout=subprocess.PIPE).stdout.decode()}
"""
NOT_A_DICTIONARY = {"error": "The action did not return a dictionary or array."}


class Rules:
    kind = action = ""

    def setUp(self):
        self.runtime = start(self, self.kind)
        self.assertEqual((200, {"ok": True}), self.runtime.init(self.action))

    def test_results(self):
        for value, status, result in [
            ({"do": "echo", "n": [1, -2.5, True, None]}, 200, None),
            ({"do": "echo", "text": "ü€😀\u0000\u2028", "ключ": {"": []}}, 200, None),
            ({"do": "echo", "half": "\ud800"}, 200, None),
            ({"do": "application error"}, 200, {"error": "no such thing"}),
            ({"do": "array"}, 200, [1, "two"]),
            ({"do": "string"}, 502, NOT_A_DICTIONARY),
            ({"do": "number"}, 502, NOT_A_DICTIONARY),
            ({"do": "null"}, 502, NOT_A_DICTIONARY),
        ]:
            with self.subTest(value=value):
                expected = value if result is None else result
                self.assertEqual((status, expected), self.runtime.run(value))

    def test_every_activation_ends_with_a_sentinel_on_both_streams_before_its_answer(self):
        self.runtime.logs()
        for do, out, err in [
            ("log", "to stdout\nline 2\n", "to stderr ü\n"),
            ("application error", "", ""),
            ("array", "", ""),
            ("log", "to stdout\nline 2\n", "to stderr ü\n"),
        ]:
            with self.subTest(do=do):
                self.runtime.run({"do": do})
                self.assertEqual((out + SENTINEL + "\n", err + SENTINEL + "\n"),
                                 self.runtime.logs())

    def test_a_log_longer_than_the_pipe_holds_arrives_whole_and_before_the_answer(self):
        with self.runtime.process.stdout as stdout, ThreadPoolExecutor() as pool:
            run = pool.submit(self.runtime.run, {"do": "much"})
            lines = [stdout.readline() for _ in range(20001)]
            self.assertEqual((200, {}), run.result())
        self.assertEqual([b"line %d\n" % i for i in range(20000)], lines[:-1])
        self.assertEqual(SENTINEL + "\n", lines[-1].decode())

    def test_a_result_that_is_not_an_object_is_told_in_the_log(self):
        for do in ("string", "number", "circular"):
            with self.subTest(do=do):
                self.assertEqual(502, self.runtime.run({"do": do})[0])
                out, err = self.runtime.logs()
                self.assertEqual(SENTINEL + "\n", out)
                self.assertTrue(err.endswith(SENTINEL + "\n"), err)
                self.assertEqual(do != "circular", err.startswith("The result must be"), err)

    def test_a_result_that_is_no_json_is_an_error(self):
        status, body = self.runtime.run({"do": "circular"})
        self.assertEqual(502, status)
        self.assertIn("ircular", body["error"])
        self.assertEqual(200, self.runtime.run({"do": "array"})[0])

    def test_a_message_becomes_the_environment(self):
        status, seen = self.runtime.run(
            {"do": "environment"}, namespace="guest", action_name="/guest/test",
            action_version="0.0.1", activation_id="a1", transaction_id="t1",
            deadline="1700000000000", api_key="id:key", number=5, nothing=None)
        self.assertEqual(200, status)
        for name, value in {
            "__OW_NAMESPACE": "guest", "__OW_ACTION_NAME": "/guest/test",
            "__OW_ACTION_VERSION": "0.0.1", "__OW_ACTIVATION_ID": "a1",
            "__OW_TRANSACTION_ID": "t1", "__OW_DEADLINE": "1700000000000",
            "__OW_API_KEY": "id:key", "__OW_NUMBER": None, "OWPOOL_LISTEN_FD": None,
        }.items():
            self.assertEqual(value, seen.get(name), name)
        self.runtime.run({"do": "echo"}, activation_id="a2")
        _, seen = self.runtime.run({"do": "environment"}, deadline="2")
        self.assertEqual(("a2", "2"), (seen["__OW_ACTIVATION_ID"], seen["__OW_DEADLINE"]))

    def test_big_bodies_pass(self):
        size = 64 * 1024 * 1024
        status, body = self.runtime.run({"do": "echo", "big": "y" * size})
        self.assertEqual((200, size), (status, body["big"].count("y")))

    def test_an_action_that_exits_ends_the_runtime(self):
        with self.assertRaises(ConnectionError):
            self.runtime.run({"do": "exit"})
        self.assertEqual(3, self.runtime.wait())
        self.assertEqual("leaving\n", self.runtime.logs()[0])

    def test_the_listening_socket_is_not_inherited_by_children_of_the_action(self):
        _, body = self.runtime.run({"do": "descriptors"})
        self.assertRegex(body["open"], "socket:|pipe:")
        self.assertNotIn(self.runtime.listener, body["open"])

    def test_parameters_are_an_object_or_an_array_or_absent(self):
        for value in ("text", 5, True):
            with self.subTest(value=value):
                status, body = self.runtime.post("/run", {"value": value})
                self.assertEqual(403, status)
                self.assertIn("dictionary or array", body["error"])
        self.assertEqual((200, {"do": "echo"}), self.runtime.run({"do": "echo"}))

    def test_the_action_is_initialized_once(self):
        self.assertEqual((403, {"error": "Cannot initialize the action more than once."}),
                         self.runtime.init(self.action))
        self.assertEqual((200, {"do": "echo"}), self.runtime.run({"do": "echo"}))


class InitRules:
    """Of runtimes that are not initialised yet."""
    kind = action = ""

    def test_run_before_init_is_refused(self):
        runtime = start(self, self.kind)
        self.assertEqual((403, {"error": "System not initialized."}), runtime.run())
        self.assertEqual((200, {"ok": True}), runtime.init(self.action))

    def test_an_init_without_code_or_main_is_refused_and_can_be_repeated(self):
        runtime = start(self, self.kind)
        for value in ({}, {"main": "main"}, {"main": "main", "code": ""}, {"main": "", "code": "1"},
                      {"main": 5, "code": "1"}, {"main": "main", "code": ["1"]}, None, "x",
                      [1]):
            with self.subTest(value=value):
                self.assertEqual((403, {"error": "Missing main/no code to execute."}),
                                 runtime.post("/init", {"value": value}))
        self.assertEqual((200, {"ok": True}), runtime.init(self.action))

    def test_init_sets_the_environment_before_the_code_runs(self):
        runtime = start(self, self.kind)
        env = {"EARLY": "bird", "EMPTY": "", "NULL": None, "NUMBER": 5, "BOOL": False,
               "OBJECT": {"a": [1]}, "__OW_ACTIVATION_ID": "a0"}
        self.assertEqual(200, runtime.init(self.action, env=env)[0])
        _, seen = runtime.run({"do": "environment"})
        expected = {"early": "bird", "EARLY": "bird", "EMPTY": "", "NULL": "", "NUMBER": "5",
                    "BOOL": "false", "__OW_ACTIVATION_ID": "a0"}
        self.assertEqual(expected, {name: seen.get(name) for name in expected})
        self.assertEqual({"a": [1]}, json.loads(seen["OBJECT"]))

    def test_an_init_that_fails_says_why_and_ends_its_log(self):
        for name, arguments, reasons in self.failing_inits:
            with self.subTest(name):
                runtime = start(self, self.kind)
                status, body = runtime.init(**arguments)
                self.assertEqual(502, status)
                for reason in reasons:
                    self.assertIn(reason, body["error"])
                out, err = runtime.logs()
                self.assertEqual(SENTINEL + "\n", out)
                self.assertTrue(err.startswith("Error during initialization:"), err)
                self.assertTrue(err.endswith("\n" + SENTINEL + "\n"), err)
                refusal = (403, {"error": "System not ready, status is stopped."})
                self.assertEqual(refusal, runtime.run())
                self.assertEqual(refusal, runtime.init(self.action))

    common_failures = [
        ("main is missing", {"code": "nothing = 1"}, ["'main' is not a function"]),
        ("another main is missing", {"code": "nothing = 1", "main": "q"}, ["'q' is not"]),
        ("main is no function", {"code": "main = 1"}, ["'main' is not a function"]),
        ("env is no object", {"code": "main = 1", "env": [1]}, ['"env" is not an object']),
        ("env has a bad name", {"code": "main = 1", "env": {"a=b": ""}}, ['"a=b"']),
        ("env has a bad value", {"code": "main = 1", "env": {"A": "\0"}}, ['"A"', "zero byte"]),
    ]


class NodeRules(Rules, unittest.TestCase):
    kind, action = "nodejs:20", NODE


class PythonRules(Rules, unittest.TestCase):
    kind, action = "python:3", PYTHON


class NodeInit(InitRules, unittest.TestCase):
    kind, action = "nodejs:20", NODE
    failing_inits = InitRules.common_failures + [
        ("syntax error", {"code": "const a = 1;\nfunction main( { return 1; }"},
         ["action.js:2", "SyntaxError"]),
        ("not closed", {"code": "function main() {\n"}, ["action.js:", "SyntaxError"]),
        ("throws", {"code": "\nthrow new TypeError('at load')"}, ["TypeError: at load",
                                                                "action.js:2"]),
        ("throws no error", {"code": "throw 'a string'"}, ["a string"]),
        ("module not there", {"code": "require('nowhere')"}, ["Cannot find module 'nowhere'"]),
        ("name of main", {"code": "main = 1", "main": "a..b"}, ['not valid: "a..b"']),
    ]


class PythonInit(InitRules, unittest.TestCase):
    kind, action = "python:3", PYTHON
    failing_inits = InitRules.common_failures + [
        ("syntax error", {"code": "a = 1\ndef main(:\n  return 1"},
         ["SyntaxError: invalid syntax", "action.py, line 2"]),
        ("indentation", {"code": "def main(args):\nreturn 1"}, ["IndentationError", "line 2"]),
        ("raises", {"code": "\nraise TypeError('at load')"}, ["TypeError: at load", "line 2"]),
        ("module not there", {"code": "import nowhere"}, ["No module named 'nowhere'", "line 1"]),
    ]


if __name__ == "__main__":
    unittest.main()
