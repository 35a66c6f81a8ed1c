import socket

try:
    socket.create_connection(("1.1.1.1", 53), timeout=0.5)
except OSError as error:
    print("refused", error.errno != 0)
try:
    socket.getaddrinfo("example.com", 443)
except socket.gaierror:
    print("no name is resolved")
left, right = socket.socketpair()
left.send(b"x")
right.recv(1)
