"""Turns what /init brings into the action's function.

As in OpenWhisk's runtime the action is the module "main__". Modules that few actions
need are imported where they are used, for the sake of the start-up time.
"""
import os
import sys

MODULE = "main__"
HERE = os.path.dirname(os.path.abspath(__file__))


class ActionError(Exception):
    """An action that cannot be loaded, for a reason that is no exception of its own."""


class TextLoader:
    """Lets tracebacks show lines of code that is in no file."""

    def __init__(self, code):
        self._code = code

    def get_source(self, _name):
        return self._code


def load_action(main, code, binary):
    """The function that "main" names in "code": Python text, or if "binary" a zip
    archive in base64 with a __main__.py. Raises ActionError and what the code raises."""
    module = type(sys)(MODULE)
    # Known under its name before it runs: dataclasses and pickle look there.
    sys.modules[MODULE] = module
    if binary:
        directory = unpack_archive(code)
        source, file = read_main(directory)
        sys.path[0] = directory
        os.chdir(directory)
        activate_virtualenv(os.path.join(directory, "virtualenv"))
    else:
        source, file = code, os.path.join(os.getcwd(), "action.py")
        module.__loader__ = TextLoader(code)
    module.__file__ = file
    exec(compile(source, file, "exec"), module.__dict__)

    function = getattr(module, main, None)
    if not callable(function):
        raise ActionError(f"Action entrypoint '{main}' is not a function.")
    return function


def unpack_archive(code):
    import tempfile

    sys.path.insert(0, HERE)
    try:
        import owpool_zip
    finally:
        del sys.path[0]

    archive = owpool_zip.decode_archive(code)
    place = os.getcwd() if os.access(os.getcwd(), os.W_OK) else None
    directory = tempfile.mkdtemp(prefix="action-", dir=place)
    owpool_zip.extract(archive, directory)
    return directory


def read_main(directory):
    """The text of the archive's main module, and its file."""
    for name in ("__main__.py", "main__.py"):
        file = os.path.join(directory, name)
        if os.path.isfile(file):
            with open(file, "rb") as opened:
                return opened.read(), file
    raise ActionError("Zip file does not include __main__.py")


def activate_virtualenv(directory):
    """Makes the packages of a virtual environment in the archive importable."""
    if not os.path.isdir(directory):
        return
    # One that was made on Windows has Scripts for bin.
    files = [os.path.join(directory, place, "activate_this.py") for place in ("bin", "Scripts")]
    file = next(filter(os.path.isfile, files), None)
    if file is None:
        raise ActionError("Invalid virtualenv. Zip file does not include "
                          "virtualenv/bin/activate_this.py")
    with open(file, "rb") as opened:
        exec(compile(opened.read(), file, "exec"), {"__file__": file})


def describe(error):
    """One line: what went wrong and, if that is known, in which line of the action."""
    if isinstance(error, ActionError):
        return str(error)
    text = f"{type(error).__name__}: {error}"
    # A SyntaxError of the action's says its line itself.
    if not isinstance(error, SyntaxError):
        trace = own_frames(error)
        if trace is not None:
            code = trace.tb_frame.f_code
            text += f" ({os.path.basename(code.co_filename)}, line {trace.tb_lineno})"
    return text


def own_frames(error):
    """The traceback from where the action's own code begins, or None."""
    ours = os.path.dirname(own_frames.__code__.co_filename)
    trace = error.__traceback__
    while trace is not None and os.path.dirname(trace.tb_frame.f_code.co_filename) == ours:
        trace = trace.tb_next
    return trace


def print_traceback(error):
    import traceback

    traceback.print_exception(type(error), error, own_frames(error))
