use strict;
use IO::Socket::INET;
my ($kind, $port, $fixed) = @ARGV;
if ($kind eq 'bomb') {
    for (1..150) { if (!fork) { sleep 600; exit } }
}
$SIG{TERM} = 'IGNORE' if $kind eq 'deaf';
sleep 3 if $kind eq 'late';
my $size = 800_000_000;
my $kept = $kind eq 'greedy' ? 'x' x $size : '';
if ($kind eq 'litter' && !fork) { exec 'sleep', '600' }
if ($kind eq 'chatter' && !fork) {
    while (getppid != 1) { print 'x' x 1000, "\n" }
    exit;
}
my $parent = $$;
my $s = IO::Socket::INET->new(
    LocalAddr => '127.0.0.1', LocalPort => $kind eq 'fixed' ? $fixed : $port,
    Listen => 100, ReuseAddr => 1) or die "cannot listen: $@";
$SIG{CHLD} = 'IGNORE';
while (1) {
    my $c = $s->accept or next;
    if (fork) { close $c; next }
    while (sysread $c, my $d, 4096) {
        if ($kind eq 'crash') { kill 'KILL', $parent; exit }
        syswrite $c, $kind eq 'lower' ? $d : uc $d;
    }
    exit;
}
