#!/usr/bin/env bash
# Runs the example, compares what it prints with what the README says it prints,
# and the README's listing with the file.
set -euo pipefail
program=$1 source=$2
directory=$(mktemp -d /tmp/owpool-example-XXXXXX)
trap 'rm -rf "$directory"' EXIT
printed=$("$program" "$source/runtimes/nodejs20/server.js" "$directory/c")
echo "$printed"
expected='cold: {"greeting":"Hello, owpool!"}
warmed: {"greeting":"Hello, owpool!"}'
[ "$printed" = "$expected" ] || { echo "expected: $expected"; exit 1; }

listing=$(awk '/^```cpp$/{inside=1; next} /^```$/{inside=0} inside' "$source/README.md")
missing=$(grep -vxFf "$source/examples/embed_minimal.cc" <<<"$listing" || true)
[ -n "$listing" ] || { echo "README.md shows no example"; exit 1; }
[ -z "$missing" ] || {
  echo "README.md shows lines that the example has not:"
  echo "$missing"
  exit 1
}
