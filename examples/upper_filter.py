#!/usr/bin/env python3
"""A child for the process-per-connection model, in another language.

    ./upper -conf '{"tcp": {"model": "process-per-connection",
                            "command": ["python3", "examples/upper_filter.py"]}}'

It reads standard input and writes standard output, as any filter does. os.read() returns what has
come so far; print() or sys.stdin would wait for more, and the client with them.
"""

import codecs
import os

# Holds a character back that a read has cut in two.
decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

while True:
    data = os.read(0, 65536)
    reply = decoder.decode(data, final=not data).upper()
    os.write(1, reply.encode("utf-8", "surrogateescape"))
    if not data:
        break
