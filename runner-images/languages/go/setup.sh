# Without cgo, programs use Go's resolver, which supports only the hosts file and DNS.
net=$(go env GOROOT)/src/net
cp resolver/own_name.go "$net"
sed -i 's/^func lookupStaticHost(/func lookupHostsFile(/; s/^func lookupStaticAddr(/func lookupHostsFileAddr(/' "$net/hosts.go"

# Compiles the standard library into the build cache. Builds at run time read this cache and cannot write to it.
export GOCACHE=/opt/runonce/go-cache CGO_ENABLED=0 GOFLAGS=-buildvcs=false GOTOOLCHAIN=local GOTELEMETRY=off GOMAXPROCS=2 GOPROXY=off
language=$PWD
go build std

# Extracts the arguments of compile and link from the output of go build -x, one on each line, without those that
# differ between builds.
direct=/opt/runonce/direct
mkdir /tmp/hello "$direct"
# The time makes the program unique, so that no cache contains it.
{ cat hello.go; echo "// $(date +%s%N)"; } > /tmp/hello/main.go
cd /tmp/hello
go build -x -p 2 -ldflags='-s -w' -o a.out main.go 2> said
words() {
    grep -E "/$1 -o " said | tail -n 1 | grep -oE "[^ ]*/$1 -o .*" | tr ' ' '\n' | awk '
        $0 == "-o" || $0 == "-importcfg" || $0 == "-trimpath" { skip = 1; next }
        skip { skip = 0; next }
        /_pkg_\.a$/ || $0 == "./main.go" { next }
        { print }' > "$direct/$1"
}
words compile
words link
go list -export -f '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}' std > "$direct/importcfg"
{ cat "$direct/importcfg"; grep '^modinfo ' said; } > "$direct/importcfg.link"
cd "$language/direct"
go build -ldflags="-s -w -X main.goroot=$(go env GOROOT)" -o "$language/compile" ./*.go

# Checks that go build and direct produce the same program except for the build IDs. Without PATH, direct cannot call
# go.
cd /tmp/hello
mv a.out asked
PATH=/nowhere "$language/compile" main.go
for program in asked a.out; do
    go version -m "$program" | sed 1d > "$program.info"
    "./$program"
done
cmp asked.info a.out.info
[ "$(stat -c '%s %a' asked)" = "$(stat -c '%s %a' a.out)" ]
chmod -R a+rX "$GOCACHE" "$direct"
