"""What the runtime answers to /init and /run, and when: OpenWhisk's protocol without
the HTTP around it. An answer is a pair of HTTP status and JSON as bytes.
"""
import json
import os
import sys

from owpool_action import describe, load_action, print_traceback

SENTINEL = b"XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n"


def error_answer(status, message):
    return status, to_json({"error": message})


def to_json(value):
    """Raises ValueError or TypeError if there is no JSON for "value"."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        # Half of a surrogate pair can only be written escaped.
        return json.dumps(value, allow_nan=False).encode("ascii")


class BadMessage(Exception):
    pass


def parse_message(body):
    def refuse(constant):
        raise ValueError(f"{constant} is not a JSON value")

    try:
        message = json.loads(body.decode("utf-8"), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise BadMessage(f"The request's body is not JSON: {error}") from None
    if not isinstance(message, dict):
        raise BadMessage("The request's body is not a JSON object.")
    return message


def write_sentinels():
    """Ends the activation's log. All that was printed before is out of this process then:
    whoever has the answer can read the whole log."""
    for stream, descriptor in ((sys.stdout, 1), (sys.stderr, 2)):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass  # The action has put something else in its place, or has closed it.
        rest = SENTINEL
        try:
            while rest:
                rest = rest[os.write(descriptor, rest):]
        except OSError:
            pass  # The action has closed it.


def set_init_environment(env):
    if env is None:
        return
    if not isinstance(env, dict):
        raise ValueError('"env" is not an object.')
    for name, value in env.items():
        if value is None:
            value = ""
        set_environment(name, value if isinstance(value, str) else json.dumps(value))


def set_run_environment(message):
    """Every string of a /run message but its value is the action's to see as __OW_…."""
    for key, value in message.items():
        if key != "value" and isinstance(value, str):
            set_environment("__OW_" + key.upper(), value)


def set_environment(name, value):
    if not name or "=" in name or "\0" in name:
        raise ValueError(f'"{name}" cannot be the name of an environment variable.')
    if "\0" in value:
        raise ValueError(f'The value of the environment variable "{name}" has a zero byte.')
    os.environ[name] = value


class Service:
    """init() comes on the main thread and before run(), which may come on several threads
    at once. As in OpenWhisk they share the environment: __OW_… is that of the latest."""

    def __init__(self):
        self._main = None  # The action's function, once there is one.
        self._failed = False

    def init(self, body):
        """The answer to POST /init."""
        if self._main:
            return error_answer(403, "Cannot initialize the action more than once.")
        if self._failed:
            return error_answer(403, "System not ready, status is stopped.")
        try:
            value = parse_message(body).get("value") or {}
        except BadMessage as error:
            return error_answer(400, str(error))
        if not isinstance(value, dict):
            value = {}
        main = value.get("main", "main")
        code = value.get("code")
        if not (isinstance(main, str) and main and isinstance(code, str) and code):
            return error_answer(403, "Missing main/no code to execute.")
        try:
            set_init_environment(value.get("env"))
            self._main = load_action(main, code, value.get("binary") is True)
        except Exception as error:
            self._failed = True
            print("Error during initialization:", file=sys.stderr)
            print_traceback(error)
            write_sentinels()
            return error_answer(502, f"Initialization has failed due to: {describe(error)}")
        return 200, b'{"ok":true}'

    def run(self, body):
        """The answer to POST /run."""
        if self._failed:
            return error_answer(403, "System not ready, status is stopped.")
        if not self._main:
            return error_answer(403, "System not initialized.")
        try:
            message = parse_message(body)
        except BadMessage as error:
            return error_answer(400, str(error))
        parameters = message.get("value")
        if parameters is None:
            parameters = {}
        if not isinstance(parameters, (dict, list)):
            return error_answer(403, "The argument must be a dictionary or array but has type "
                                     f'"{type(parameters).__name__}".')
        try:
            set_run_environment(message)
        except ValueError as error:
            return error_answer(403, str(error))
        answer = self._activate(parameters)
        write_sentinels()
        return answer

    def _activate(self, parameters):
        try:
            result = self._main(parameters)
        except Exception as error:
            # As in OpenWhisk, an exception is the action's own answer.
            print_traceback(error)
            result = {"error": str(error) or type(error).__name__}
        if not isinstance(result, (dict, list, tuple)):
            print(f"The result must be a dictionary or array but is of type "
                  f'"{type(result).__name__}".', file=sys.stderr)
            return error_answer(502, "The action did not return a dictionary or array.")
        try:
            return 200, to_json(result)
        except Exception as error:
            print_traceback(error)
            return error_answer(502, f"The action's result is not JSON: {error}")
