import { DebugError } from '@inquest/engine';

/**
 * The fields of an object that a client sent. As in Go, names may be in any case, what is not there is zero, and null is the
 * same as not there. A value of another type throws `usage`.
 */
export class Fields {
  private readonly values = new Map<string, unknown>();
  private readonly named: readonly (readonly [string, unknown])[];
  private readonly where: string;

  /** `where` names the object in errors. */
  constructor(value: unknown, where: string) {
    this.where = where;
    this.named = [];
    if (value === undefined || value === null) return;
    if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(where, 'an object', value);
    this.named = Object.entries(value);
    for (const [name, each] of this.named) this.values.set(name.toLowerCase(), each);
  }

  private get(name: string): unknown {
    return this.values.get(name.toLowerCase()) ?? undefined;
  }

  /** All fields, by the names that the client gave them. */
  entries(): readonly (readonly [string, unknown])[] {
    return this.named;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  integer(name: string): number {
    const value = this.get(name) ?? 0;
    if (typeof value !== 'number' || !Number.isInteger(value)) throw this.wrong(name, 'a whole number', value);
    return value;
  }

  text(name: string): string {
    const value = this.get(name) ?? '';
    if (typeof value !== 'string') throw this.wrong(name, 'a string', value);
    return value;
  }

  flag(name: string): boolean {
    const value = this.get(name) ?? false;
    if (typeof value !== 'boolean') throw this.wrong(name, 'true or false', value);
    return value;
  }

  object(name: string): Fields {
    return new Fields(this.get(name), `${this.where}.${name}`);
  }

  list(name: string): readonly unknown[] {
    const value = this.get(name) ?? [];
    if (!Array.isArray(value)) throw this.wrong(name, 'a list', value);
    return value as readonly unknown[];
  }

  objects(name: string): readonly Fields[] {
    return this.list(name).map((value, i) => new Fields(value, `${this.where}.${name}[${i}]`));
  }

  texts(name: string): readonly string[] {
    return this.list(name).map((value) => {
      if (typeof value !== 'string') throw this.wrong(name, 'a list of strings', value);
      return value;
    });
  }

  private wrong(name: string, wanted: string, value: unknown): DebugError {
    return wrongType(`${this.where}.${name}`, wanted, value);
  }
}

function wrongType(where: string, wanted: string, value: unknown): DebugError {
  const given = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
  return new DebugError(`${where} is ${wanted}, not ${typeof value === 'number' ? String(value) : given}`, {
    code: 'usage',
  });
}
