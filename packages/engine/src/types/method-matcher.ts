import { attempt } from '../base/errors.ts';
import type { Descriptors } from './descriptors.ts';
import type { RuntimeTypes } from './from-runtime.ts';
import type { Kind } from './go-type.ts';

/** Methods by name: the addresses of their types, 0 where the linker dropped it. Names that are not exported have their package in front. */
export type MethodTypes = ReadonlyMap<string, number>;

/** Before names that are not exported. */
const HIDDEN = '.';

/** Decides by descriptors which types have the methods of an interface, as the runtime does (runtime/iface.go itabInit). */
export class MethodMatcher {
  private readonly types: RuntimeTypes;
  private readonly descriptors: Descriptors;
  private readonly names = new Map<number, string>();

  constructor(types: RuntimeTypes) {
    this.types = types;
    this.descriptors = types.descriptors;
  }

  /** The methods of the type at `address`; of an interface, those that it asks for. None where no type is. */
  methodsAt(address: number | undefined): MethodTypes {
    const methods = new Map<string, number>();
    const kind = address === undefined ? undefined : attempt(() => this.descriptors.kindAt(address));
    if (address === undefined || kind === undefined) return methods;
    this.descriptors.everyMethod(address, kind, (name, type) => {
      methods.set(this.keyOf(name, address, kind), type);
      return true;
    });
    return methods;
  }

  /** Those of the interfaces at `addresses` that ask for some methods, and for none but these. */
  interfacesOf(methods: MethodTypes, addresses: readonly number[]): number[] {
    return methods.size === 0 ? [] : addresses.filter((address) => this.isAskingFor(address, methods));
  }

  /** The types among `addresses` that have all methods of the interface at `asking`. */
  implementersOf(asking: number, addresses: readonly number[]): number[] {
    const wanted = this.methodsAt(asking);
    return wanted.size === 0 ? [] : addresses.filter((address) => this.hasAll(address, wanted));
  }

  /** True if the interface at `address` asks for some of these methods and for no others. */
  isAskingFor(address: number, methods: MethodTypes): boolean {
    const { descriptors } = this;
    let count = 0;
    const areThere = attempt(() => {
      const kind = descriptors.kindAt(address);
      return descriptors.everyMethod(address, kind, (name, type) => {
        count++;
        return this.isAmong(methods, this.keyOf(name, address, kind), type);
      });
    });
    return areThere === true && count > 0;
  }

  private hasAll(address: number, wanted: MethodTypes): boolean {
    const { descriptors } = this;
    let missing = wanted.size;
    attempt(() => {
      const kind = descriptors.kindAt(address);
      descriptors.everyMethod(address, kind, (name, type) => {
        if (this.isAmong(wanted, this.keyOf(name, address, kind), type)) missing--;
        return missing > 0;
      });
    });
    return missing === 0;
  }

  private isAmong(methods: MethodTypes, key: string, type: number): boolean {
    const other = methods.get(key);
    return other !== undefined && this.isSame(other, type);
  }

  /** True for descriptors of the same type, which plugins have of their own; a type that the linker dropped is taken for the same. */
  private isSame(a: number, b: number): boolean {
    if (a === b || a === 0 || b === 0) return true;
    return this.descriptors.hashAt(a) === this.descriptors.hashAt(b) && this.types.at(a).name === this.types.at(b).name;
  }

  /** What tells a method of the type at `address` from others. */
  private keyOf(name: number, address: number, kind: Kind): string {
    const { descriptors } = this;
    const text = this.nameAt(name);
    if (!text.startsWith(HIDDEN)) return text;
    const path = descriptors.packageOfName(name) ?? descriptors.packageAt(address, kind);
    return `${path === undefined ? '' : this.nameAt(path)}${text}`;
  }

  /** The same few names come again and again. Those that are not exported begin with a mark. */
  private nameAt(address: number): string {
    let name = this.names.get(address);
    if (name === undefined) {
      const { descriptors } = this;
      name = `${descriptors.isExported(address) ? '' : HIDDEN}${descriptors.nameAt(address)}`;
      this.names.set(address, name);
    }
    return name;
  }
}
