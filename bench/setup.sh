#!/usr/bin/env bash
# wrk makes the load, nginx is what it is compared with; both are Debian's.
set -euo pipefail
missing=()
command -v wrk >/dev/null || missing+=(wrk)
command -v nginx >/dev/null || missing+=(nginx-light)
if ((${#missing[@]})); then
  echo "Installing ${missing[*]} ..." >&2
  apt-get update -qq
  apt-get install -y -qq "${missing[@]}" >/dev/null
fi
