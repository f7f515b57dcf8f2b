/** What an overhead leaves of an MTU, in bytes; null where it leaves nothing. */
export function mtuLeft(mtu: number, overheadBytes: number): number | null {
  const left = mtu - overheadBytes;
  return left > 0 ? left : null;
}
