// Takes out of answers what a rebuilt fixture would change.

/** Smaller numbers are data, not addresses. */
const LEAST_ADDRESS = 0x10000;

/** Writes answers as text: equal addresses of an answer get equal numbers, threads and paths get names. */
export class Stabiliser {
  private readonly labels = new Map<number, string>();
  private readonly threads: readonly number[];
  private readonly paths: readonly (readonly [path: string, name: string])[];

  constructor(threads: readonly number[], paths: readonly (readonly [path: string, name: string])[]) {
    this.threads = threads;
    this.paths = paths;
  }

  text(answer: unknown): string {
    this.labels.clear();
    return JSON.stringify(answer, (key, value: unknown) => {
      if (typeof value === 'number') return this.number(key, value);
      if (typeof value === 'string') return this.string(value);
      return value;
    });
  }

  private number(key: string, value: number): unknown {
    const thread = /^(id|pid|threadID|pcpids|\d+)$/i.test(key) ? this.threads.indexOf(value) : -1;
    if (thread >= 0) return `T${thread + 1}`;
    return value >= LEAST_ADDRESS ? this.label(value) : value;
  }

  private label(address: number): string {
    const known = this.labels.get(address) ?? `#${this.labels.size + 1}`;
    this.labels.set(address, known);
    return known;
  }

  private string(value: string): string {
    // The value of a pointer; shorter ones are numbers.
    if (/^\d{13,15}$/.test(value)) return this.label(Number(value));
    let text = value
      .replace(/\b0x[0-9a-f]{5,}\b/g, (digits) => this.label(Number(digits)))
      .replace(/^[0-9a-f]{40}$/, '$BUILDID')
      .replace(/^\/\S+\/(?=exprs$)/, '$BIN/');
    for (const [path, name] of this.paths) text = text.replaceAll(path, name);
    return text;
  }
}
