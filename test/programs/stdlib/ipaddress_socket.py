import ipaddress
import socket

network = ipaddress.ip_network("192.168.10.0/28")
print(network.num_addresses, network.netmask, [str(host) for host in list(network.hosts())[:2]])
print(ipaddress.ip_address("192.168.10.5") in network, list(network.subnets(new_prefix=30))[1])
print(ipaddress.ip_address("::1").is_loopback, ipaddress.ip_address("2001:db8::1").exploded)
print(list(ipaddress.summarize_address_range(ipaddress.ip_address("10.0.0.0"), ipaddress.ip_address("10.0.0.5"))))
left, right = socket.socketpair()
with left, right:
    left.sendall(b"ping")
    print(right.recv(10))
print(socket.inet_aton("127.0.0.1"), socket.htons(80))
str(ipaddress.collapse_addresses([ipaddress.ip_network("10.0.0.0/25"), ipaddress.ip_network("10.0.0.128/25")]).__next__())
