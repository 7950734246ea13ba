# Simulates the runner for a run of the warm interpreter in setup.sh: perl runner.pl <main file> <command>. It waits
# for R, sends the name of the main file, waits for B and sends G.
use strict;
use warnings;
use POSIX ();
use Socket;

my $main = shift;
socketpair(my $own, my $peer, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die "socketpair: $!";
my $pid = fork // die "fork: $!";
if ($pid == 0) {
    close $own;
    POSIX::dup2(fileno $peer, 3) // die "dup2: $!";
    exec @ARGV or die "$ARGV[0]: $!";
}
close $peer;
await('R');
syswrite $own, pack('N/a*', "$main\0");
await('B');
syswrite $own, 'G';
waitpid $pid, 0;
exit($? == 0 ? 0 : 1);

sub await {
    my ($expected) = @_;
    my $word = '';
    sysread $own, $word, 1;
    die "the warm interpreter sent '$word' instead of $expected\n" if $word ne $expected;
}
