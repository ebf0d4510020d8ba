#!/usr/bin/env bash
# The unit that is installed, with this build's program, is one that systemd understands,
# and its walls stand.
# Usage: systemd_unit_test.sh UNIT_TEMPLATE PROGRAM
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed "s|@OWPOOLD_UNIT_PROGRAM@|$2|" "$1" >"$work/owpoold.service"

complaints=$(systemd-analyze verify --man=no "$work/owpoold.service" 2>&1) || {
  echo "$complaints"
  exit 1
}
[ -z "$complaints" ] || { echo "$complaints"; exit 1; }

# 0 is the most protected, 100 the least; what is left out and why stands in the unit.
systemd-analyze security --offline=true --threshold=20 --no-pager "$work/owpoold.service" || {
  echo "The unit protects less than it did."
  exit 1
}
grep -q '^RestartPreventExitStatus=2 78$' "$work/owpoold.service" || {
  echo "It would be started again and again with a wrong configuration."
  exit 1
}
! grep -q '^MemoryDenyWriteExecute=yes' "$work/owpoold.service" || {
  echo "node could not run like this."
  exit 1
}
