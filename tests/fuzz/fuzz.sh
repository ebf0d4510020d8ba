#!/bin/sh
# Fuzzes one target for a while. What it finds out about the program stays in found/ below
# the current directory for the next time, an input that breaks something in crashes/.
# Usage: fuzz.sh PROGRAM CORPUS DICTIONARY SECONDS
set -u
program=$1 corpus=$2 dictionary=$3 seconds=$4
name=$(basename "$program")
mkdir -p "found/$name" crashes

"$program" -max_total_time="$seconds" -max_len=8192 -timeout=10 -rss_limit_mb=1024 \
  -dict="$dictionary" -artifact_prefix="crashes/$name-" -print_final_stats=1 -verbosity=1 \
  "found/$name" "$corpus" && exit 0

for input in $(ls -t crashes/"$name"-* 2>/dev/null | head -n 1); do
  echo
  echo "This input breaks it (its first bytes):"
  od -A d -c "$input" | head -n 40
  echo "Replay: $program $PWD/$input"
  echo "Then mend it, and keep the input with a name that says what it is in $corpus"
done
exit 1
