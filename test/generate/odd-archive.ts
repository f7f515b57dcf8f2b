import type { Random } from './random.js';

export interface ArchiveMember {
  readonly name: string;
  readonly content: string | Buffer;
  /** Type flag of the header; `0` is a file. */
  readonly type?: string;
  readonly link?: string;
  /** What the header says; the length of the content unless given. */
  readonly size?: string;
  /** Added to the right checksum. */
  readonly checksumOff?: number;
}

const block = 512;

/** A tar archive, header by header, so that each may lie. */
export function archiveOf(members: readonly ArchiveMember[], closing = 2): Buffer {
  return Buffer.concat([...members.flatMap(partsOf), Buffer.alloc(block * closing)]);
}

function partsOf({ name, content, type = '0', link = '', size, checksumOff = 0 }: ArchiveMember): Buffer[] {
  const bytes = Buffer.from(content as string);
  const header = Buffer.alloc(block);
  header.write(name.slice(0, 100), 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(size ?? `${bytes.length.toString(8).padStart(11, '0')}\0`, 124, 12, 'latin1');
  header.write('00000000000\0', 136);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write(link.slice(0, 100), 157);
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0) + checksumOff;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, bytes, Buffer.alloc((block - (bytes.length % block)) % block)];
}

/** An archive with one member that nobody honest would write, beside a manifest. */
export function oddArchive(manifest: Buffer, random: Random): Buffer {
  const plain: ArchiveMember = { name: 'a.json', content: manifest };
  const oddOnes: readonly ArchiveMember[] = [
    { ...plain, name: '../../etc/a.json' },
    { ...plain, name: '/etc/a.json' },
    { ...plain, name: 'C:\\a.json' },
    { ...plain, name: 'a/..\\b.json' },
    { ...plain, name: '' },
    { ...plain, name: 'a\x01b.json' },
    { ...plain, name: 'a.json.gz' },
    { name: 'l.json', content: '', type: '1', link: '/etc/passwd' },
    { name: 'l.json', content: '', type: '2', link: '../a' },
    { name: 'd.json', content: '', type: '3' },
    { name: 'fifo.json', content: '', type: '6' },
    { ...plain, type: '7' },
    { ...plain, type: 'S' },
    { ...plain, type: '\0' },
    { ...plain, type: 'Z' },
    { ...plain, size: '77777777777\0' },
    { ...plain, size: '-0000000001\0' },
    { ...plain, size: 'abcdefghijk\0' },
    { ...plain, size: '\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff' },
    { ...plain, size: '00000000001\0' },
    { ...plain, checksumOff: 1 },
    { name: 'long', content: `${'d/'.repeat(4000)}a.json\0`, type: 'L' },
    { name: 'pax', content: '30 path=../../../etc/a.json\n', type: 'x' },
    { name: 'pax', content: '28 path=/etc/shadow.json\n', type: 'x' },
    { name: 'pax', content: '20 size=999999999999\n', type: 'x' },
    { name: 'pax', content: '999999 path=a\n', type: 'x' },
    { name: 'pax', content: 'x path=a\n0 =\n', type: 'g' },
    { name: 'pax', content: `30 GNU.sparse.realsize=99999\n22 GNU.sparse.major=1\n`, type: 'x' },
  ];
  const members = [plain, random.pick(oddOnes)];
  if (random.chance(50)) members.reverse();
  if (random.chance(30)) members.push(plain);
  return archiveOf(members, random.below(4));
}
