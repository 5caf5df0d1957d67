#!/usr/bin/env python3
"""How long one client's heavy command holds up the others: flashkv beside redis-server, in the same tests.

A process of its own sends a PING and a SET every half millisecond, each over two connections in turn (a server with
two threads serves one with each), while another client empties a database of two million keys, deletes a list of a
million elements, lists a million keys, reads all of that, trickles bytes over 500 connections, or asks for 500 MB
that it never reads. Each server runs alone on a free port of the loopback interface. Each test is repeated; the
tables show the median of the repeats of the slowest request and of the 99th percentile, and how much the server's
memory grew; in brackets, the least, which a busy machine blurs less.

The rows named idle show what the machine itself does to a request: differences below that are noise. PING needs no
data; SET also has to wait for locks.

usage: stalls.py target/release/flashkv [--repeat 3] [--only TEXT]      (needs Linux, redis-server, 2 GB of memory)
"""

import argparse
import multiprocessing
import os
import select
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

DEADLINE = 600
# Between two requests of a connection of the probe, in seconds; there are two of each kind.
PAUSE = 0.001
# A request whose reply ends what a client waits for: no other reply ends so.
LAST = b"*2\r\n$4\r\nECHO\r\n$12\r\n--all-done--\r\n"
LAST_REPLY = b"$12\r\n--all-done--\r\n"
VALUE = b"x" * 32
BIG = 100_000


def request(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self, requests):
        """Sends requests; returns the first bytes of their replies once all have come."""
        self.socket.sendall(requests + LAST)
        head, tail = b"", b""
        while not tail.endswith(LAST_REPLY):
            piece = self.socket.recv(1 << 20)
            if not piece:
                raise ConnectionError("the server closed the connection")
            head = head or piece
            tail = (tail + piece)[-len(LAST_REPLY) :]
        if head.startswith(b"-"):
            raise RuntimeError(head)
        return head


# The probe: what another client sees.


class Other:
    """A client that has one request under way at most."""

    def __init__(self, port, request):
        self.client = Client(port)
        self.request = request
        self.sent = None
        self.due = 0.0
        self.times = []

    def ask(self, now):
        if self.sent is None and now >= self.due:
            self.sent = time.perf_counter()
            self.due = now + PAUSE
            self.client.socket.sendall(self.request)

    def take(self):
        if not self.client.socket.recv(64):
            raise ConnectionError("the server closed the connection")
        self.times.append(time.perf_counter() - self.sent)
        self.sent = None


def probe(port, orders):
    """Measures between two orders, and answers the second with the times in seconds, by request."""
    # A server with two threads gives each of them one of both kinds.
    kinds = {"PING": request(b"PING"), "SET": request(b"SET", b"stalls:probe", b"1")}
    others = {kind: [Other(port, bytes_) for _ in range(2)] for kind, bytes_ in kinds.items()}
    by_socket = {other.client.socket: other for pair in others.values() for other in pair}
    while orders.recv():
        for other in by_socket.values():
            other.times = []
        orders.send("started")
        # After the order to stop, what is under way is waited for.
        while (asking := not orders.poll()) or any(other.sent for other in by_socket.values()):
            now = time.perf_counter()
            for other in by_socket.values():
                if asking:
                    other.ask(now)
            for ready in select.select(by_socket, [], [], PAUSE / 4)[0]:
                by_socket[ready].take()
        orders.recv()
        orders.send({kind: sum((other.times for other in pair), []) for kind, pair in others.items()})


class Probe:
    def __init__(self, port):
        context = multiprocessing.get_context("spawn")
        self.orders, theirs = context.Pipe()
        self.process = context.Process(target=probe, args=(port, theirs), daemon=True)
        self.process.start()

    def measure(self, act):
        self.orders.send(True)
        self.orders.recv()
        act()
        # What the command left to be done in the background counts as well.
        time.sleep(0.3)
        self.orders.send("stop")
        return self.orders.recv()

    def end(self):
        self.orders.send(None)
        self.process.join(10)
        self.process.kill()


# The servers.


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Server:
    def __init__(self, command, folder):
        self.port = free_port()
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)], cwd=folder, stdout=subprocess.DEVNULL
        )
        for _ in range(100):
            try:
                self.client = Client(self.port)
                return
            except ConnectionRefusedError:
                time.sleep(0.05)
        self.end()
        raise RuntimeError(f"{command[0]} did not start")

    def resident(self):
        """Resident memory, in bytes."""
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


# What the servers are filled with, in pipelines of a megabyte or so.


def pipelined(server, requests):
    batch = []
    for one in requests:
        batch.append(one)
        if len(batch) == 20:
            server.client.run(b"".join(batch))
            batch.clear()
    server.client.run(b"".join(batch))


def load_keys(server, count):
    pair = b"$11\r\nkey:%07d\r\n$32\r\n" + VALUE + b"\r\n"
    head = b"*2001\r\n$4\r\nMSET\r\n"
    thousands = range(0, count, 1000)
    pipelined(server, (head + b"".join([pair % n for n in range(at, at + 1000)]) for at in thousands))


def load_list(server):
    element = b"$32\r\n%032d\r\n"
    head = b"*1002\r\n$5\r\nRPUSH\r\n$4\r\nlist\r\n"
    thousands = range(0, 1_000_000, 1000)
    pipelined(server, (head + b"".join([element % n for n in range(at, at + 1000)]) for at in thousands))


def nothing(server):
    pass


def million_keys(server):
    if not server.client.run(request(b"DBSIZE")).startswith(b":100000"):
        load_keys(server, 1_000_000)


def million_elements(server):
    if server.client.run(request(b"LLEN", b"list")).startswith(b":0"):
        load_list(server)


# What the heavy client does.


def run(*words):
    return lambda server: server.client.run(request(*words))


def pipelined_keys(server):
    server.client.run(request(b"KEYS", b"no*such") * 10)


def idle(server):
    time.sleep(1)


def scan(count):
    def whole_scan(server):
        cursor = b"0"
        while True:
            head = server.client.run(request(b"SCAN", cursor, b"COUNT", b"%d" % count))
            cursor = head.split(b"\r\n", 3)[2]
            if cursor == b"0":
                return

    return whole_scan


def slowloris(server):
    """500 connections that each send a byte of an endless request every 5 ms, or as often as this process manages."""
    clients = [Client(server.port) for _ in range(500)]
    for client in clients:
        client.socket.sendall(b"*3\r\n$3\r\nSET\r\n$8\r\nstalls:l\r\n$1000000\r\n")
    end = time.monotonic() + 2
    while (now := time.monotonic()) < end:
        for client in clients:
            client.socket.send(b"x")
        time.sleep(max(0.0, now + 0.005 - time.monotonic()))
    for client in clients:
        client.socket.close()


def never_reads(server):
    """Asks 5000 times for 100 KB, and reads nothing. Returns how much the server's memory grew meanwhile."""
    before = most = server.resident()
    client = Client(server.port)
    client.socket.setblocking(False)
    rest = memoryview(request(b"GET", b"big") * 5000)
    end = time.monotonic() + 2
    while time.monotonic() < end:
        try:
            rest = rest[client.socket.send(rest) :] if rest else rest
        except BlockingIOError:
            pass
        time.sleep(0.005)
        most = max(most, server.resident())
    client.socket.close()
    return most - before


TESTS = [
    # Those that leave memory behind come last.
    ("idle", nothing, idle),
    ("500 slowloris connections", nothing, slowloris),
    ("5000 GET of 100 KB, never read", run(b"SET", b"big", b"x" * BIG), never_reads),
    ("DEL, list of 1 million", million_elements, run(b"DEL", b"list")),
    ("LRANGE 0 -1, 1 million", million_elements, run(b"LRANGE", b"list", b"0", b"-1")),
    ("KEYS *, 1 million", million_keys, run(b"KEYS", b"*")),
    ("KEYS no*such, 1 million", million_keys, run(b"KEYS", b"no*such")),
    ("10 of these in one write", million_keys, pipelined_keys),
    ("SCAN COUNT 1000, 1 million", million_keys, scan(1000)),
    ("SCAN COUNT 1000000, 1 million", million_keys, scan(1_000_000)),
    ("FLUSHALL, 2 million keys", lambda server: load_keys(server, 2_000_000), run(b"FLUSHALL")),
]


def measure(name, command, repeat, only):
    """Runs all tests on a server of its own: lists of (times, growth) by test."""
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        server = Server(command, folder)
        try:
            others = Probe(server.port)
            for test, prepare, act in TESTS:
                if only in test:
                    print(f"{name}: {test}", file=sys.stderr)
                    results[test] = [one_run(server, others, prepare, act) for _ in range(repeat)]
            others.end()
        finally:
            server.end()
    return results


def one_run(server, others, prepare, act):
    prepare(server)
    time.sleep(0.3)
    grown = []
    times = others.measure(lambda: grown.append(act(server)))
    return times, grown[0] if isinstance(grown[0], int) else 0


def slowest(times):
    return max(times)


def percentile(times):
    return sorted(times)[len(times) * 99 // 100]


def table(title, results, figures):
    """A line for each test: the median of its figures and, in brackets, the least, by server; ratios of the medians."""
    names = list(results)
    tests = results[names[0]]
    if not tests:
        return
    print(f"\n{title}\n")
    print(f"| {'':30} |" + "".join(f" {name:>18} |" + " ratio |" * (name != names[0]) for name in names))
    print(f"|{'-' * 32}|" + "".join(f"{'-' * 19}:|" + "------:|" * (name != names[0]) for name in names))
    for test in tests:
        line = f"| {test:30} |"
        redis = statistics.median(figures(tests[test]))
        for name in names:
            runs = figures(results[name][test])
            median = statistics.median(runs)
            line += f" {f'{median:.2f} ({min(runs):.2f})':>18} |"
            line += f" {median / redis:5.2f} |" if name != names[0] and redis else ""
        print(line)


def tables(results):
    def milliseconds(kind, pick):
        return lambda runs: [pick(times[kind]) * 1000 for times, _ in runs]

    table("Slowest PING of another client, ms", results, milliseconds("PING", slowest))
    table("99th percentile of its PINGs, ms", results, milliseconds("PING", percentile))
    table("Its slowest SET, ms", results, milliseconds("SET", slowest))
    growing = {name: {test: tests[test] for test in tests if "never read" in test} for name, tests in results.items()}
    table("Growth of the server's memory, MB", growing, lambda runs: [grown / 1e6 for _, grown in runs])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("flashkv", type=os.path.abspath)
    arguments.add_argument("--repeat", type=int, default=3)
    arguments.add_argument("--only", default="", help="part of the name of the tests to run")
    options = arguments.parse_args()
    # Ends by an exception, so that the servers are ended too.
    for end in (signal.SIGALRM, signal.SIGTERM):
        signal.signal(end, signal.default_int_handler)
    signal.alarm(DEADLINE)
    servers = {
        "redis-server": ["redis-server", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        "flashkv 1 thread": [options.flashkv, "--threads", "1"],
        f"flashkv {os.cpu_count()} threads": [options.flashkv],
    }
    start = time.monotonic()
    tables({name: measure(name, command, options.repeat, options.only) for name, command in servers.items()})
    print(f"\nmedian of {options.repeat}; took {time.monotonic() - start:.0f} s; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
