#!/usr/bin/env bash
# Usage: leaves_nothing_test.sh WITH_DOCKER_ENGINE
# Ends an engine of our own in three ways, a container running each time, and looks for
# what is left of it.
set -euo pipefail
with_engine=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Begins the engine's work, tells where its files are, and stays.
cat >"$work/use" <<'EOF'
set -eu
tar -ch --absolute-names /bin/sleep $(ldd /bin/sleep | grep -o '/[^ ]*') | docker import - test \
  >/dev/null
docker network create test >/dev/null
docker run -d --network test test /bin/sleep 12345 >/dev/null
echo "$OWPOOL_ENGINE_DIRECTORY" >"$1"
[ "$2" = end ] || exec sleep 12346
EOF

check() { # HOW
  local name
  name=$(basename "$(cat "$work/where")")
  for _ in $(seq 500); do
    left=$(pgrep -f "$name|sleep 1234[56]" || true
           ls -d "/tmp/$name" "/sys/fs/cgroup/$name" /sys/fs/cgroup/*/"$name" 2>/dev/null || true
           grep -l "$name" /proc/mounts || true)
    [ -n "$left" ] || { echo "nothing is left after $1"; rm "$work/where"; return; }
    sleep 0.02
  done
  echo "left after $1: $left" >&2
  ps ax | grep "$name" >&2 || true
  exit 1
}

"$with_engine" sh "$work/use" "$work/where" end
check "its command's end"

for signal in TERM KILL; do
  "$with_engine" sh "$work/use" "$work/where" stay &
  launcher=$!
  for _ in $(seq 1000); do [ -s "$work/where" ] && break; sleep 0.02; done
  [ -s "$work/where" ] || { echo "the engine did not start" >&2; kill "$launcher"; exit 1; }
  kill -s "$signal" "$launcher"
  wait "$launcher" 2>/dev/null || true
  check "the signal $signal"
done
