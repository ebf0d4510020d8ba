#!/usr/bin/env bash
# Usage: prints_test.sh FILE PROGRAM: runs it, compares what it prints with FILE.
set -euo pipefail
diff -u "$1" <("$2" || echo "its exit status is $?") && echo "as expected"
