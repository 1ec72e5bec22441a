#!/usr/bin/env python3
"""A child for the process-per-connection model, in another language.

    ./upper -conf '{"tcp": {"model": "process-per-connection",
                            "command": ["python3", "examples/upper_filter.py"]}}'

It reads standard input and writes standard output, like any filter. os.read() returns the bytes that have
arrived so far; print() and sys.stdin would buffer, and the client would wait.
"""

import codecs
import os

# Keeps the first part of a character that a read has cut in two.
decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

while True:
    data = os.read(0, 65536)
    reply = decoder.decode(data, final=not data).upper()
    os.write(1, reply.encode("utf-8", "surrogateescape"))
    if not data:
        break
