import type { ChildProcess } from 'node:child_process';
import { lineOf } from './line-of.js';
import type { Netns } from './netns.js';

/** One packet at one device, as tcpdump tells of it. */
export interface Packet {
  readonly device: string;
  readonly direction: 'In' | 'Out' | 'Other';
  readonly ttl: number;
  /** Of the outermost packet: 1 ICMP, 4 IPIP, 6 TCP, 17 UDP. */
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
  /** Null where the protocol has no ports. */
  readonly port: number | null;
  /** What is said of the packet, with all it wraps. */
  readonly text: string;
}

/** Echoes, the first packets of TCP connections, and what may wrap either. */
const filter =
  'icmp or tcp[tcpflags] = tcp-syn or proto 4 or udp port 4789 or udp port 8472 or udp port 8285 or udp port 51820';
let marks = 0;

/** What passes the devices of a network namespace, from when it is ready. */
export class Capture {
  readonly #dump: ChildProcess;
  readonly ready: Promise<unknown>;
  #text = '';

  constructor(readonly netns: Netns) {
    // Packets are told of at once and in their order; without `--immediate-mode` the kernel holds them back for a second.
    this.#dump = netns.start(['tcpdump', '-n', '-l', '-v', '--immediate-mode', '-i', 'any', filter]);
    this.ready = lineOf(this.#dump.stderr, /listening on/);
    this.#dump.stdout?.on('data', (chunk: Buffer) => (this.#text += chunk.toString()));
  }

  /** Leaves out what was told of up to now. */
  forget(): void {
    this.#text = '';
  }

  /** The packets since then. An echo of a size of its own, sent to itself, shows that all before it were told of. */
  async take(): Promise<readonly Packet[]> {
    const size = 100 + (marks++ % 1000);
    const mark = new RegExp(`127\\.0\\.0\\.1 > 127\\.0\\.0\\.1: ICMP echo reply.*length ${size + 8}\n`);
    await this.netns.succeeds(['ping', '-n', '-c', '1', '-W', '1', '-s', String(size), '127.0.0.1']);
    for (let turn = 0; !mark.test(this.#text); turn++) {
      if (turn > 500) throw new Error(`tcpdump in ${this.netns.name} does not tell of its mark`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return this.#text
      .split(/\n(?=\d\d:\d\d:\d\d\.)/)
      .map(packetOf)
      .filter((packet) => packet !== null && packet.source !== '127.0.0.1') as Packet[];
  }
}

const shape =
  /^\S+ (\S+)\s+(\w+)\s+IP \(.*?ttl (\d+),.*?proto \S+ \((\d+)\).*?\)\n\s+(\d+\.\d+\.\d+\.\d+)(?:\.\d+)? > (\d+\.\d+\.\d+\.\d+)(?:\.(\d+))?:/;

function packetOf(text: string): Packet | null {
  const found = shape.exec(text);
  if (found === null) return null;
  const [, device, direction, ttl, protocol, source, destination, port] = found;
  return {
    // Pods' links on bridges have names that nobody knows.
    device: /^veth\d+$/.test(device) ? 'veth…' : device,
    direction: direction === 'In' || direction === 'Out' ? direction : 'Other',
    ttl: Number(ttl),
    protocol: Number(protocol),
    source,
    destination,
    port: port === undefined ? null : Number(port),
    text,
  };
}
