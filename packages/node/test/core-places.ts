/** From an address of the process to its offset in the core. */
export function placesIn(core: Buffer): (address: number) => number {
  const start = Number(core.readBigUInt64LE(32));
  const count = core.readUInt16LE(56);
  return (address) => {
    for (let header = start; header < start + count * 56; header += 56) {
      const [offset, from, size] = [8, 16, 32].map((at) => Number(core.readBigUInt64LE(header + at)));
      if (offset === undefined || from === undefined || size === undefined) continue;
      if (core.readUInt32LE(header) === 1 && address >= from && address < from + size) return offset + address - from;
    }
    throw new Error(`${address.toString(16)} is not in the core`);
  };
}
