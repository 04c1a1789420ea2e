import { pointerTo, sliceOf, type GoType } from '../types/go-type.ts';
import { arrayOf, chanOf, mapOfTypes } from '../types/synthetic.ts';
import type { Environment } from './environment.ts';

/** Deepest nesting of a type's text. */
const DEEPEST = 50;
const LONGEST_ARRAY = 2 ** 40;

/** Types by their names as they are printed, paths included: what users copy from output and put in quotes. */
export class TypeText {
  private readonly environment: Environment;
  private readonly predeclared: (name: string) => GoType | undefined;

  constructor(environment: Environment, predeclared: (name: string) => GoType | undefined) {
    this.environment = environment;
    this.predeclared = predeclared;
  }

  /** The type of that text; undefined where there is none. */
  find(text: string, depth = 0): GoType | undefined {
    const name = text.trim();
    if (depth > DEEPEST || name === '') return undefined;
    const known = this.predeclared(name) ?? this.environment.typeNamed(name);
    return known ?? this.composed(name, depth + 1) ?? this.short(name);
  }

  private composed(name: string, depth: number): GoType | undefined {
    if (name.startsWith('*')) return this.wrap(name.slice(1), depth, pointerTo);
    if (name.startsWith('[]')) return this.wrap(name.slice(2), depth, sliceOf);
    if (name.startsWith('[')) return this.array(name, depth);
    if (name.startsWith('map[')) return this.map(name, depth);
    const chan = /^(chan<-|<-chan|chan)\s+/.exec(name);
    if (chan === null) return undefined;
    const direction = chan[1] === 'chan' ? 'both' : chan[1] === 'chan<-' ? 'send' : 'receive';
    return this.wrap(name.slice(chan[0].length), depth, (elem) => chanOf(elem, direction));
  }

  private wrap(rest: string, depth: number, make: (elem: GoType) => GoType): GoType | undefined {
    const elem = this.find(rest, depth);
    return elem && make(elem);
  }

  private array(name: string, depth: number): GoType | undefined {
    const match = /^\[(\d+)\](.*)$/s.exec(name);
    const length = Number(match?.[1]);
    return this.wrap(match?.[2] ?? '', depth, (elem) =>
      length * elem.size <= LONGEST_ARRAY ? arrayOf(elem, length) : arrayOf(elem, 0),
    );
  }

  private map(name: string, depth: number): GoType | undefined {
    let open = 0;
    for (let at = 'map'.length; at < name.length; at++) {
      if (name[at] === '[') open++;
      if (name[at] === ']' && --open === 0) {
        const key = this.find(name.slice('map['.length, at), depth);
        return key && this.wrap(name.slice(at + 1), depth, (elem) => mapOfTypes(key, elem));
      }
    }
    return undefined;
  }

  /** `pkg.T` with the package's name alone, or its path. */
  private short(name: string): GoType | undefined {
    const bracket = name.indexOf('[');
    const end = bracket < 0 ? name.length : bracket;
    const dot = name.lastIndexOf('.', end);
    if (dot <= 0) {
      const local = this.environment.local(name);
      return local?.kind === 'type' ? local.type : undefined;
    }
    const member = this.environment.member(name.slice(0, dot), name.slice(dot + 1));
    return member?.kind === 'type' ? member.type : undefined;
  }
}
