# Tries every connection to the outside. Loopback belongs to the container.
import socket, struct
reached = []
def tried(what, attempt):
    try:
        value = attempt()
        reached.append(what if value is None else f'{what}: {value}')
    except (OSError, ValueError):
        pass
def connect(family, kind, address):
    with socket.socket(family, kind) as one:
        one.settimeout(0.3)
        one.connect(address)
        if kind == socket.SOCK_DGRAM:
            one.send(b'x')
            one.recv(1)
for host in ('1.1.1.1', '8.8.8.8', '169.254.169.254', '172.17.0.1', '10.0.0.1', '192.168.0.1', '192.0.2.2', '224.0.0.1', '255.255.255.255'):
    for port in (22, 53, 80, 443, 2375, 8088):
        tried(f'tcp {host}:{port}', lambda: connect(socket.AF_INET, socket.SOCK_STREAM, (host, port)))
        tried(f'udp {host}:{port}', lambda: connect(socket.AF_INET, socket.SOCK_DGRAM, (host, port)))
for port in (22, 53, 80, 443, 2375, 8088, 6379):
    tried(f'tcp loopback:{port}', lambda: connect(socket.AF_INET, socket.SOCK_STREAM, ('127.0.0.1', port)))
    tried(f'tcp loopback6:{port}', lambda: connect(socket.AF_INET6, socket.SOCK_STREAM, ('::1', port)))
tried('tcp ipv6', lambda: connect(socket.AF_INET6, socket.SOCK_STREAM, ('2606:4700:4700::1111', 53)))
tried('dns', lambda: socket.gethostbyname('example.com'))
for path in ('/var/run/docker.sock', '/run/docker.sock', '/run/containerd/containerd.sock', '/run/dbus/system_bus_socket', '\0/tmp/.X11-unix/X0'):
    tried(f'unix {path!r}', lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, path))
tried('raw', lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close())
tried('packet', lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x300).close())
tried('interfaces', lambda: [name for _, name in socket.if_nameindex() if name != 'lo'] or (_ for _ in ()).throw(OSError()))
print(reached)
