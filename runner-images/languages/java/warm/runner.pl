# The runner's part in a run of the warm starter, for setup.sh: perl runner.pl <main file> <command>. It waits for R, sends the
# main file's name, and answers B by G.
use strict;
use warnings;
use POSIX ();
use Socket;

my $main = shift;
socketpair(my $own, my $starters, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die "socketpair: $!";
my $pid = fork // die "fork: $!";
if ($pid == 0) {
    close $own;
    POSIX::dup2(fileno $starters, 3) // die "dup2: $!";
    exec @ARGV or die "$ARGV[0]: $!";
}
close $starters;
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
    die "the starter said '$word', not $expected\n" if $word ne $expected;
}
