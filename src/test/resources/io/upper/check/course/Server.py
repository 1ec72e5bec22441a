import os, signal, socket, subprocess, sys, threading, time
kind, port, fixed = sys.argv[1], int(sys.argv[2]), int((sys.argv + ['0'])[3])
if kind == 'bomb':
    for i in range(150):
        if os.fork() == 0:
            time.sleep(600)
            os._exit(0)
if kind == 'deaf':
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if kind == 'late':
    time.sleep(3)
if kind == 'greedy':
    kept = bytearray(800_000_000)
    for i in range(0, len(kept), 4096):
        kept[i] = 1
if kind == 'litter':
    subprocess.Popen(['sleep', '600'], start_new_session=True)
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', fixed if kind == 'fixed' else port))
s.listen(100)
def chatter():
    while True:
        print('x' * 1000)
if kind == 'chatter':
    threading.Thread(target=chatter, daemon=True).start()
def serve(c):
    with c:
        while d := c.recv(4096):
            if kind == 'crash':
                os._exit(9)
            c.sendall(d if kind == 'lower' else d.decode(errors='replace').upper().encode())
while True:
    threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
