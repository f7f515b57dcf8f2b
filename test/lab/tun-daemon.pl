# A tunnel in userspace, for kernels without a driver of its kind and for what is done in userspace anyway:
#   tun-daemon.pl DEVICE ipip|udp [PORT] CIDR=NODE…
# Packets that are routed to the TUN device go to the node behind whose CIDR their destination is: as they are in an IP
# packet of protocol 4, or in a datagram. Those that a node of the list sends here come out of the device.
use strict;
use warnings;
use Socket;

my ($device, $kind, @table) = @ARGV;
my $port = $kind eq 'udp' ? shift @table : 0;
my @peers = map {
    my ($base, $length, $node) = m{^(.+)/(\d+)=(.+)$} or die "not CIDR=NODE: $_\n";
    [unpack('N', inet_aton($base)), $length ? (0xffffffff << (32 - $length)) & 0xffffffff : 0, pack_sockaddr_in($port, inet_aton($node))];
} @table;
my %known = map { (unpack_sockaddr_in($_->[2]))[1] => 1 } @peers;

open(my $tun, '+<', '/dev/net/tun') or die "/dev/net/tun: $!\n";
ioctl($tun, 0x400454ca, pack('a16 s x22', $device, 0x1001)) or die "TUNSETIFF: $!\n";    # IFF_TUN | IFF_NO_PI

my $wire;
if ($kind eq 'udp') {
    socket($wire, AF_INET, SOCK_DGRAM, 17) or die "socket: $!\n";
    bind($wire, pack_sockaddr_in($port, INADDR_ANY)) or die "bind: $!\n";
} else {
    socket($wire, AF_INET, SOCK_RAW, 4) or die "socket: $!\n";
}

$| = 1;
print "ready\n";
while (1) {
    my $ready = '';
    vec($ready, fileno($_), 1) = 1 for $tun, $wire, \*STDIN;
    select($ready, undef, undef, undef);
    # Whoever started it is gone.
    exit if vec($ready, fileno(STDIN), 1);
    my $packet;
    if (vec($ready, fileno($tun), 1) && sysread($tun, $packet, 65536) && length $packet >= 20) {
        my $to = unpack('x16 N', $packet);
        my ($peer) = grep { ($to & $_->[1]) == $_->[0] } @peers;
        send($wire, $packet, 0, $peer->[2]) if $peer;
    }
    if (vec($ready, fileno($wire), 1) && defined(my $from = recv($wire, $packet, 65536, 0))) {
        next unless $known{(unpack_sockaddr_in($from))[1]};
        # A raw socket is given the outer header as well.
        substr($packet, 0, 4 * (ord($packet) & 15)) = '' if $kind eq 'ipip';
        syswrite($tun, $packet);
    }
}
