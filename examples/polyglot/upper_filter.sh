#!/bin/sh
# A child for the process-per-connection model, in shell, for ASCII text and line-based protocols:
# it replies to each line when the line is complete.
#
#   ./upper -conf '{"tcp": {"model": "process-per-connection", "command": ["examples/polyglot/upper_filter.sh"]},
#                   "text": {"charset": "ascii"}}'
while IFS= read -r line; do
  printf '%s\n' "$line" | LC_ALL=C tr a-z A-Z
done
# The last line, if it has no line break.
[ -z "$line" ] || printf %s "$line" | LC_ALL=C tr a-z A-Z
