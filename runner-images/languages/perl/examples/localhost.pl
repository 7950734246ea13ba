use strict;
use warnings;
use IO::Socket::INET;

my $server = IO::Socket::INET->new(LocalAddr => 'localhost', Listen => 1) or die "listen: $@";
my $child = fork // die "fork: $!";
if ($child == 0) {
    my $client = $server->accept or die "accept: $!";
    print $client uc <$client>;
    exit 0;
}
my $socket = IO::Socket::INET->new(PeerAddr => 'localhost', PeerPort => $server->sockport) or die "connect: $@";
print $socket "up\n";
print scalar <$socket>;
waitpid $child, 0;
