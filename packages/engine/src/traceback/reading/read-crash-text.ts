import { RUNTIME_STACK } from './crash-text.ts';
import type { CrashText, TextFrame, TextGoroutine, TextPanic, TextSignal } from './crash-text.ts';
import {
  parseCall,
  parseCreator,
  parseFault,
  parseHeader,
  parsePanic,
  parsePlace,
  parseRegister,
  parseSignalPlace,
  unmarked,
  type PlaceLine,
} from './lines.ts';
import { parseProfileFrame, parseProfileHead, parseProfileLabels } from './profile.ts';
import { withoutPrefixes } from './prefixes.ts';

/** Lines of other origin that may stand between a frame's two lines: logs of other threads. */
const MOST_BETWEEN = 5;
/** Lines of a panic's text, or of a fatal error's. */
const MOST_TEXT_LINES = 1000;

type Open = { -readonly [K in keyof TextGoroutine]: TextGoroutine[K] } & { frames: TextFrame[] };

/** A line that waits for its place: a call, or what created the goroutine. */
type Pending = { readonly at: number } & (
  | { readonly kind: 'call'; readonly call: NonNullable<ReturnType<typeof parseCall>> }
  | { readonly kind: 'creator'; readonly creator: NonNullable<ReturnType<typeof parseCreator>> }
);

/**
 * Reads what a Go program printed when it died, or a dump of its goroutines: standard error of any release, SetCrashOutput,
 * SIGQUIT, `debug.Stack`, goroutine profiles with debug=1 and 2. Lines of logs before, behind and in between are passed over, also
 * if each line bears a prefix of the log's. Undefined if the text has no stack and no message of the runtime.
 */
export function readCrashText(text: string): CrashText | undefined {
  const reader = new Reader(withoutPrefixes(text.split(/\r?\n/)));
  reader.read();
  return reader.result();
}

class Reader {
  private readonly lines: readonly string[];
  private at = 0;
  private readonly panics: TextPanic[] = [];
  private fatal: string | undefined;
  private signal: TextSignal | undefined;
  private bySignal = false;
  private readonly explanation: string[] = [];
  private readonly goroutines: Open[] = [];
  private current: Open | undefined;
  private pending: Pending | undefined;
  private registers: Record<string, string> | undefined;
  private strange = 0;

  constructor(lines: readonly string[]) {
    this.lines = lines;
  }

  read(): void {
    for (; this.at < this.lines.length; this.at++) {
      const line = this.lines[this.at] ?? '';
      if (line.trim() === '') this.dropPending();
      else if (!this.isOfStack(line) && !this.isMessage(line) && line !== '-----') this.strange++;
    }
    this.dropPending();
  }

  result(): CrashText | undefined {
    const { panics, fatal, signal, bySignal, explanation, goroutines, registers, strange } = this;
    const says = panics.length > 0 || fatal !== undefined || bySignal;
    if (!says && goroutines.length === 0) return undefined;
    return { panics, fatal, signal, bySignal, explanation, goroutines, registers, strangeLines: strange };
  }

  private isOfStack(line: string): boolean {
    if (this.opens(line)) return true;
    if (this.current === undefined) return false;
    return this.isFrame(line, this.current) || this.isRemark(line, this.current) || this.isRegister(line);
  }

  /** Lines that begin a stack. */
  private opens(line: string): boolean {
    const header = parseHeader(line);
    const textLine = this.at + 1;
    const plain = {
      count: 1,
      frames: [],
      elided: 0,
      cutOff: false,
      createdBy: undefined,
      unavailable: false,
      textLine,
    };
    if (header !== undefined) this.begin({ ...header, ...plain });
    else if (line === 'runtime stack:') {
      const nothing = { minutes: undefined, lockedToThread: false, marks: [], labels: undefined };
      this.begin({ id: undefined, status: RUNTIME_STACK, ...nothing, ...plain });
    } else {
      const head = parseProfileHead(line, textLine);
      if (head === undefined) return false;
      this.begin({ ...head, frames: [] });
    }
    return true;
  }

  private begin(goroutine: Open): void {
    this.dropPending();
    this.current = goroutine;
    this.goroutines.push(goroutine);
  }

  private isFrame(line: string, goroutine: Open): boolean {
    const place = parsePlace(line);
    if (place !== undefined) return this.place(place, goroutine);
    const profiled = parseProfileFrame(line);
    if (profiled !== undefined) {
      goroutine.frames.push(profiled);
      return true;
    }
    const creator = parseCreator(line);
    const call = creator === undefined ? parseCall(line) : undefined;
    if (creator === undefined && call === undefined) return false;
    this.dropPending();
    if (creator !== undefined) this.pending = { kind: 'creator', creator, at: this.at };
    else if (call !== undefined) this.pending = { kind: 'call', call, at: this.at };
    return true;
  }

  /** Puts a place and the line that waited for it together. */
  private place(place: PlaceLine, goroutine: Open): boolean {
    const { pending } = this;
    this.pending = undefined;
    if (pending === undefined || this.at - pending.at > MOST_BETWEEN + 1) return false;
    if (pending.kind === 'call') goroutine.frames.push({ ...pending.call, ...place });
    else goroutine.createdBy = { ...pending.creator, file: place.file, line: place.line };
    return true;
  }

  /** What looked like a call and has no place was none. */
  private dropPending(): void {
    if (this.pending !== undefined) this.strange++;
    this.pending = undefined;
  }

  private isRemark(line: string, goroutine: Open): boolean {
    const elided = /^\.\.\.(?:(\d{1,12})|additional) frames elided\.\.\.$/.exec(line);
    const native = /^non-Go function at pc=(0x[0-9a-f]+)$/.exec(line);
    const labels = parseProfileLabels(line);
    if (elided?.[1] !== undefined) goroutine.elided += Number(elided[1]);
    else if (elided !== null) goroutine.cutOff = true;
    else if (/^\s+goroutine running on other thread; stack unavailable$/.test(line)) goroutine.unavailable = true;
    else if (labels !== undefined) goroutine.labels = labels;
    else if (native !== null) {
      const nothing = {
        arguments: '',
        inlined: false,
        file: '',
        line: 0,
        offset: undefined,
        fp: undefined,
        sp: undefined,
      };
      goroutine.frames.push({ function: 'non-Go function', ...nothing, pc: native[1] });
    } else return /^\[originating from goroutine \d+\]:$/.test(line);
    return true;
  }

  private isRegister(line: string): boolean {
    const register = parseRegister(line);
    if (register === undefined) return false;
    // The first thread's are those of the crash.
    this.registers ??= {};
    this.registers[register[0]] ??= register[1];
    return true;
  }

  private isMessage(line: string): boolean {
    const fault = parseFault(line);
    const place = this.bySignal ? parseSignalPlace(line) : undefined;
    const fatal = /^\s*fatal error: (.*)$/.exec(line);
    const served = /http: panic serving \S+: (.*)$/.exec(line.slice(0, 2000));
    const panic = parsePanic(line);
    const title = /^(SIG[A-Z0-9]{2,8}): [a-z].*$/.exec(line.slice(0, 200));
    if (fault !== undefined) this.signal ??= fault;
    else if (place !== undefined) {
      if (this.signal?.pc === undefined) this.signal = { name: this.signal?.name ?? '', ...place };
    } else if (fatal !== null) {
      const text = this.rest(fatal[1] ?? '');
      this.fatal ??= text;
    } else if (panic !== undefined) this.panics.push(unmarked(this.rest(/panic: (.*)$/.exec(line)?.[1] ?? '')));
    else if (served !== null) this.panics.push({ text: served[1] ?? '', recovered: true, repanicked: false });
    else if (title !== null && this.goroutines.length === 0) {
      this.bySignal = true;
      this.signal ??= { name: title[1] ?? '', code: '', address: undefined, pc: undefined };
    } else if (/^(?:runtime: |unexpected fault address )/.test(line)) this.explanation.push(line);
    else return /^(?:signal arrived during cgo execution|instruction bytes:|goroutine profile: total \d)/.test(line);
    return true;
  }

  /** The text of a message goes on until an empty line, or until what the runtime prints behind it. */
  private rest(first: string): string {
    const lines = [first];
    while (lines.length < MOST_TEXT_LINES) {
      const next = this.lines[this.at + 1];
      if (next === undefined || next.trim() === '' || isOwnLine(next)) break;
      this.at++;
      // Since Go 1.23 continued lines begin with a tab.
      lines.push(next.replace(/^\t/, ''));
    }
    return lines.join('\n');
  }
}

/** Lines of the runtime that end a message's text. */
function isOwnLine(line: string): boolean {
  return (
    /^\s*(?:panic|fatal error): |^runtime stack:$|^exit status \d+$|^\[recovered\]/.test(line) ||
    parseFault(line) !== undefined ||
    parseHeader(line) !== undefined
  );
}
