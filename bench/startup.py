#!/usr/bin/env python3
"""Measures the time from the start of a server to its first reply over TCP.

    bench/startup.py [ROUNDS] [COMMAND ...]      (default: 10 rounds of ./upper)

Each round starts the command with only a TCP server on a free port, sends a request as soon as it can
connect, checks the reply, and stops the server with SIGTERM. Prints the wall time of every round, the
median in ms, the median processor time (of all threads, to the first reply; the figure to trust on a
busy machine), and the resident memory (RSS) one second after the reply of the last round.
"""

import os
import signal
import socket
import statistics
import subprocess
import sys
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, deadline):
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
                client.sendall(b"hello")
                return client.recv(16)
        except (ConnectionRefusedError, ConnectionResetError):
            time.sleep(0.001)
    return None


def round_of(command, last):
    port = free_port()
    environment = dict(
        os.environ, UPPER_UDP_ENABLED="false", UPPER_TLS_ENABLED="false", UPPER_TCP_PORT=str(port)
    )
    started = time.monotonic()
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        reply = ask(port, started + 30)
        millis = (time.monotonic() - started) * 1000
        with open(f"/proc/{server.pid}/stat") as stat:
            ticks = sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:15]))
        cpu = ticks * 1000 / os.sysconf("SC_CLK_TCK")
        if reply != b"HELLO":
            sys.exit(f"no reply but {reply}")
        if last:
            time.sleep(1)
            with open(f"/proc/{server.pid}/status") as status:
                rss = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
            print(f"rss {rss / 1024:.0f} MiB")
        return millis, cpu
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    command = sys.argv[2:] or [os.path.join(home, "upper")]
    wall, cpu = zip(*(round_of(command, n == rounds - 1) for n in range(rounds)))
    print("ms:", " ".join(f"{t:.0f}" for t in wall))
    print(f"median {statistics.median(wall):.0f} ms, processor {statistics.median(cpu):.0f} ms")


main()
