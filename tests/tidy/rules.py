"""The rules of style that no compiler checks. Each takes a text and yields
(line number, what is wrong and what to do instead)."""

import re

COLUMNS_MAX = 100
FUNCTION_LINES_MAX = 70

# What the pure core may neither include nor name, and what to use instead.
IMPURE = [
    (re.compile(pattern), name, instead) for pattern, name, instead in [
        (r"\b(?:steady|system|high_resolution|utc|tai|gps|file)_clock\b|\b(?:clock_)?gettime\b"
         r"|\bgettimeofday\b|\bstd::time\b|(?<![\w.>:])time\s*\(\s*(?:nullptr|NULL|0|&)"
         r"|\bsleep_(?:for|until)\b|\b(?:u|nano)sleep\b|absl/time/|\babsl::(?:Now|Time)\b"
         r"|<(?:ctime|time\.h)>",
         "a clock", "take the time as an argument \"TimePoint now\""),
        (r"<(?:thread|future|stop_token|coroutine|pthread\.h)>|\bstd::j?thread\b|\bpthread_"
         r"|\bstd::(?:async|future|promise|packaged_task|stop_token|this_thread)\b"
         r"|\bthis_thread\b|\bthread_local\b|\bfork\s*\(",
         "a thread", "return an effect: the driver carries it out"),
        (r"<(?:mutex|shared_mutex|condition_variable|atomic|semaphore|latch|barrier)>"
         r"|\b[Mm]utex\w*|\b(?:lock_guard|unique_lock|scoped_lock|shared_lock)\b"
         r"|\bcondition_variable\b|\bstd::atomic\w*|\b(?:counting|binary)_semaphore\b"
         r"|\bcall_once\b|\bABSL_GUARDED_BY\b|absl/synchronization/",
         "a lock", "leave locking to the driver: the core is called by one thread at a time"),
        (r"<random>|\bstd::(?:mt19937\w*|random_device|default_random_engine|minstd_rand0?)\b"
         r"|\b\w+_distribution\b|(?<![\w.>])s?rand(?:om)?\s*\(|\bgetrandom\b|\barc4random\w*"
         r"|\bBitGen\b|absl/random/",
         "randomness", "have whoever calls draw the number and pass it in"),
        (r"<(?:i|o|f|io|s)?stream>|<(?:cstdio|print|filesystem)>"
         r"|<(?:stdio|unistd|fcntl|netdb)\.h>|<(?:sys|arpa|netinet|linux)/"
         r"|\bstd::(?:cout|cin|[iof]*fstream|filesystem|getenv|system)\b"
         r"|\b(?:f|d|v)?printf\b|\bf?puts\b|\bputchar\b|\bf(?:open|write|read|close)\b"
         r"|\bgetenv\b|\bfmt::print\b|<fmt/(?:os|ostream)\.h>|\b(?:httplib|rapidjson|sqlite3)\b",
         "I/O", "return an effect, or say it with a return value"),
        (r"\bstd::(?:cerr|clog)\b|\bstderr\b|\bsyslog\b|\bspdlog\b|absl/log/|\bABSL_(?:RAW_)?LOG\b"
         r"|(?<!\w)D?LOG\s*\(",
         "logging", "let a PoolObserver see it"),
    ]
]

# Every header that the core reaches by way of its includes is held to the same, and
# these are out of bounds, since what they declare blocks or knows the time.
OUTER_HEADERS = re.compile(
    r"owpool/(?:testing/.*|(?:action_protocol|container_factory|docker|health_prober|pool_driver"
    r"|probe|process|runtime)\.h)"
    r"|(?:docker|driver|testing|http|json|logs|os|protocol|probe|process)/.*")


def without_comments(text, keep_strings=False):
    """C++ "text" with comments blank, and strings too, lines kept where they are."""
    token = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^\s()\\]{0,16})\(.*?\)(?P=tag)"'
        r'|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])*\'', re.S)

    def blank(match):
        found = match.group()
        if keep_strings and not found.startswith("/"):
            return found
        return re.sub(r"[^\n]", " ", found)

    return token.sub(blank, text)


def impurities(text):
    code = without_comments(text)
    includes = without_comments(text, keep_strings=True)
    lines = zip(code.splitlines(), includes.splitlines())
    for number, (line, line_with_strings) in enumerate(lines, 1):
        is_include = line.lstrip().startswith("#")
        shown = line_with_strings if is_include else line
        for pattern, name, instead in IMPURE:
            found = pattern.search(shown)
            if found:
                yield number, f'"{found.group().strip()}" is {name}: {instead}'


def includes(text):
    """(line number, path) of every include with quotes or of a header of owpool."""
    for number, line in enumerate(without_comments(text, keep_strings=True).splitlines(), 1):
        found = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if found:
            yield number, found.group(1)


def outer_includes(text):
    for number, path in includes(text):
        if OUTER_HEADERS.fullmatch(path):
            yield number, f'"{path}" is outside of the core: include what the core knows only'


def long_lines(text):
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > COLUMNS_MAX:
            yield number, f"{len(line)} columns: break the line before column {COLUMNS_MAX + 1}"


def split_names(text):
    """ctest takes a list for the name of a test, so half of it would be another test."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r'\s*TEST_CASE\("[^"]*;', line):
            yield number, "\";\" in the name of a test, which would not run: use another mark"


def long_functions(text):
    """Lambdas count as lines of the function that they are in."""
    code = re.sub(r"^[ \t]*#(?:[^\n\\]|\\.)*", lambda m: re.sub(r"[^\n]", " ", m.group()),
                  without_comments(text), flags=re.M | re.S)
    scopes = []        # For each open brace: the offset where its function begins, or None.
    head_begin = 0     # Where the text before the next brace begins.
    depth = 0          # Of functions open.
    for match in re.finditer(r"[{};]", code):
        at, char = match.start(), match.group()
        if char == "{":
            label = re.match(r"\s*(?:public|protected|private)\s*:", code[head_begin:at])
            head_begin += label.end() if label else 0
            head = code[head_begin:at].strip()
            is_function = "(" in head and not re.match(
                r"(?:inline\s+)?(?:namespace|enum|class|struct|union|extern)\b", head)
            begin = head_begin + len(code[head_begin:at]) - len(code[head_begin:at].lstrip())
            scopes.append(begin if is_function and depth == 0 else None)
            depth += is_function or depth > 0
        elif char == "}" and scopes:
            begin = scopes.pop()
            depth -= depth > 0
            if begin is not None:
                lines = code.count("\n", begin, at) + 1
                if lines > FUNCTION_LINES_MAX:
                    yield (code.count("\n", 0, begin) + 1,
                           f"a function of {lines} lines: make several of it, of at most "
                           f"{FUNCTION_LINES_MAX}")
        head_begin = at + 1
