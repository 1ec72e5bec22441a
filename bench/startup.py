#!/usr/bin/env python3
"""Measures how long the program's start takes, with several JDKs and versions in turn.

    bench/startup.py [--rounds N] [--java HOME ...] [--real-time] [SCRIPT ...]

SCRIPT is an `upper` script (default: that of this checkout), HOME a JDK (default: that of JAVA_HOME or
of the path). Each round runs, in random order, for each script and JDK:

    serve      with only a TCP server, on a free port, until its first reply
    client     one line to a server here, until the process has ended
    version    `--version`, until the process has ended

Prints, in ms, the fastest, the first quartile and the median of the wall time, and the same of the
processor time of all threads, to the first reply or the end. A round more, before the others, is not
counted; in it the class archive is made. With --real-time, which needs root, the processes precede all
others, so that a busy machine disturbs less; 100 ms at a time, for a second.
"""

import argparse
import os
import random
import resource
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time

TICKS = os.sysconf("SC_CLK_TCK")
ARCHIVE_SECONDS = 120


def real_time():
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


def serve(script, environment, start):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = dict(
        environment, UPPER_UDP_ENABLED="false", UPPER_TLS_ENABLED="false", UPPER_TCP_PORT=str(port)
    )
    began = time.monotonic()
    server = subprocess.Popen([script], env=environment, stdout=subprocess.DEVNULL, preexec_fn=start)
    try:
        reply = None
        while reply is None and time.monotonic() < began + 30:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
                    client.sendall(b"hello")
                    reply = client.recv(16)
            except (ConnectionRefusedError, ConnectionResetError):
                time.sleep(0.001)
        wall = time.monotonic() - began
        with open(f"/proc/{server.pid}/stat") as stat:
            ticks = sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:15]))
        if reply != b"HELLO":
            sys.exit(f"no reply but {reply}")
        return wall * 1000, ticks * 1000 / TICKS
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def run(arguments, expected, environment, start):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    ended = subprocess.run(
        arguments, env=environment, input=b"hello\n", stdout=subprocess.PIPE, preexec_fn=start
    )
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode != 0 or expected not in ended.stdout:
        sys.exit(f"{arguments}: status {ended.returncode}, {ended.stdout}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall * 1000, cpu * 1000


def answer(listener):
    while True:
        client, _ = listener.accept()
        with client:
            while text := client.recv(4096):
                client.sendall(text.upper())


def await_archive(script, environment):
    """The first start makes the class archive in the background."""
    target = os.path.join(os.path.dirname(os.path.realpath(script)), "target")
    subprocess.run([script, "--version"], env=environment, check=True, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + ARCHIVE_SECONDS
    while any(name.endswith(".began") for name in os.listdir(target)):
        if time.monotonic() > deadline:
            sys.exit(f"{target}: the class archive is not complete")
        time.sleep(0.2)


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].strip())
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--java", action="append", default=[])
    parser.add_argument("--real-time", action="store_true")
    parser.add_argument("scripts", nargs="*")
    options = parser.parse_args()
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    start = real_time if options.real_time else None
    listener = socket.create_server(("127.0.0.1", 0))
    port = str(listener.getsockname()[1])
    threading.Thread(target=answer, args=[listener], daemon=True).start()
    runs = []
    for script in options.scripts or [os.path.join(home, "upper")]:
        for java in options.java or [os.environ.get("JAVA_HOME", "")]:
            environment = dict(os.environ, JAVA_HOME=java)
            await_archive(script, environment)
            client = [script, "client", "tcp", "localhost", port]
            name = f"{script} {java}"
            runs += [
                (f"serve   {name}", lambda s=script, e=environment: serve(s, e, start)),
                (f"client  {name}", lambda c=client, e=environment: run(c, b"HELLO", e, start)),
                (
                    f"version {name}",
                    lambda s=script, e=environment: run([s, "--version"], b"upper", e, start),
                ),
            ]
    times = {name: [] for name, _ in runs}
    for number in range(options.rounds + 1):
        for name, measure in random.sample(runs, len(runs)):
            taken = measure()
            if number > 0:
                times[name].append(taken)
    for name in sorted(times):
        figures = []
        for values in zip(*times[name]):
            quartile = statistics.quantiles(values, method="inclusive")[0] if len(values) > 1 else values[0]
            figures.append(f"{min(values):5.0f} {quartile:5.0f} {statistics.median(values):5.0f}")
        print(f"wall {figures[0]}  processor {figures[1]}  {name}")


main()
