#!/usr/bin/env bash
# Usage: replay_test.sh OWPOOL_SIMULATE
# A false pool fails, with status 1; the command that it prints fails likewise, and
# without the falsehood the same operations pass.
set -uo pipefail
report=$("$1" --seed 1 --steps 100000 --sabotage run-twice 2>/dev/null)
[ $? -eq 1 ] || { echo "No failure was reported."; exit 1; }
grep -q "broken rule: an activation is not sent twice" <<<"$report" || { echo "$report"; exit 1; }
command=$(tail -n 1 <<<"$report" | sed 's/^ *owpool-simulate //')
eval "arguments=($command)"
trace=$("$1" "${arguments[@]}")
[ $? -eq 1 ] || { echo "The replay passed: $command"; exit 1; }
grep -q "> RunActivation" <<<"$trace" || { echo "$trace"; exit 1; }
honest=()
for ((i = 0; i < ${#arguments[@]}; i += 2)); do
  [ "${arguments[i]}" = --sabotage ] || honest+=("${arguments[@]:i:2}")
done
"$1" "${honest[@]}" >/dev/null || { echo "It fails without sabotage too."; exit 1; }
for wrong in "--seed" "--seed x" "--steps 0" "--colour red" "--episode 1 --operations dance"; do
  "$1" $wrong >/dev/null 2>&1
  [ $? -eq 2 ] || { echo "Accepted: $wrong"; exit 1; }
done
