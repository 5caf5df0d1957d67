#!/usr/bin/env python3
"""What happens when there is much of something: keys, connections, threads, or memory that nobody needs any more.

  growth        ten million keys are inserted, fifty at a time: the slowest fifty, and CPU per GET and SET at 100 thousand
                keys and at all of them
  connections   CPU per request with 10,000 connections, one request at a time each
  contention    requests a second with 1, 2, 4 and 8 worker threads: all clients on one key, and writers beside readers
                over 64 keys (flashkv only)
  memory        resident memory with a million keys, after FLUSHALL, and after a million keys have expired

Servers run one after the other, on free ports of the loopback interface; flashkv and redis-server have core 0 and the
load has core 1, but for contention, where both have all.

usage: scale.py target/release/flashkv [--only growth,memory] [--keys 10000000] [--rounds 3]
       (needs Linux, redis-server, redis-benchmark; 3 GB of memory for ten million keys)
"""

import argparse
import csv
import io
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time

BATCH = 50
VALUE = b"x" * 32


def request(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


class Server:
    """A server on a port of its own, ended with the block that uses it."""

    def __init__(self, name, command, pinned):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.name = name
        self.command = (["taskset", "-c", "0"] if pinned else []) + command + ["--port", str(self.port)]

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(self.command, cwd=self.folder.name, **quiet)
        for _ in range(200):
            try:
                self.connect().close()
                return self
            except OSError:
                time.sleep(0.05)
        sys.exit(f"{self.name} does not answer")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def ask(self, *words):
        with self.connect() as connection:
            connection.sendall(request(*words))
            return connection.recv(4096)

    def cpu(self):
        """Seconds of processor time so far, all threads."""
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self):
        """Resident memory."""
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def load(self, test, requests, pinned=True, **options):
        """Runs redis-benchmark; returns requests a second and microseconds of processor time per request."""
        line = ["taskset", "-c", "1"] if pinned else []
        line += ["redis-benchmark", "-p", str(self.port), "-t", test, "-n", str(requests), "--csv"]
        for option, value in options.items():
            line += [f"-{option}", str(value)]
        before = self.cpu()
        output = subprocess.run(line, capture_output=True, text=True, timeout=600).stdout
        rows = [row for row in csv.reader(io.StringIO(output)) if len(row) > 1 and row[0] != "test"]
        return float(rows[-1][1]), (self.cpu() - before) / requests * 1e6

    def insert(self, first, last, *more):
        """Inserts keys; returns the seconds of the slowest batch."""
        slowest = 0.0
        with self.connect() as connection:
            for start in range(first, last, BATCH):
                batch = b"".join(request(b"SET", b"key:%012d" % number, VALUE, *more) for number in range(start, start + BATCH))
                began = time.perf_counter()
                connection.sendall(batch)
                missing = BATCH * len(b"+OK\r\n")
                while missing > 0:
                    missing -= len(connection.recv(65536))
                slowest = max(slowest, time.perf_counter() - began)
        return slowest


def servers(options, pinned=True, threads=1):
    flashkv = [os.path.abspath(options.flashkv), "--threads", str(threads), "--loglevel", "warning"]
    return [
        Server("redis-server", ["redis-server", "--save", "", "--appendonly", "no"], pinned),
        Server("flashkv", flashkv, pinned),
    ]


def growth(options):
    print(f"slowest {BATCH} SETs in ms; CPU per request in us at 100 thousand keys and at {options.keys} (P=16)")
    for server in servers(options):
        with server:
            few = 100_000
            server.insert(0, few)
            cost = {}
            for keys in (few, options.keys):
                slowest = server.insert(few, keys) if keys > few else 0.0
                for test in ("get", "set"):
                    runs = [server.load(test, 1_000_000, c=50, P=16, d=32, r=keys)[1] for _ in range(options.rounds)]
                    cost[test, keys] = statistics.median(runs)
            ratios = ", ".join(
                f"{test} {cost[test, few]:.3f} -> {cost[test, options.keys]:.3f} (x{cost[test, options.keys] / cost[test, few]:.2f})"
                for test in ("get", "set")
            )
            print(f"  {server.name:<13} slowest {slowest * 1000:7.2f}   {ratios}", flush=True)


def connections(options):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    count = min(10_000, most - 200)
    print(f"{count} connections, one request at a time each: CPU per request in us")
    for server in servers(options):
        server.command += ["--maxclients", str(count + 50)]
        with server:
            for test in ("set", "get"):
                runs = [server.load(test, 300_000, c=count, r=100_000) for _ in range(options.rounds)]
                print(f"  {server.name:<13} {test} {statistics.median(run[1] for run in runs):6.2f}   {statistics.median(run[0] for run in runs):9.0f} a second", flush=True)


def contention(options):
    print("requests a second (P=16, 50 clients): all on one key; writers over 64 keys beside as many readers")
    for threads in (1, 2, 4, 8):
        server = servers(options, pinned=False, threads=threads)[1]
        with server:
            hot = [server.load("set", 1_000_000, pinned=False, c=50, P=16)[0] for _ in range(options.rounds)]
            mixed = [server.load("set,get", 1_000_000, pinned=False, c=50, P=16, r=64)[0] for _ in range(options.rounds)]
            print(f"  {threads} threads: one key {statistics.median(hot):9.0f}   64 keys {statistics.median(mixed):9.0f}", flush=True)


def memory(options):
    print("resident memory in MB: at the start, with a million keys, after FLUSHALL; with a million timed keys, after their expiry")
    for server in servers(options):
        with server:
            start = server.megabytes()
            server.insert(0, 1_000_000)
            full = server.megabytes()
            server.ask(b"FLUSHALL")
            time.sleep(15)
            flushed = server.megabytes()
            server.insert(0, 1_000_000, b"EX", b"20")
            timed = server.megabytes()
            for _ in range(600):
                time.sleep(0.2)
                if server.ask(b"DBSIZE") == b":0\r\n":
                    break
            time.sleep(15)
            print(f"  {server.name:<13} {start:6.1f} {full:7.1f} {flushed:6.1f}   {timed:7.1f} {server.megabytes():6.1f}", flush=True)


def main():
    tests = {test.__name__: test for test in (growth, connections, contention, memory)}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("flashkv")
    parser.add_argument("--only", default=",".join(tests))
    parser.add_argument("--keys", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for name in options.only.split(","):
        if name not in tests:
            parser.error(f"no such test: {name}; there are {', '.join(tests)}")
        tests[name](options)


main()
