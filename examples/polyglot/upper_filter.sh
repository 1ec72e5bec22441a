#!/bin/sh
# A child for the process-per-connection model, in shell, for ASCII text and the conversations of
# programs that speak in lines: it answers each line when that is complete.
#
#   ./upper -conf '{"tcp": {"model": "process-per-connection", "command": ["examples/polyglot/upper_filter.sh"]},
#                   "text": {"charset": "ascii"}}'
while IFS= read -r line; do
  printf '%s\n' "$line" | LC_ALL=C tr a-z A-Z
done
# What has no line break at the end of the input.
[ -z "$line" ] || printf %s "$line" | LC_ALL=C tr a-z A-Z
