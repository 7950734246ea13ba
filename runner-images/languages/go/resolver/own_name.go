package net

import "os"

// lookupStaticHost looks up the name in the hosts file, and then among the names that nss-myhostname(8) provides to
// programs that use libc. Without a network, the hosts file of the container is empty.
func lookupStaticHost(host string) ([]string, string) {
	if addrs, canonical := lookupHostsFile(host); len(addrs) > 0 {
		return addrs, canonical
	}
	if addrs := ownAddrs(host); addrs != nil {
		return addrs, absDomainName(host)
	}
	return nil, ""
}

// lookupStaticAddr does the same for an address.
func lookupStaticAddr(addr string) []string {
	if names := lookupHostsFileAddr(addr); len(names) > 0 {
		return names
	}
	switch parseLiteralIP(addr) {
	case "127.0.0.1", "::1":
		return []string{"localhost"}
	case "127.0.0.2":
		if name, err := os.Hostname(); err == nil {
			return []string{name}
		}
	}
	return nil
}

func ownAddrs(host string) []string {
	if n := len(host); n > 0 && host[n-1] == '.' {
		host = host[:n-1]
	}
	if stringsEqualFold(host, "localhost") {
		return []string{"127.0.0.1", "::1"}
	}
	if name, err := os.Hostname(); err == nil && stringsEqualFold(host, name) {
		return []string{"127.0.0.2", "::1"}
	}
	return nil
}
