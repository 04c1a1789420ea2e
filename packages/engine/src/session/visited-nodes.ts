/** Set in the column for what has no node. */
const NONE = -1;

/**
 * The nodes of stacks, in the order in which goroutines were visited first. Who visits all of them again, in the same order as always,
 * finds each without a search and without looking at its stack.
 */
export class VisitedNodes {
  private addresses = new Float64Array(1024);
  private nodes = new Int32Array(1024);
  private count = 0;
  /** Where the one that is likely to be asked for next is. */
  private next = 0;

  /** The node of the goroutine at an address, found by `walk` if it is not the next of those that were visited. */
  nodeOf(address: number, walk: () => number | undefined): number | undefined {
    if (this.addresses[this.next] !== address || this.next >= this.count) {
      if (this.count === 0 || this.addresses[0] !== address) return this.visit(address, walk());
      this.next = 0;
    }
    const node = this.nodes[this.next++] as number;
    return node === NONE ? undefined : node;
  }

  /** Notes it, unless this is out of the order. */
  private visit(address: number, node: number | undefined): number | undefined {
    if (this.next !== this.count) return node;
    if (this.count === this.nodes.length) this.grow();
    this.addresses[this.count] = address;
    this.nodes[this.count++] = node ?? NONE;
    this.next = this.count;
    return node;
  }

  private grow(): void {
    const addresses = new Float64Array(this.count * 2);
    addresses.set(this.addresses);
    this.addresses = addresses;
    const nodes = new Int32Array(this.count * 2);
    nodes.set(this.nodes);
    this.nodes = nodes;
  }
}
