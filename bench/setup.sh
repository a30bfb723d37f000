#!/usr/bin/env bash
# wrk makes the load; nginx and HAProxy are compared with. All are Debian's packages.
set -euo pipefail
missing=()
command -v wrk >/dev/null || missing+=(wrk)
command -v nginx >/dev/null || missing+=(nginx-light)
command -v haproxy >/dev/null || missing+=(haproxy)
if ((${#missing[@]})); then
  echo "Installing ${missing[*]} ..." >&2
  apt-get update -qq
  apt-get install -y -qq "${missing[@]}" >/dev/null
fi
