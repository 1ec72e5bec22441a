#!/usr/bin/env python3
"""Measures the memory that an idle TCP connection costs a server.

    bench/idle.py [CONNECTIONS] [COMMAND ...]      (default: 19000 to ./upper)

Starts the command on a free TCP port and opens the connections from several loopback addresses;
each sends one request and is then idle. Before and after, a garbage collection is triggered twice in
the server (jcmd GC.run), and the C library returns its free memory, as it does every 10 s in a server
of ./upper (jcmd System.trim_native_heap). Prints the growth per connection of the heap in use (jcmd GC.heap_info) and
of the resident memory (RSS). Kernel memory is not counted. The limit of open files (ulimit -n) must
suffice for both this script and the server.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time

PER_ADDRESS = 9000


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connect(port, number):
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    client.bind((f"127.0.0.{2 + number // PER_ADDRESS}", 0))
    client.settimeout(60)
    client.connect(("127.0.0.1", port))
    client.sendall(b"hello")
    if client.recv(16) != b"HELLO":
        sys.exit(f"connection {number}: no reply")
    return client


def jcmd(pid, command):
    return subprocess.run(
        ["jcmd", str(pid), command], check=True, capture_output=True, text=True
    ).stdout


def memory(pid):
    """KiB: heap in use, resident."""
    for _ in range(2):
        jcmd(pid, "GC.run")
    jcmd(pid, "System.trim_native_heap")
    pools = r"(?im)^ *(?:def ?new|tenured|PSYoungGen|ParOldGen|garbage-first).*?used (\d+)K"
    heap = sum(map(int, re.findall(pools, jcmd(pid, "GC.heap_info"))))
    with open(f"/proc/{pid}/status") as status:
        rss = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    return heap, rss


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 19000
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    port = free_port()
    environment = dict(
        os.environ,
        UPPER_UDP_ENABLED="false",
        UPPER_TLS_ENABLED="false",
        UPPER_TCP_PORT=str(port),
        UPPER_TCP_MAX_CONNECTIONS=str(count + 1000),
    )
    server = subprocess.Popen(
        sys.argv[2:] or [os.path.join(home, "upper")],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        while "tcp listening" not in server.stdout.readline():
            pass
        # Classes and pools that are loaded once do not count as the connections'.
        for client in [connect(port, n) for n in range(500)]:
            client.close()
        time.sleep(1)
        heap, rss = memory(server.pid)
        clients = [connect(port, n) for n in range(count)]
        heap_after, rss_after = memory(server.pid)
        print(f"before: heap {heap} KiB, resident {rss} KiB")
        print(f"with {len(clients)} idle: heap {heap_after} KiB, resident {rss_after} KiB")
        print(
            f"each: heap {(heap_after - heap) / count:.2f} KiB,"
            f" resident {(rss_after - rss) / count:.2f} KiB"
        )
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


main()
