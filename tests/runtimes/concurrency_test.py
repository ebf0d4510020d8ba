"""Activations that run side by side in one runtime, which must be allowed to."""
import threading
import time
import unittest

from runtime_process import SENTINEL, start

ALLOWED = {"__OW_ALLOW_CONCURRENT": "True"}

# Waits until "together" activations are there, and then does what "do" says.
NODE = """
let waiting = [];
async function main({ together, id, do: what }) {
  console.log('begin', id);
  await new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length >= together) waiting.splice(0).forEach((go) => go());
  });
  if (what === 'exit') process.exit(3);
  if (what === 'fail') throw new Error('failed ' + id);
  if (what === 'null') return null;
  console.error('end', id);
  return { id, latest: process.env.__OW_ACTIVATION_ID };
}
"""
PYTHON = """
import os, sys, threading
lock = threading.Lock()
waiting = []
def main(args):
    print("begin", args["id"])
    go = threading.Event()
    with lock:
        waiting.append(go)
        if len(waiting) >= args["together"]:
            while waiting: waiting.pop().set()
    go.wait()
    what = args.get("do")
    if what == "exit": sys.exit(3)
    if what == "fail": raise ValueError("failed %s" % args["id"])
    if what == "null": return None
    print("end", args["id"], file=sys.stderr)
    return {"id": args["id"], "latest": os.environ.get("__OW_ACTIVATION_ID")}
"""


class Rules:
    kind = code = ""

    def loaded(self, environment):
        runtime = start(self, self.kind, environment)
        self.assertEqual((200, {"ok": True}), runtime.init(self.code))
        return runtime

    def run_together(self, runtime, wanted):
        """The answers of /run, or what was raised, in the order of "wanted"."""
        answers = [None] * len(wanted)

        def call(index, value):
            try:
                value = {"together": len(wanted), "id": index, **value}
                answers[index] = runtime.run(value, activation_id=str(index))
            except Exception as error:
                answers[index] = error

        threads = [threading.Thread(target=call, args=each) for each in enumerate(wanted)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def test_they_run_at_once_and_each_gets_its_own_answer(self):
        runtime = self.loaded(ALLOWED)
        for count in (5, 1, 40):
            answers = self.run_together(runtime, [{}] * count)
            self.assertEqual([(200, i) for i in range(count)],
                             [(status, body["id"]) for status, body in answers])
            out, err = runtime.logs()
            self.assertEqual(count, out.count(SENTINEL + "\n"))
            self.assertEqual(count, err.count(SENTINEL + "\n"))
            self.assertEqual({f"begin {i}" for i in range(count)},
                             set(out.replace(SENTINEL, "").split("\n")) - {""})

    def test_the_environment_is_that_of_the_latest(self):
        answers = self.run_together(self.loaded(ALLOWED), [{}] * 5)
        self.assertEqual(1, len({body["latest"] for _, body in answers}))

    def test_one_that_fails_leaves_the_others_alone(self):
        runtime = self.loaded(ALLOWED)
        answers = self.run_together(runtime, [{}, {"do": "fail"}, {"do": "null"}, {}])
        self.assertEqual([(200, 0), (200, 3)],
                         [(status, body["id"]) for status, body in (answers[0], answers[3])])
        self.assertEqual(200, answers[1][0])
        self.assertIn("failed 1", str(answers[1][1]["error"]))
        self.assertEqual((502, {"error": "The action did not return a dictionary or array."}),
                         answers[2])
        out, err = runtime.logs()
        self.assertEqual((4, 4), (out.count(SENTINEL + "\n"), err.count(SENTINEL + "\n")))
        self.assertEqual(200, self.run_together(runtime, [{}])[0][0])

    def test_one_that_exits_ends_them_all(self):
        runtime = self.loaded(ALLOWED)
        answers = self.run_together(runtime, [{}] * 4 + [{"do": "exit"}])
        self.assertIsInstance(answers[4], ConnectionError)
        self.assertEqual(3, runtime.wait())

    def test_nothing_runs_side_by_side_unless_it_is_allowed(self):
        for environment in ({}, {"__OW_ALLOW_CONCURRENT": "false"}):
            runtime = self.loaded(environment)
            running = threading.Thread(target=self.run_together, args=(runtime, [{"together": 2}]))
            running.start()
            while "begin 0" not in runtime.logs()[0]:
                time.sleep(0.005)
            self.assertSecondDoesNotRun(runtime)
            runtime.process.kill()
            running.join()


class NodeConcurrency(Rules, unittest.TestCase):
    kind = "nodejs:20"
    code = NODE

    def assertSecondDoesNotRun(self, runtime):
        self.assertEqual((403, {"error": "System not ready, status is running."}),
                         runtime.run({"together": 2, "id": 1}))

    def test_an_exception_does_not_stop_the_runtime(self):
        runtime = start(self, self.kind, ALLOWED)
        runtime.init("function main({ crash }) { if (crash) throw 1; return { a: 1 } }")
        self.assertEqual((502, {"error": "An error has occurred: 1"}), runtime.run({"crash": True}))
        self.assertEqual((200, {"a": 1}), runtime.run())


class PythonConcurrency(Rules, unittest.TestCase):
    kind = "python:3"
    code = PYTHON

    def assertSecondDoesNotRun(self, runtime):
        connection = runtime.connection()
        connection.request("POST", "/run", b'{"value":{"together":2,"id":1}}')
        time.sleep(0.1)
        self.assertEqual("", runtime.logs()[0])
        connection.close()

    def test_one_alone_is_on_the_main_thread(self):
        runtime = start(self, self.kind, ALLOWED)
        runtime.init("import signal\n"
                     "def main(args):\n"
                     "  import threading\n"
                     "  signal.signal(signal.SIGUSR1, signal.SIG_IGN)\n"
                     "  return {'main': threading.current_thread() is threading.main_thread()}\n")
        for _ in range(3):
            self.assertEqual((200, {"main": True}), runtime.run())

    def test_how_one_beside_the_main_thread_exits(self):
        for end, status, logged in [("sys.exit()", 0, ""), ("sys.exit(7)", 7, ""),
                                    ("sys.exit('sorry')", 1, "sorry\n")]:
            with self.subTest(end):
                runtime = start(self, self.kind, ALLOWED)
                runtime.init("import sys, time\n"
                             "def main(args):\n"
                             "  print('begin')\n"
                             f"  if args: print('unfinished', end=''); {end}\n"
                             "  time.sleep(60)\n")
                connection = runtime.connection()
                self.addCleanup(connection.close)
                connection.request("POST", "/run", b"{}")
                while "begin" not in runtime.logs()[0]:
                    time.sleep(0.005)
                with self.assertRaises(ConnectionError):
                    runtime.run({"x": 1})
                self.assertEqual(status, runtime.wait())
                self.assertEqual(("begin\nunfinished", logged), runtime.logs())


if __name__ == "__main__":
    unittest.main()
