#!/bin/sh
# Runs a lesson's server and client side by side in tmux: examples/side-by-side.sh [SERVER [CLIENT]]
# For example: examples/side-by-side.sh tcp-select tcp-client; Ctrl-b & ends both.
set -eu
cd -- "$(dirname -- "$0")/.."
server=${1-tcp-server}
client=${2-${server%%-*}-client}
command -v tmux >/dev/null || { echo "side-by-side.sh: tmux is missing: install it" >&2; exit 1; }
./upper show "$server" >/dev/null # Builds the jar if necessary, and fails if there is no such lesson.
tmux new-session -d -s "upper-$$" "./upper lesson $server 2000; read -r line"
tmux split-window -h -t "upper-$$" "sleep 1; ./upper lesson $client localhost 2000; read -r line"
exec tmux attach-session -t "upper-$$"
