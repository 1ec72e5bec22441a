"""Replies to every client with the uppercase of its text. Usage: python3 server.py PORT"""

import select
import socket
import sys


def receive(client):
    try:
        return client.recv(1024)
    except ConnectionError:
        return b""


def send(client, data):
    try:
        client.sendall(data)
    except ConnectionError:
        pass


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=100)
    clients = []
    while True:
        ready, _, _ = select.select([listener] + clients, [], [])
        for sock in ready:
            if sock is listener:
                client, _ = listener.accept()
                clients.append(client)
            else:
                data = receive(sock)
                if data:
                    text = data.decode("utf-8", errors="replace")
                    send(sock, text.upper().encode("utf-8"))
                else:
                    clients.remove(sock)
                    sock.close()


main()
