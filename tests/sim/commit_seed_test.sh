#!/usr/bin/env bash
# Usage: commit_seed_test.sh OWPOOL_SIMULATE SOURCE_DIRECTORY
# Without git, or outside a repository, the seed is 3.
set -euo pipefail
hash=$(git -C "$2" rev-parse --short=12 HEAD 2>/dev/null || echo 3)
exec "$1" --seed "$((16#$hash))" --steps 200000
