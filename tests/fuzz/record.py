#!/usr/bin/env python3
"""Records what real clients and servers say to each other, as seeds for the fuzzers and the framers' tests.

    tests/fuzz/record.py PORT UPSTREAM_PORT DIRECTORY

Relays connections to PORT on to UPSTREAM_PORT, and writes one file for each connection: a byte '>' (from the client) or
'<', the length as 4 bytes, most significant first, and the bytes, for each turn."""
import os, socket, struct, sys, threading

port, upstream, directory = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
os.makedirs(directory, exist_ok=True)


def relay(source, sink, mark, file, lock):
    while data := source.recv(65536):
        with lock:
            file.write(mark + struct.pack('>I', len(data)) + data)
            file.flush()
        sink.sendall(data)
    sink.shutdown(socket.SHUT_WR)


listener = socket.create_server(('127.0.0.1', port))
number = 0
while True:
    client, _ = listener.accept()
    server = socket.create_connection(('127.0.0.1', upstream))
    number += 1
    file, lock = open(f'{directory}/{number:03}', 'wb'), threading.Lock()
    for ends in ((client, server, b'>'), (server, client, b'<')):
        threading.Thread(target=relay, args=(*ends, file, lock), daemon=True).start()
