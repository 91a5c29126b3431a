#!/usr/bin/env python3
"""Sends forged and honest frames from one machine of a range and tells, as JSON, which of them others were given.

Run among the processes of a range host: guarded-frames.py SENDER-PID RECEIVER-PID THIRD-PID STRANGER-DEVICE BRIDGE-ADDRESS
where the pids are those of the machines' first processes, each with its first card called eth0. Every frame ends in a number of
its own, by which it is known again.
"""
import ctypes
import json
import os
import select
import socket
import struct
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
FORGED_MAC = bytes.fromhex("0200c0ffee01")
NOBODY = bytes.fromhex("0200c0ffee02")
STRANGER = bytes.fromhex("0200c0ffee03")
EVERYBODY = b"\xff" * 6
FORGED_IPV4 = socket.inet_aton("198.18.0.77")
FORGED_IPV6 = socket.inet_pton(socket.AF_INET6, "2001:db8::77")
IPV4, ARP, IPV6, EXPERIMENTAL = 0x0800, 0x0806, 0x86DD, 0x88B5


def listening(device):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    s.bind((device, 0))
    index = socket.if_nametoindex(device)
    s.setsockopt(263, 1, struct.pack("iHH8s", index, 1, 0, b""))  # SOL_PACKET, PACKET_ADD_MEMBERSHIP, promiscuous
    return s


class Card:
    """The first card of the machine with this process; the socket stays where it was made."""

    def __init__(self, pid):
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        there = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
        assert libc.setns(there, 0) == 0, "setns"
        self.socket = listening("eth0")
        self.mac = self.socket.getsockname()[4]
        assert libc.setns(home, 0) == 0, "setns"


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet(to, source, kind, payload):
    return to + source + struct.pack("!H", kind) + payload


def ipv4(source, to, payload):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, 253, 0, source, to)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ipv6(source, to, payload, protocol=253):
    return struct.pack("!IHBB16s16s", 6 << 28, len(payload), protocol, 255, source, to) + payload


def icmpv6(source, to, message):
    pseudo = source + to + struct.pack("!II", len(message), 58)
    return ipv6(source, to, message[:2] + struct.pack("!H", checksum(pseudo + message)) + message[4:], 58)


def arp(operation, mac, address, to_mac, to):
    return struct.pack("!HHBBH6s4s6s4s", 1, IPV4, 6, 4, operation, mac, address, to_mac, to)


def main():
    sender, receiver, third = (Card(int(pid)) for pid in sys.argv[1:4])
    stranger = listening(sys.argv[4])
    bridge = socket.inet_aton(sys.argv[5])
    own4, to4 = socket.inet_aton("198.18.0.11"), socket.inet_aton("198.18.0.12")
    own6, to6 = (socket.inet_pton(socket.AF_INET6, a) for a in ("2001:db8::11", "2001:db8::12"))
    own, to = sender.mac, receiver.mac
    frames = {
        "honest": lambda n: ethernet(to, own, IPV4, ipv4(own4, to4, n)),
        "honest over IPv6": lambda n: ethernet(to, own, IPV6, ipv6(own6, to6, n)),
        "honest to all": lambda n: ethernet(EVERYBODY, own, ARP, arp(1, own, own4, b"\0" * 6, to4) + n),
        "to nobody": lambda n: ethernet(NOBODY, own, IPV4, ipv4(own4, to4, n)),
        "forged Ethernet address": lambda n: ethernet(to, FORGED_MAC, IPV4, ipv4(own4, to4, n)),
        "forged ARP": lambda n: ethernet(to, own, ARP, arp(2, own, FORGED_IPV4, to, to4) + n),
        "forged Ethernet address in ARP": lambda n: ethernet(to, own, ARP, arp(2, FORGED_MAC, own4, to, to4) + n),
        "forged neighbour": lambda n: ethernet(to, own, IPV6, icmpv6(own6, to6, struct.pack(
            "!BBHI16sBB6s", 136, 0, 0, 0x60000000, FORGED_IPV6, 2, 1, own) + n)),
        "forged router": lambda n: ethernet(to, own, IPV6, icmpv6(own6, to6, struct.pack(
            "!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + n)),
        "forged source": lambda n: ethernet(to, own, IPV4, ipv4(FORGED_IPV4, to4, n)),
        "forged source over IPv6": lambda n: ethernet(to, own, IPV6, ipv6(FORGED_IPV6, to6, n)),
        "other protocol": lambda n: ethernet(to, own, EXPERIMENTAL, n + b"\0" * 40),
    }
    ears = {receiver.socket: "receiver", third.socket: "third", stranger: "stranger"}
    numbers = {name: os.urandom(8) for name in frames}
    heard = {name: set() for name in frames}
    heard["from a stranger"] = set()
    heard["the host answers"] = set()
    numbers["from a stranger"] = os.urandom(8)
    # Both have to be known to the bridge, or what is for the receiver is flooded to all.
    receiver.socket.send(ethernet(EVERYBODY, to, ARP, arp(1, to, to4, b"\0" * 6, own4)))
    third.socket.send(ethernet(EVERYBODY, third.mac, ARP, arp(1, third.mac, socket.inet_aton("198.18.0.201"), b"\0" * 6, own4)))
    time.sleep(0.2)
    for name, frame in frames.items():
        sender.socket.send(frame(numbers[name]))
    stranger.send(ethernet(EVERYBODY, STRANGER, EXPERIMENTAL, numbers["from a stranger"] + b"\0" * 40))
    sender.socket.send(ethernet(EVERYBODY, own, ARP, arp(1, own, own4, b"\0" * 6, bridge)))
    until = time.monotonic() + 1.0
    while (left := until - time.monotonic()) > 0:
        for ear in select.select([*ears, sender.socket], [], [], left)[0]:
            data, origin = ear.recvfrom(65535)
            if origin[2] == socket.PACKET_OUTGOING:
                continue
            if ear is sender.socket:
                if data[12:14] == b"\x08\x06" and data[20:22] == b"\0\2" and data[28:32] == bridge:
                    heard["the host answers"].add("sender")
                continue
            for name, number in numbers.items():
                if number in data:
                    heard[name].add(ears[ear])
    print(json.dumps({name: sorted(who) for name, who in heard.items()}, indent=1))


main()
