#!/usr/bin/env bash
# Usage: same_bytes_test.sh OWPOOL_SIMULATE
set -euo pipefail
first=$("$1" --seed 7 --steps 200000 2>/dev/null)
second=$("$1" --seed 7 --steps 200000 2>/dev/null)
[ -n "$first" ]
[ "$first" = "$second" ] || { diff <(echo "$first") <(echo "$second"); exit 1; }
other=$("$1" --seed 8 --steps 200000 2>/dev/null)
[ "$first" != "$other" ] || { echo "Another seed printed the same."; exit 1; }
