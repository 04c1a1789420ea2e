/** Look-ups that are answered by searching; who asks more often gets a table. */
const SEARCHES = 8;

/** Where goroutines are, by their numbers. Filling it costs nothing but two columns: mostly one or none is asked for. */
export class GoroutineNumbers {
  private ids = new Float64Array(1024);
  private addresses = new Float64Array(1024);
  private count = 0;
  private searches = 0;
  private table: Map<number, number> | undefined;

  add(id: number, address: number): void {
    if (this.count === this.ids.length) {
      this.ids = twiceAsLong(this.ids);
      this.addresses = twiceAsLong(this.addresses);
    }
    this.ids[this.count] = id;
    this.addresses[this.count++] = address;
  }

  /** The address of the goroutine with that number; of two the first that was added. */
  find(id: number): number | undefined {
    if (this.table === undefined && this.searches++ < SEARCHES) {
      const row = this.ids.subarray(0, this.count).indexOf(id);
      return row < 0 ? undefined : this.addresses[row];
    }
    this.table ??= this.makeTable();
    return this.table.get(id);
  }

  private makeTable(): Map<number, number> {
    const table = new Map<number, number>();
    for (let row = this.count - 1; row >= 0; row--) table.set(this.ids[row] as number, this.addresses[row] as number);
    return table;
  }
}

function twiceAsLong(column: Float64Array): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(column.length * 2);
  longer.set(column);
  return longer;
}
