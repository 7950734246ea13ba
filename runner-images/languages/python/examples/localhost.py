import socket

server = socket.create_server(("localhost", 0))
client = socket.create_connection(("localhost", server.getsockname()[1]))
server.accept()[0].sendall(b"up\n")
print(client.makefile().readline(), end="")
print(socket.gethostbyname("localhost"))
